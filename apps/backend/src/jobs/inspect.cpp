#include "jobs/inspect.hpp"

#include <algorithm>
#include <array>

namespace jobs {
namespace {

constexpr db::Query kDiscarded{"job.discarded", R"sql(
SELECT id, kind, lane, attempt, args, errors, finished_at FROM job
WHERE state = 'discarded' AND ($2::bigint IS NULL OR id < $2) ORDER BY id DESC LIMIT $1)sql"};

constexpr db::Query kRetry{"job.retry_discarded", R"sql(
UPDATE job SET state = 'available', attempt = 0, run_at = '-infinity', finished_at = NULL
WHERE id = $1 AND state = 'discarded' AND NOT EXISTS (
  SELECT FROM job AS twin WHERE twin.unique_key = job.unique_key AND twin.state IN ('available', 'retryable'))
RETURNING pg_notify('job_available', lane))sql"};

constexpr db::Query kDepth{"job.depth", R"sql(
SELECT count(*) FILTER (WHERE state IN ('available', 'retryable')) AS waiting,
       count(*) FILTER (WHERE state = 'running') AS running,
       count(*) FILTER (WHERE state = 'discarded') AS discarded,
       coalesce(extract(epoch FROM $1::timestamptz
                - min(greatest(created_at, run_at)) FILTER (WHERE state IN ('available', 'retryable')
                                                            AND run_at <= $1::timestamptz)), 0)::bigint AS oldest_s
FROM job WHERE state IN ('available', 'retryable', 'running', 'discarded'))sql"};

constexpr db::Query kRemove{"job.remove_discarded", "DELETE FROM job WHERE id = $1 AND state = 'discarded'"};

constexpr std::array kQueries{kDiscarded, kRetry, kRemove, kDepth};

}  // namespace

std::vector<DiscardedJob> discarded(db::Executor& db, int limit, std::optional<JobId> before_id) {
  const auto rows = db.run(kDiscarded, {limit, before_id});
  std::vector<DiscardedJob> jobs;
  jobs.reserve(rows.size());
  for (const db::Row row : rows) {
    jobs.push_back({.id = row.get<std::int64_t>("id"),
                    .kind = row.get<std::string>("kind"),
                    .lane = row.get<std::string>("lane"),
                    .attempt = row.get<int>("attempt"),
                    .args = row.get<std::string>("args"),
                    .errors = row.get<std::string>("errors"),
                    .finished_at = row.get<core::Timestamp>("finished_at")});
  }
  return jobs;
}

bool retry_discarded(db::Executor& db, JobId id) { return db.run(kRetry, {id}).affected() == 1; }

bool remove_discarded(db::Executor& db, JobId id) { return db.run(kRemove, {id}).affected() == 1; }

QueueDepth depth(db::Executor& db, core::Timestamp now) {
  const auto rows = db.run(kDepth, {now});
  const auto row = rows.single();
  return {.waiting = row.get<std::int64_t>("waiting"),
          .running = row.get<std::int64_t>("running"),
          .discarded = row.get<std::int64_t>("discarded"),
          .oldest_waiting_s = std::max<std::int64_t>(row.get<std::int64_t>("oldest_s"), 0)};
}

std::span<const db::Query> inspect_queries() { return kQueries; }

}  // namespace jobs
