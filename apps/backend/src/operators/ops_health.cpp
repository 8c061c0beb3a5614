#include "operators/ops_health.hpp"

#include "db/migrator.hpp"

#include "operators/ops_health_store.hpp"

#include <algorithm>

namespace operators {
namespace {

constexpr double kSilentWorker_s = 60;
constexpr std::int64_t kLateJob_s = 900;
constexpr std::int64_t kLateMail_s = 900;
constexpr std::int64_t kFailuresInRow = 3;
constexpr std::chrono::hours kOldBackup{36};

std::string minutes(std::int64_t seconds) { return std::to_string(seconds / 60) + " minutes"; }

void add_queue_problems(const HealthSummary& summary, std::vector<std::string>& problems) {
  if (summary.workers.empty()) {
    problems.emplace_back("No worker runs.");
  } else if (const double age_s = summary.workers.front().beat_age_s; age_s > kSilentWorker_s) {
    problems.push_back("No worker has shown a sign of life for " + minutes(static_cast<std::int64_t>(age_s)) +
                       ".");
  }
  if (summary.queue.oldest_waiting_s > kLateJob_s)
    problems.push_back("A job has been due for " + minutes(summary.queue.oldest_waiting_s) + ".");
  if (summary.queue.discarded > 0)
    problems.push_back(std::to_string(summary.queue.discarded) + " jobs failed for good: see jobs list.");
  if (summary.mail.oldest_waiting_s > kLateMail_s)
    problems.push_back("Mail has waited for " + minutes(summary.mail.oldest_waiting_s) + ".");
}

void add_backup_problems(const HealthSummary& summary, std::vector<std::string>& problems) {
  const auto oldest_good =
      std::chrono::floor<std::chrono::seconds>(summary.at - kOldBackup).time_since_epoch();
  for (const auto& backup : summary.backups) {
    if (backup.finished_at_s < oldest_good.count())
      problems.push_back("The newest backup to " + backup.target + " is older than 36 hours.");
  }
}

}  // namespace

std::vector<std::string> problems_of(const HealthSummary& summary) {
  std::vector<std::string> problems;
  if (summary.schema_version < summary.newest_known_schema)
    problems.emplace_back("The database's schema is older than this program: run aspectavy migrate.");
  add_queue_problems(summary, problems);
  for (const auto& feed : summary.feeds) {
    if (feed.failures >= kFailuresInRow)
      problems.push_back("The feed " + feed.provider + " failed " + std::to_string(feed.failures) +
                         " times in a row.");
  }
  add_backup_problems(summary, problems);
  return problems;
}

HealthSummary OpsHealth::summary(const Act& act) {
  const auto lease = pool_.acquire(act.deadline);
  db::OnSession on(*lease, act.deadline);
  HealthSummary found;
  found.at = clock_.now();
  found.schema_version = schema_version(on);
  found.newest_known_schema = db::latest_schema_version();
  found.queue = jobs::depth(on, found.at);
  found.workers = list_workers(on);
  found.feeds = list_feeds(on);
  found.backups = db::last_backups(on);
  found.mail = mail_state(on, found.at);
  found.audit_seq = newest_audit_seq(on);
  found.problems = problems_of(found);
  return found;
}

}  // namespace operators
