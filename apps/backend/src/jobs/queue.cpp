#include "jobs/queue.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace jobs {
namespace {

constexpr db::Query kEnqueue{"job.enqueue", "SELECT enqueue_job($1, $2, $3, $4, $5, $6, $7, $8) AS id"};

// By ctid, not id: the rows are locked, so their places hold still, and no plan can read the whole table for
// them (a join on id does, below some 100,000 rows: 5.6 ms instead of 2.0 ms for 256 of 20,000 jobs). SKIP
// LOCKED: claimers never wait for each other. A job whose key runs stays; whoever sees it committed after its
// twin was claimed also sees the twin running, since the unique index made the two take turns.
constexpr db::Query kClaim{"job.claim", R"sql(
WITH due AS MATERIALIZED (
  SELECT ctid AS place FROM job AS waiting
  WHERE lane = $1 AND state IN ('available', 'retryable') AND run_at <= $2 AND kind = ANY ($5::text[])
    AND args_version <= coalesce(($6::bigint[])[array_position($5::text[], kind)], args_version)
    AND (unique_key IS NULL OR NOT EXISTS (
      SELECT FROM job AS twin WHERE twin.state = 'running' AND twin.unique_key = waiting.unique_key))
  ORDER BY priority, run_at, id LIMIT $3 FOR UPDATE SKIP LOCKED
), claimed AS (
  UPDATE job SET state = 'running', fence = fence + 1, attempt = attempt + 1, worker_id = $4, claimed_at = $2,
                 beat_at = $2
  WHERE ctid = ANY (ARRAY (SELECT place FROM due))
  RETURNING job.id, fence, kind, lane, attempt, max_attempts, args_version, args, created_at, priority, run_at
)
SELECT id, fence, kind, lane, attempt, max_attempts, args_version, args, created_at FROM claimed
ORDER BY priority, run_at, id)sql"};

constexpr db::Query kComplete{"job.complete", R"sql(
UPDATE job SET state = 'done', finished_at = $4, worker_id = NULL
WHERE id = $1 AND fence = $2 AND worker_id = $3 AND state = 'running')sql"};

constexpr db::Query kCompleteAll{"job.complete_all", R"sql(
UPDATE job SET state = 'done', finished_at = $4, worker_id = NULL
WHERE id = ANY ($1::bigint[]) AND fence = ($2::bigint[])[array_position($1::bigint[], id)]
  AND worker_id = $3 AND state = 'running')sql"};

// Of one key the newest dead letter stands for all: a feed that is dead for a year leaves one, not one a
// poll.
constexpr db::Query kFail{"job.fail", R"sql(
WITH held AS (
  SELECT id, unique_key, CASE
      WHEN $4::boolean OR attempt >= max_attempts THEN 'discarded'
      WHEN EXISTS (SELECT FROM job AS twin WHERE twin.unique_key = job.unique_key
                   AND twin.state IN ('available', 'retryable')) THEN 'cancelled'
      ELSE 'retryable' END AS next
  FROM job WHERE id = $1 AND fence = $2 AND worker_id = $3 AND state = 'running' FOR UPDATE
), replaced AS (
  DELETE FROM job USING held
  WHERE held.next = 'discarded' AND job.unique_key = held.unique_key AND job.state = 'discarded'
)
UPDATE job SET state = next, worker_id = NULL, run_at = $5,
  finished_at = CASE WHEN next = 'retryable' THEN NULL ELSE $8::timestamptz END,
  errors = CASE WHEN jsonb_array_length(errors) >= 10 THEN errors - 0 ELSE errors END
           || jsonb_build_object('at', $8::timestamptz, 'attempt', attempt, 'worker', $3::text,
                                 'code', $6::text, 'text', $7::text)
FROM held WHERE job.id = held.id RETURNING state)sql"};

constexpr db::Query kRelease{"job.release", R"sql(
WITH held AS (
  SELECT id, EXISTS (SELECT FROM job AS twin WHERE twin.unique_key = job.unique_key
                     AND twin.state IN ('available', 'retryable')) AS superseded
  FROM job
  WHERE id = ANY ($1::bigint[]) AND fence = ($2::bigint[])[array_position($1::bigint[], id)]
    AND worker_id = $3 AND state = 'running' FOR UPDATE SKIP LOCKED
)
UPDATE job SET state = CASE WHEN superseded THEN 'cancelled' ELSE 'available' END,
  finished_at = CASE WHEN superseded THEN $4::timestamptz END,
  worker_id = NULL, run_at = '-infinity', attempt = attempt - 1
FROM held WHERE job.id = held.id RETURNING lane, pg_notify('job_available', lane))sql"};

// A row that is locked is being completed, which is a sign of life of its own; waiting for it would stop the
// loop.
constexpr db::Query kBeat{"job.beat", R"sql(
WITH held AS (
  SELECT id FROM job
  WHERE id = ANY ($1::bigint[]) AND fence = ($2::bigint[])[array_position($1::bigint[], id)]
    AND worker_id = $3 AND state = 'running'
), free AS MATERIALIZED (
  SELECT ctid AS place FROM job
  WHERE id = ANY ($1::bigint[]) AND fence = ($2::bigint[])[array_position($1::bigint[], id)]
    AND worker_id = $3 AND state = 'running' FOR UPDATE SKIP LOCKED
), beaten AS (
  UPDATE job SET beats = beats + 1, beat_at = $4 WHERE ctid = ANY (ARRAY (SELECT place FROM free))
)
SELECT id FROM held)sql"};

constexpr db::Query kRunning{"job.running", "SELECT id, fence, beats FROM job WHERE state = 'running'"};

constexpr db::Query kRescue{"job.rescue", R"sql(
WITH silent AS (
  SELECT id, unique_key, worker_id AS lost_worker, CASE
      WHEN attempt >= max_attempts THEN 'discarded'
      WHEN EXISTS (SELECT FROM job AS twin WHERE twin.unique_key = job.unique_key
                   AND twin.state IN ('available', 'retryable')) THEN 'cancelled'
      ELSE 'available' END AS next
  FROM job
  WHERE id = ANY ($1::bigint[]) AND fence = ($2::bigint[])[array_position($1::bigint[], id)]
    AND beats = ($3::bigint[])[array_position($1::bigint[], id)] AND state = 'running' FOR UPDATE SKIP LOCKED
), replaced AS (
  DELETE FROM job USING silent
  WHERE silent.next = 'discarded' AND job.unique_key = silent.unique_key AND job.state = 'discarded'
)
UPDATE job SET state = next, worker_id = NULL, run_at = '-infinity',
  finished_at = CASE WHEN next = 'available' THEN NULL ELSE $4::timestamptz END,
  errors = CASE WHEN jsonb_array_length(errors) >= 10 THEN errors - 0 ELSE errors END
           || jsonb_build_object('at', $4::timestamptz, 'attempt', attempt, 'worker', lost_worker,
                                 'code', 'job.worker_lost', 'text', 'the worker gave no sign of life')
FROM silent WHERE job.id = silent.id RETURNING pg_notify('job_available', lane))sql"};

constexpr db::Query kPullBack{"job.pull_back", R"sql(
UPDATE job SET run_at = $1 WHERE state = 'retryable' AND run_at > $2)sql"};

constexpr db::Query kPrune{"job.prune", R"sql(
DELETE FROM job WHERE id IN (
  SELECT id FROM job WHERE state IN ('done', 'cancelled') AND finished_at < $1
  ORDER BY finished_at LIMIT $2 FOR UPDATE SKIP LOCKED))sql"};

constexpr db::Query kPruneDiscarded{"job.prune_discarded", R"sql(
DELETE FROM job WHERE id IN (
  SELECT id FROM job WHERE state = 'discarded' AND finished_at < $1 ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED))sql"};

constexpr std::array kQueries{kEnqueue, kClaim,   kComplete, kCompleteAll, kFail,  kRelease,
                              kBeat,    kRunning, kRescue,   kPullBack,    kPrune, kPruneDiscarded};

struct HoldArrays {
  std::vector<std::int64_t> ids;
  std::vector<std::int64_t> fences;
};

HoldArrays split(std::span<const Hold> holds) {
  HoldArrays arrays;
  arrays.ids.reserve(holds.size());
  arrays.fences.reserve(holds.size());
  for (const auto& hold : holds) {
    arrays.ids.push_back(hold.id);
    arrays.fences.push_back(hold.fence);
  }
  return arrays;
}

}  // namespace

