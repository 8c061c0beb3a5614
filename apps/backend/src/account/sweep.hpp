#pragma once
// Forgetting what ended long ago: tokens, requests, sessions, counters, delivered mail. Personal data that
// nobody needs any more should not lie in the next backup.

#include "core/clock.hpp"
#include "core/time.hpp"
#include "db/executor.hpp"
#include "jobs/runner.hpp"
#include "jobs/schedule.hpp"

#include <chrono>
#include <cstdint>

namespace account {

inline constexpr const char* kSweep = "account.sweep";

/// For how long each is kept after its end.
struct Retention {
  std::chrono::hours links = std::chrono::days(7);
  std::chrono::hours mail_requests = std::chrono::days(30);
  std::chrono::hours mails = std::chrono::days(30);
  std::chrono::hours sessions = std::chrono::days(30);
  /// The longest window is a day, and the one before it still counts.
  std::chrono::hours counters = std::chrono::days(2);
  std::chrono::hours slots = std::chrono::hours(1);
};

struct Swept {
  std::int64_t links = 0;
  std::int64_t mail_requests = 0;
  std::int64_t mails = 0;
  std::int64_t sessions = 0;
  std::int64_t counters = 0;
  std::int64_t slots = 0;
};

/// Deletes at most `limit` of each but the counters; the next round takes more.
Swept sweep(db::Executor& db, core::Timestamp now, const Retention& retention = {}, int limit = 10'000);

jobs::JobKind sweep_kind(const core::Clock& clock);
/// Once an hour.
jobs::PeriodicSpec sweep_schedule();

}  // namespace account
