#pragma once
// The job queue: one table in Postgres, claimed with FOR UPDATE SKIP LOCKED.
//
// Rules the statements keep:
// - A job's effect happens exactly once: it is committed in the transaction that completes the job, and that
//   completion only succeeds for the worker that holds the job (complete returns false for a
//   worker whose lease was taken over; the caller then rolls back).
// - Jobs that wait share no unique_key, and jobs of one key never run at the same time. A job may be enqueued
//   while another of its key runs: it will run afterwards and see what the first did not.
// - No rule depends on clocks agreeing: a job that is due at once has run_at = -infinity, leases are counted
// in
//   beats that a watcher sees or does not see change (see RescueWatch), and a retry that a clock jump has put
//   out of reach is brought back.
// `now` is a parameter everywhere: tests move time, nothing here reads a clock.

#include "core/time.hpp"
#include "db/executor.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace jobs {

using JobId = std::int64_t;

/// Channel notified by each enqueue; the payload is the lane.
inline constexpr std::string_view kWakeChannel = "job_available";

/// What to enqueue. Views: it is made in the call.
///
/// In SQL, within another statement (put it in the outermost SELECT; one that nothing reads is not run):
///   WITH saved AS (INSERT INTO route … RETURNING id)
///   SELECT id, enqueue_job('route.compile', 'compile', 100, NULL, 5, 1, jsonb_build_object('routeId', id),
///                          'route.compile:' || id) AS job_id FROM saved
struct JobSpec {
  std::string_view kind = {};
  std::string_view lane = "default";
  /// Smaller runs first.
  int priority = 100;
  /// Empty: at once.
  std::optional<core::Timestamp> run_at = {};
  int max_attempts = 5;
  /// Version of the form of `args`, judged by the handler's kind.
  int args_version = 1;
  /// A JSON object.
  std::string_view args = "{}";
  /// At most one job with this key waits, at most one runs.
  std::optional<std::string_view> unique_key = {};
};

/// Adds a job and wakes the workers at commit. When a job with the unique key waits already, that one takes
/// over the newer args and the sooner time, and its id is returned: it runs after this transaction has
/// committed.
JobId enqueue(db::Executor& db, const JobSpec& spec);

/// A job that this worker holds.
struct ClaimedJob {
  JobId id = 0;
  std::int64_t fence = 0;
  std::string kind;
  std::string lane;
  int attempt = 1;
  int max_attempts = 1;
  int args_version = 1;
  std::string args;
  core::Timestamp created_at;
};

struct ClaimRequest {
  std::string_view worker_id = {};
  std::string_view lane = {};
  /// What this worker can do; jobs of other kinds wait for one that can (a newer build, during a deploy).
  std::span<const std::string> kinds = {};
  /// The newest form of args that it reads, for each of `kinds`; newer ones wait likewise. Empty: any.
  std::span<const std::int64_t> args_versions = {};
  int limit = 1;
  core::Timestamp now = {};
};

/// Takes up to `limit` due jobs of the lane and kinds in order of priority, run_at, id.
std::vector<ClaimedJob> claim(db::Executor& db, const ClaimRequest& request);

/// Names one holding of a job: every claim raises the job's fence, so a statement of an earlier holder finds
/// nothing to change.
struct Hold {
  JobId id = 0;
  std::int64_t fence = 0;
};
inline Hold hold_of(const ClaimedJob& job) { return {job.id, job.fence}; }

/// Marks the job done. False when this worker no longer holds it: roll back.
bool complete(db::Executor& db, std::string_view worker_id, Hold hold, core::Timestamp now);

/// Marks several done, for handlers without an effect of their own; returns how many were still held.
std::int64_t complete_all(db::Executor& db, std::string_view worker_id, std::span<const Hold> holds,
                          core::Timestamp now);

enum class FailureOutcome { retryable, discarded, superseded, not_held };

/// After a failed attempt: waits for `retry_at`, or is discarded when `permanent` or the attempts are used
/// up (an earlier dead letter of its unique_key goes), or ends as cancelled when another job of its
/// unique_key already waits. `error_code` and `error_text` are kept with the job (the last 10).
struct Failure {
  Hold hold = {};
  core::Timestamp retry_at = {};
  bool permanent = false;
  std::string_view error_code = {};
  std::string_view error_text = {};
};
FailureOutcome fail(db::Executor& db, std::string_view worker_id, const Failure& failure,
                    core::Timestamp now);

/// Gives a job back unfinished (shutdown): due at once, the attempt is not counted.
std::int64_t release(db::Executor& db, std::string_view worker_id, std::span<const Hold> holds,
                     core::Timestamp now);

/// Counts one beat on every listed job; returns the ids still held. A missing one was taken over: cancel it.
std::vector<JobId> beat(db::Executor& db, std::string_view worker_id, std::span<const Hold> holds,
                        core::Timestamp now);

/// Finds dead workers' jobs without comparing clocks: a running job whose beat count has not changed for the
/// lease's length of the watcher's own monotonic time is taken back. One watcher (the leader) suffices.
class RescueWatch {
 public:
  explicit RescueWatch(std::chrono::milliseconds lease) : lease_(lease) {}

  /// Looks once; returns how many jobs were put back (available, or discarded when attempts are used up).
  std::int64_t look(db::Executor& db, std::chrono::steady_clock::time_point at, core::Timestamp now);
  /// Forgets what was seen: after the database was away nobody could beat.
  void reset() { seen_.clear(); }

 private:
  struct Seen {
    std::int64_t fence = 0;
    std::int64_t beats = 0;
    std::chrono::steady_clock::time_point since;
  };
  std::chrono::milliseconds lease_;
  std::map<JobId, Seen> seen_;
};

/// Makes retries due whose run_at lies further ahead than any backoff can have put it (a clock jumped back).
std::int64_t pull_back_retries(db::Executor& db, core::Timestamp now, std::chrono::seconds max_backoff);

/// Deletes done and cancelled jobs finished before `before`, at most `limit`.
std::int64_t prune(db::Executor& db, core::Timestamp before, int limit);
/// The same for dead letters, which are kept for longer.
std::int64_t prune_discarded(db::Executor& db, core::Timestamp before, int limit);

/// Delay before attempt n+1: min(n^4 s, 1 h) ± 10 %; `random01` in [0, 1).
std::chrono::milliseconds retry_delay(int attempt, double random01);

std::span<const db::Query> queries();

}  // namespace jobs
