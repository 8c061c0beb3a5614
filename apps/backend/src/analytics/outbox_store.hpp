#pragma once
// Batches that wait to be sent, in Postgres. Named SQL, no decisions.

#include "core/ids.hpp"
#include "core/time.hpp"
#include "db/executor.hpp"
#include "db/query.hpp"

#include "analytics/aptabase.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace analytics {

/// Name and key of the job that sends: one key, so one sender at a time among all workers.
inline constexpr std::string_view kSendJob = "analytics.send";

/// Puts a batch in and enqueues the sender, not before the service may be asked again, in one statement.
void insert_batch(db::Executor& db, const StoredBatch& batch);

/// The batch that was tried least, of those the oldest.
std::optional<StoredBatch> next_batch(db::Executor& db);
void remove_batch(db::Executor& db, const core::Uuid& id);
/// Counts a failed attempt.
void count_attempt(db::Executor& db, const core::Uuid& id);
std::int64_t remove_all_batches(db::Executor& db);
/// Removes what was received before `before`, and the oldest beyond the newest `keep`.
std::int64_t prune_batches(db::Executor& db, core::Timestamp before, std::int64_t keep);

struct RelayState {
  std::optional<core::Timestamp> not_before;
  int failures = 0;  ///< in a row
};
RelayState relay_state(db::Executor& db);
void set_relay_state(db::Executor& db, const RelayState& state);

std::span<const db::Query> outbox_queries();

}  // namespace analytics
