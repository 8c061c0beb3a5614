#pragma once
// Looking at the queue and repairing it by hand: operators and readiness checks.

#include "core/time.hpp"
#include "db/executor.hpp"
#include "jobs/queue.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace jobs {

/// A dead letter.
struct DiscardedJob {
  JobId id = 0;
  std::string kind;
  std::string lane;
  int attempt = 0;
  std::string args;
  /// JSON array of {at, attempt, worker, code, text}, oldest first.
  std::string errors;
  core::Timestamp finished_at;
};

/// Newest first; `before_id` continues a list.
std::vector<DiscardedJob> discarded(db::Executor& db, int limit, std::optional<JobId> before_id = {});

/// Makes a discarded job due at once with fresh attempts. False when it is not there, not discarded, or
/// another job of its unique_key waits.
bool retry_discarded(db::Executor& db, JobId id);

/// Deletes a dead letter. False when it is not there or not discarded.
bool remove_discarded(db::Executor& db, JobId id);

struct QueueDepth {
  /// Jobs that are due or will be.
  std::int64_t waiting = 0;
  std::int64_t running = 0;
  std::int64_t discarded = 0;
  /// How long the oldest due job has been due; 0 when none is.
  std::int64_t oldest_waiting_s = 0;
};
QueueDepth depth(db::Executor& db, core::Timestamp now);

std::span<const db::Query> inspect_queries();

}  // namespace jobs
