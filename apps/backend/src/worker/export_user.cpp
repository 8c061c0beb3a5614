#include "worker/export_user.hpp"

#include "core/error.hpp"
#include "core/hash.hpp"
#include "core/json.hpp"
#include "core/json_writer.hpp"
#include "core/log.hpp"
#include "db/transaction.hpp"
#include "geo/gpx.hpp"
#include "route/route_store.hpp"

#include "user/export_store.hpp"
#include "user/exports.hpp"
#include "user/owned_files.hpp"
#include "user/profile_store.hpp"

#include <limits>
#include <optional>
#include <utility>

namespace worker {
namespace {

using namespace std::chrono_literals;
using user::ArchiveFile;

constexpr std::string_view kReadme =
    "This archive holds everything that AspectAvy keeps about you.\n"
    "\n"
    "data/*.json     the rows of each table, times in UTC\n"
    "routes/*.gpx    your routes as GPX 1.1, by their ids in data/routes.json\n"
    "avatar.*        your picture, as it is shown\n"
    "manifest.json   how many rows each file holds\n"
    "\n"
    "Left out are only secrets: hashes of passwords and tokens, and sealed push tokens. Nobody can sign in "
    "with\n"
    "what is in here. It holds your safety contacts and where your routes lead: keep it to yourself.\n";

struct Wanted {
  core::Uuid user_id;
  core::Uuid export_id;
};

Wanted wanted_of(const jobs::ClaimedJob& job) {
  const auto args = core::JsonDocument::parse(job.args);
  const auto user_id = core::parse_uuid(args.root()["userId"].string().value_or(""));
  const auto export_id = core::parse_uuid(args.root()["exportId"].string().value_or(""));
  if (user_id && export_id) return {*user_id, *export_id};
  throw core::Error(core::ErrorKind::invalid_input, "job.bad_args", "The job names no export.");
}

/// A route is read when its turn comes: many long ones would not fit into memory.
ArchiveFile route_file(db::Executor& db, const core::Uuid& user_id, const core::Uuid& route_id) {
  auto next = [&db, user_id, route_id, done = false]() mutable -> std::string {
    if (std::exchange(done, true)) return {};
    const auto row = route::find_route(db, user_id, route_id);
    return row ? geo::write_gpx(row->route.line, "AspectAvy") : std::string{};
  };
  return {.path = "routes/" + core::to_string(route_id) + ".gpx", .next = std::move(next)};
}

void add_routes(std::vector<ArchiveFile>& files, db::Executor& db, const core::Uuid& user_id) {
  for (const auto& row : route::list_routes(db, user_id, std::numeric_limits<int>::max()))
    files.push_back(route_file(db, user_id, row.route.id));
}

void add_avatar(std::vector<ArchiveFile>& files, db::Executor& db, storage::Store& store,
                const core::Uuid& user_id, db::Deadline deadline) {
  const auto avatar = user::find_avatar(db, user_id);
  if (!avatar) return;
  auto object = store.get({storage::Folder::avatars, avatar->object_id}, deadline);
  if (!object) return;
  files.push_back(user::text_file(avatar->content_type == "image/png" ? "avatar.png" : "avatar.jpg",
                                  std::move(object->bytes)));
}

/// Asked for last, when the numbers are known.
ArchiveFile manifest_file(const Wanted& wanted, core::Timestamp now, std::size_t routes,
                          std::shared_ptr<const user::WrittenRows> written) {
  auto next = [=, done = false]() mutable -> std::string {
    if (std::exchange(done, true)) return {};
    core::JsonWriter out;
    out.begin_object().field("format", 1).field("exportId", core::to_string(wanted.export_id));
    out.field("userId", core::to_string(wanted.user_id)).field("exportedAt", core::format_utc(now));
    out.field("routes", routes).key("rows").begin_object();
    for (const auto& [file, rows] : *written) out.field(file, rows);
    out.end_object().end_object();
    return out.take();
  };
  return {.path = "manifest.json", .next = std::move(next)};
}

/// nullopt: nobody waits for it any more.
std::optional<std::string> make_archive(const ExportParts& parts, const Wanted& wanted, core::Timestamp now,
                                        db::Deadline deadline) {
  const auto lease = parts.pool.acquire(deadline);
  db::Transaction tx(*lease, deadline, db::Isolation::repeatable_read);
  const auto row = user::find_export(tx, wanted.user_id, wanted.export_id);
  if (!row || row->state != "queued") return std::nullopt;
  const auto written = std::make_shared<user::WrittenRows>();
  std::vector<ArchiveFile> files{user::text_file("README.txt", std::string(kReadme))};
  std::ranges::move(user::owned_files(tx, wanted.user_id, written), std::back_inserter(files));
  const auto before = files.size();
  add_routes(files, tx, wanted.user_id);
  const auto routes = files.size() - before;
  add_avatar(files, tx, parts.store, wanted.user_id, deadline);
  files.push_back(manifest_file(wanted, now, routes, written));
  return user::write_zip(files, now, user::kMaxArchiveBytes);
}

std::vector<user::ExportPart> store_archive(const ExportParts& parts, const std::string& archive,
                                            core::Timestamp now, db::Deadline deadline) {
  std::vector<user::ExportPart> stored;
  for (std::size_t from = 0; from < archive.size(); from += parts.max_object_bytes) {
    auto piece = archive.substr(from, parts.max_object_bytes);
    const user::ExportPart part{.object_id = core::make_uuid_v7(now),
                                .bytes = static_cast<std::int32_t>(piece.size())};
    parts.store.put({storage::Folder::exports, part.object_id}, {"application/zip", std::move(piece)},
                    deadline);
    stored.push_back(part);
  }
  return stored;
}

void mail_that_it_is_ready(db::Transaction& tx, const mail::Outbox& outbox, const core::Uuid& user_id,
                           core::Timestamp now) {
  const auto profile = user::find_profile(tx, user_id);
  const auto address = profile ? mail::parse_address(profile->email) : std::nullopt;
  if (!address) return;
  outbox.enqueue(tx,
                 {.kind = mail::MailKind::export_ready,
                  .to = *address,
                  .user_id = user_id,
                  .values = {{"path", "/settings"}, {"hours", std::to_string(user::kArchiveLife.count())}},
                  .expires_at = now + user::kArchiveLife},
                 now);
}

jobs::Effect exported(const ExportParts& parts, const Wanted& wanted, core::Timestamp now,
                      db::Deadline deadline) {
  const auto archive = make_archive(parts, wanted, now, deadline);
  if (!archive) return {};
  user::DataExport finished;
  finished.id = wanted.export_id;
  finished.finished_at = now;
  finished.expires_at = now + user::kArchiveLife;
  finished.bytes = static_cast<std::int64_t>(archive->size());
  finished.sha256 = core::sha256_hex(*archive);
  auto stored = store_archive(parts, *archive, now, deadline);
  core::log_info(
      "user.exported",
      {{"user_id", core::to_string(wanted.user_id)}, {"bytes", archive->size()}, {"objects", stored.size()}});
  return [outbox = &parts.outbox, wanted, finished, stored = std::move(stored), now](db::Transaction& tx) {
    if (user::finish_export(tx, wanted.user_id, finished, stored))
      mail_that_it_is_ready(tx, *outbox, wanted.user_id, now);
  };
}

}  // namespace

jobs::JobKind export_user(ExportParts parts) {
  const auto run = [parts](jobs::JobContext& context) -> jobs::Effect {
    const auto& job = context.job();
    const auto wanted = wanted_of(job);
    try {
      return exported(parts, wanted, context.now(), context.deadline());
    } catch (const core::Error& error) {
      const bool is_final = error.kind() == core::ErrorKind::too_large || job.attempt >= job.max_attempts;
      if (!is_final) throw;
      core::log_error(
          "user.export_failed",
          {{"user_id", core::to_string(wanted.user_id)}, {"code", error.code()}, {"detail", error.detail()}});
      return [wanted, code = error.code(), now = context.now()](db::Transaction& tx) {
        user::fail_export(tx, wanted.user_id, wanted.export_id, code, now);
      };
    }
  };
  return {.run = run, .deadline = 5min, .args_version = 1};
}

}  // namespace worker
