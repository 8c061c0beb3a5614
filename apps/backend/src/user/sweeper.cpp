#include "user/sweeper.hpp"

#include "core/error.hpp"
#include "core/log.hpp"
#include "db/transaction.hpp"

#include "user/deletion_store.hpp"
#include "user/device_store.hpp"
#include "user/export_store.hpp"
#include "user/person_store.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace user {
namespace {

using namespace std::chrono_literals;

constexpr int kPurgesAtOnce = 1000;
/// A purge that has failed for good is tried again after this.
constexpr auto kFailedPurgeRests = 6h;
constexpr auto kExportMayTake = 24h;
constexpr auto kKeepsRequests = 24h * 30;
constexpr auto kKeepsExports = 24h * 90;
/// No upload takes so long.
constexpr auto kObjectMayWait = 24h;
constexpr std::size_t kObjectsAPage = 500;

/// What a version 7 id tells of the time it was made.
core::Timestamp made_at(const core::Uuid& id) {
  std::int64_t milliseconds = 0;
  for (std::size_t i = 0; i < 6; ++i) milliseconds = milliseconds << 8 | id.bytes[i];
  return core::Timestamp(std::chrono::milliseconds(milliseconds));
}

/// False when the storage is away: the next sweep of objects removes it.
bool removed(storage::Store& store, const storage::Key& key, db::Deadline deadline) {
  try {
    store.remove(key, deadline);
    return true;
  } catch (const core::Error& error) {
    core::log_warn("user.object_left", {{"code", error.code()}, {"detail", error.detail()}});
    return false;
  }
}

std::vector<core::Uuid> old_ids(const storage::Page& page, core::Timestamp now) {
  std::vector<core::Uuid> ids;
  for (const auto& key : page.keys) {
    if (made_at(key.id) + kObjectMayWait <= now) ids.push_back(key.id);
  }
  return ids;
}

}  // namespace

SweepReport sweep(db::Pool& pool, storage::Store& store, core::Timestamp now, db::Deadline deadline) {
  SweepReport report;
  std::vector<core::Uuid> objects;
  pool.transact(deadline, [&](db::Transaction& tx) {
    report.purges = enqueue_purges(tx, now, now - kFailedPurgeRests, kPurgesAtOnce);
    report.stuck = fail_stuck_exports(tx, now - kExportMayTake, now);
    objects = expire_exports(tx, now);
    report.pruned = prune_requests(tx, now - kKeepsRequests) + prune_exports(tx, now - kKeepsExports) +
                    prune_devices(tx, now);
  });
  for (const auto& id : objects)
    report.archives += removed(store, {storage::Folder::exports, id}, deadline) ? 1 : 0;
  return report;
}

ObjectReport sweep_objects(db::Pool& pool, storage::Store& store, core::Timestamp now,
                           const std::stop_token& stop, db::Deadline deadline) {
  ObjectReport report;
  for (const auto folder : storage::kFolders) {
    storage::Page page;
    do {
      if (stop.stop_requested())
        throw core::Error(core::ErrorKind::unavailable, "unavailable", "The sweep was interrupted.");
      page = store.list(folder, page.last, kObjectsAPage, deadline);
      report.seen += static_cast<std::int64_t>(page.keys.size());
      const auto candidates = old_ids(page, now);
      if (candidates.empty()) continue;
      const auto lease = pool.acquire(deadline);
      db::OnSession db(*lease, deadline);
      for (const auto& id : unreferenced_objects(db, candidates))
        report.removed += removed(store, {folder, id}, deadline) ? 1 : 0;
    } while (page.more);
  }
  return report;
}

}  // namespace user