JobId enqueue(db::Executor& db, const JobSpec& spec) {
  return db
      .run(kEnqueue, {spec.kind, spec.lane, spec.priority, spec.run_at, spec.max_attempts, spec.args_version,
                      spec.args, spec.unique_key})
      .single()
      .get<std::int64_t>("id");
}

std::vector<ClaimedJob> claim(db::Executor& db, const ClaimRequest& request) {
  const auto rows = db.run(kClaim, {request.lane, request.now, request.limit, request.worker_id,
                                    db::ArrayText(request.kinds), db::ArrayText(request.args_versions)});
  std::vector<ClaimedJob> jobs;
  jobs.reserve(rows.size());
  for (const db::Row row : rows) {
    jobs.push_back({.id = row.get<std::int64_t>("id"),
                    .fence = row.get<std::int64_t>("fence"),
                    .kind = row.get<std::string>("kind"),
                    .lane = row.get<std::string>("lane"),
                    .attempt = row.get<int>("attempt"),
                    .max_attempts = row.get<int>("max_attempts"),
                    .args_version = row.get<int>("args_version"),
                    .args = row.get<std::string>("args"),
                    .created_at = row.get<core::Timestamp>("created_at")});
  }
  return jobs;
}

bool complete(db::Executor& db, std::string_view worker_id, Hold hold, core::Timestamp now) {
  return db.run(kComplete, {hold.id, hold.fence, worker_id, now}).affected() == 1;
}

