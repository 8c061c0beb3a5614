#pragma once
// Periodic jobs. The leader asks at every tick which are due; the table job_schedule remembers the last slot.

#include "core/time.hpp"
#include "db/executor.hpp"

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace jobs {

struct PeriodicSpec {
  /// Unique; also the unique_key's stem.
  std::string name = {};
  std::string kind = {};
  std::string lane = "default";
  std::string args = "{}";
  int args_version = 1;
  int priority = 100;
  int max_attempts = 3;
  std::chrono::seconds period{3600};
  /// The slots of this spec begin up to this much after the round time, always by the same amount in one
  /// installation: specs with equal periods do not all start together, nor do installations.
  std::chrono::seconds jitter{0};
};

/// What tells this installation's database from others.
std::string installation_seed(db::Executor& db);

/// The number of the period that `now` lies in.
std::int64_t slot_at(const PeriodicSpec& spec, std::string_view seed, core::Timestamp now);

/// Enqueues the spec's job when its slot differs from the one enqueued last: late is caught up once, and a
/// clock that jumps back does not silence the schedule. One that still waits (for its retry) is left as it
/// is: it is the same work, and must come to an end. True when a new slot has begun.
bool enqueue_if_due(db::Executor& db, const PeriodicSpec& spec, std::string_view seed, core::Timestamp now);

std::span<const db::Query> schedule_queries();

}  // namespace jobs
