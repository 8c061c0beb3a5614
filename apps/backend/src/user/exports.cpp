#include "user/exports.hpp"

#include "core/error.hpp"
#include "core/hash.hpp"
#include "core/log.hpp"

namespace user {
namespace {

core::Error too_soon(core::Timestamp last, core::Timestamp now) {
  const auto wait = std::chrono::ceil<std::chrono::seconds>(last + kBetweenExports - now);
  return core::Error(core::ErrorKind::rate_limited, "rate_limited",
                     "An export can be asked for once a day; there is one already.")
      .retry_after(wait)
      .over_limit(1);
}

core::Error expired() {
  return {core::ErrorKind::not_found, "export.gone", "The archive was kept for a day. Ask for another one."};
}

}  // namespace

Exports::Requested Exports::request(const core::Uuid& user_id, const Request& request,
                                    db::Deadline deadline) {
  const auto now = parts_.clock.now();
  Requested result;
  parts_.pool.transact(deadline, [&](db::Transaction& tx) {
    lock_person(tx, user_id);
    const auto made = find_made(tx, user_id, request);
    const auto id = made.value_or(core::make_uuid_v7(now));
    if (!made) {
      const auto last = last_export_request(tx, user_id);
      if (last && now < *last + kBetweenExports) throw too_soon(*last, now);
      insert_export(tx, user_id, id, now);
      note_made(tx, user_id, request, id, now);
    }
    auto row = find_export(tx, user_id, id);
    if (!row) throw expired();
    result = {.request = *std::move(row), .replayed = made.has_value()};
  });
  core::log_info("user.export_requested", {{"user_id", core::to_string(user_id)}});
  return result;
}

std::vector<DataExport> Exports::list(const core::Uuid& user_id, db::Deadline deadline) {
  db::PumpReader read(parts_.pump, deadline);
  return list_exports(read, user_id);
}

Exports::Archive Exports::archive(const core::Uuid& user_id, const core::Uuid& id, db::Deadline deadline) {
  db::PumpReader read(parts_.pump, deadline);
  auto row = find_export(read, user_id, id);
  if (!row) throw core::Error(core::ErrorKind::not_found, "export.not_found", "There is no such export.");
  const bool over = row->state == "expired" || (row->expires_at && *row->expires_at <= parts_.clock.now());
  if (over) throw expired();
  if (row->state != "ready") {
    throw core::Error(core::ErrorKind::conflict, "export.not_ready",
                      row->state == "failed" ? "The archive could not be made. Ask for another one."
                                             : "The archive is still being made.");
  }
  Archive archive{.facts = *std::move(row), .bytes = {}};
  for (const auto& part : list_parts(read, user_id, id)) {
    const auto object = parts_.store.get({storage::Folder::exports, part.object_id}, deadline);
    // Expired and swept meanwhile.
    if (!object) throw expired();
    archive.bytes += object->bytes;
  }
  if (core::sha256_hex(archive.bytes) != archive.facts.sha256)
    throw core::Error(core::ErrorKind::internal, "storage.corrupt", "The archive is damaged.");
  return archive;
}

}  // namespace user