std::int64_t complete_all(db::Executor& db, std::string_view worker_id, std::span<const Hold> holds,
                          core::Timestamp now) {
  if (holds.empty()) return 0;
  const auto arrays = split(holds);
  return db.run(kCompleteAll, {db::ArrayText(arrays.ids), db::ArrayText(arrays.fences), worker_id, now})
      .affected();
}

FailureOutcome fail(db::Executor& db, std::string_view worker_id, const Failure& failure,
                    core::Timestamp now) {
  const auto rows = db.run(kFail, {failure.hold.id, failure.hold.fence, worker_id, failure.permanent,
                                   failure.retry_at, failure.error_code, failure.error_text, now});
  const auto row = rows.first();
  if (!row) return FailureOutcome::not_held;
  const auto state = row->get<std::string_view>("state");
  if (state == "retryable") return FailureOutcome::retryable;
  return state == "cancelled" ? FailureOutcome::superseded : FailureOutcome::discarded;
}

std::int64_t release(db::Executor& db, std::string_view worker_id, std::span<const Hold> holds,
                     core::Timestamp now) {
  if (holds.empty()) return 0;
  const auto arrays = split(holds);
  return db.run(kRelease, {db::ArrayText(arrays.ids), db::ArrayText(arrays.fences), worker_id, now})
      .affected();
}

std::vector<JobId> beat(db::Executor& db, std::string_view worker_id, std::span<const Hold> holds,
                        core::Timestamp now) {
  if (holds.empty()) return {};
  const auto arrays = split(holds);
  const auto rows = db.run(kBeat, {db::ArrayText(arrays.ids), db::ArrayText(arrays.fences), worker_id, now});
  std::vector<JobId> held;
  held.reserve(rows.size());
  for (const db::Row row : rows) held.push_back(row.get<std::int64_t>("id"));
  return held;
}

std::int64_t RescueWatch::look(db::Executor& db, std::chrono::steady_clock::time_point at,
                               core::Timestamp now) {
  const auto rows = db.run(kRunning);
  std::map<JobId, Seen> seen;
  std::vector<std::int64_t> ids;
  std::vector<std::int64_t> fences;
  std::vector<std::int64_t> beats;
  for (const db::Row row : rows) {
    const auto id = row.get<std::int64_t>("id");
    Seen current{row.get<std::int64_t>("fence"), row.get<std::int64_t>("beats"), at};
    const auto before = seen_.find(id);
    if (before != seen_.end() && before->second.fence == current.fence &&
        before->second.beats == current.beats) {
      current.since = before->second.since;
    }
    if (at - current.since >= lease_) {
      ids.push_back(id);
      fences.push_back(current.fence);
      beats.push_back(current.beats);
    }
    seen.emplace(id, current);
  }
  seen_ = std::move(seen);
  if (ids.empty()) return 0;
  return db.run(kRescue, {db::ArrayText(ids), db::ArrayText(fences), db::ArrayText(beats), now}).affected();
}

std::int64_t pull_back_retries(db::Executor& db, core::Timestamp now, std::chrono::seconds max_backoff) {
  return db.run(kPullBack, {now, now + max_backoff}).affected();
}

std::int64_t prune(db::Executor& db, core::Timestamp before, int limit) {
  return db.run(kPrune, {before, limit}).affected();
}

std::int64_t prune_discarded(db::Executor& db, core::Timestamp before, int limit) {
  return db.run(kPruneDiscarded, {before, limit}).affected();
}

std::chrono::milliseconds retry_delay(int attempt, double random01) {
  constexpr double kLongestS = 3600;
  const double seconds = std::min(std::pow(static_cast<double>(attempt), 4), kLongestS);
  return std::chrono::milliseconds(std::llround(seconds * 1000 * (0.9 + 0.2 * random01)));
}

std::span<const db::Query> queries() { return kQueries; }

}  // namespace jobs
