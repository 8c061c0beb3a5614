#pragma once
// The health of the service on one page: what an operator asks first.

#include "core/clock.hpp"
#include "db/backup_receipts.hpp"
#include "db/pool.hpp"
#include "jobs/inspect.hpp"

#include "operators/operator.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace operators {

struct WorkerState {
  std::string worker_id;
  std::string hostname;
  std::string build_sha;
  core::Timestamp started_at{};
  double beat_age_s = 0;  ///< by the database's clock
};

struct FeedState {
  std::string provider;
  core::Timestamp last_attempt_at{};
  std::optional<core::Timestamp> last_good_at;
  std::int64_t failures = 0;  ///< in a row
};

struct MailState {
  std::int64_t waiting = 0;
  std::int64_t oldest_waiting_s = 0;
  std::int64_t failed_last_day = 0;
};

struct HealthSummary {
  core::Timestamp at{};
  int schema_version = 0;
  int newest_known_schema = 0;
  jobs::QueueDepth queue;
  std::vector<WorkerState> workers;
  std::vector<FeedState> feeds;
  std::vector<db::LastBackup> backups;
  MailState mail;
  std::int64_t audit_seq = 0;  ///< of the newest entry
  /// What somebody should look at, a sentence each; none: all is well.
  std::vector<std::string> problems;
};

/// The sentences for what the rest of the summary says: no worker that beat within a minute, a job that has
/// been due for 15 minutes, dead letters, mail that has waited for 15 minutes, three failures of a feed in a
/// row, a newest backup older than 36 hours.
std::vector<std::string> problems_of(const HealthSummary& summary);

class OpsHealth {
 public:
  OpsHealth(db::Pool& pool, const core::Clock& clock) : pool_(pool), clock_(clock) {}

  HealthSummary summary(const Act& act);

 private:
  db::Pool& pool_;
  const core::Clock& clock_;
};

}  // namespace operators
