#pragma once
// Deletions of accounts, and the tombstones they leave, in Postgres. Named SQL, no decisions.

#include "core/ids.hpp"
#include "core/time.hpp"
#include "db/executor.hpp"
#include "db/query.hpp"

#include "storage/key.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace user {

struct Deletion {
  core::Uuid user_id;
  std::string email;
  core::Timestamp requested_at{};
  core::Timestamp purge_at{};
  std::optional<core::Timestamp> cancelled_at;
  std::optional<core::Timestamp> purge_started_at;

  bool is_pending() const { return !cancelled_at && !purge_started_at; }
};

/// Name of the job that forgets a person; its args are {"userId": …}.
inline constexpr std::string_view kPurgeJob = "user.purge";

/// The account is pending deletion from now on. False when it is not active.
bool mark_for_deletion(db::Executor& db, const core::Uuid& user_id, core::Timestamp now,
                       core::Timestamp purge_at, std::string_view cancel_hash);
/// What was mailed and could come back is worth nothing any more, and what was asked to be mailed is not.
void end_links(db::Executor& db, const core::Uuid& user_id, core::Timestamp now);

/// The person's newest.
std::optional<Deletion> find_deletion(db::Executor& db, const core::Uuid& user_id);
std::optional<Deletion> find_deletion_by_token(db::Executor& db, std::string_view cancel_hash);
/// The account is active again. False when the deletion is not pending.
bool cancel_deletion(db::Executor& db, const core::Uuid& user_id, core::Timestamp now);

/// Enqueues a purge for every person whose time has come, or who has a tombstone and is here all the same,
/// unless one waits, runs or has failed for good since `failed_since`. At most `limit`; returns how many.
std::int64_t enqueue_purges(db::Executor& db, core::Timestamp now, core::Timestamp failed_since, int limit);

/// From here the purge cannot be cancelled: the tombstone stands. False when there is nothing to purge (the
/// deletion was cancelled).
bool begin_purge(db::Executor& db, const core::Uuid& user_id, core::Timestamp now);
/// Adds to the tombstone's account of what was removed.
void note_removed(db::Executor& db, const core::Uuid& user_id, std::string_view table, std::int64_t rows);
/// Removes the account itself; the tombstone says that nothing is left.
void finish_purge(db::Executor& db, const core::Uuid& user_id, core::Timestamp now);

/// What of the person's lies in object storage.
std::vector<storage::Key> list_objects(db::Executor& db, const core::Uuid& user_id);
/// Those of the ids that no row refers to.
std::vector<core::Uuid> unreferenced_objects(db::Executor& db, std::span<const core::Uuid> ids);

struct Tombstone {
  core::Uuid id;
  core::Timestamp at{};
};
/// After `after` in the order of ids.
std::vector<Tombstone> list_tombstones(db::Executor& db, const core::Uuid& after, int limit);
/// Those that are new here have their rows removed by the next sweep. Returns how many were new.
std::int64_t add_tombstones(db::Executor& db, std::span<const Tombstone> tombstones);

std::span<const db::Query> deletion_queries();

}  // namespace user
