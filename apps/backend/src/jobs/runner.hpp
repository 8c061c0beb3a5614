#pragma once
// The worker's loop: claims jobs, runs them on its lanes' threads, completes them, keeps their leases alive.
//
//   jobs::Runner runner(options, pool, clock);
//   runner.handle("route.compile", {.run = compile_route, .deadline = 60s});
//   runner.every({.name = "forecast.sync", .kind = "forecast.sync", .period = 10min});
//   runner.run(stop_token);              // returns after a graceful stop

#include "core/clock.hpp"
#include "db/pool.hpp"
#include "db/transaction.hpp"
#include "jobs/heartbeat.hpp"
#include "jobs/queue.hpp"
#include "jobs/schedule.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace jobs {

/// What a handler is given. Lives for the attempt.
class JobContext {
 public:
  JobContext(const ClaimedJob& job, std::stop_token stop, db::Deadline deadline, core::Timestamp now)
      : job_(job), stop_(std::move(stop)), deadline_(deadline), now_(now) {}

  const ClaimedJob& job() const { return job_; }
  /// Set when the worker stops, the lease was lost or the kind's deadline has passed: return soon, by
  /// throwing.
  const std::stop_token& stop() const { return stop_; }
  db::Deadline deadline() const { return deadline_; }
  /// The clock at the start of the attempt.
  core::Timestamp now() const { return now_; }

 private:
  const ClaimedJob& job_;
  std::stop_token stop_;
  db::Deadline deadline_;
  core::Timestamp now_;
};

/// The part of a job that changes the database. It runs in the transaction that completes the job, so it is
/// kept exactly once, or not at all when another worker has taken the job over. It may run again
/// (serialization failure): it must change nothing outside of the transaction.
using Effect = std::function<void(db::Transaction&)>;

/// Does the slow part (reading, computing, fetching) outside of any transaction and returns the effect, or an
/// empty one when there is nothing to store. Throws core::Error: invalid_input, not_found, forbidden,
/// conflict and too_large discard the job at once, other kinds are retried with backoff.
using Handler = std::function<Effect(JobContext&)>;

struct JobKind {
  Handler run = {};
  std::chrono::milliseconds deadline{60'000};
  /// The newest form of args that `run` reads; it looks at job().args_version for older ones. A job with a
  /// newer form is not claimed: it waits for a newer build.
  int args_version = 1;
};

struct Lane {
  std::string name = "default";
  int slots = 1;
  /// Jobs claimed ahead per slot. 0 for long jobs, so that other workers find them; more for short ones saves
  /// round trips.
  int claim_ahead = 0;
};

struct RunnerOptions {
  /// For the loop's own connection (LISTEN, leader lock, claims, heartbeats).
  db::SessionOptions session = {};
  WorkerIdentity identity = {};
  std::vector<Lane> lanes{Lane{}};
  std::chrono::milliseconds tick{5000};
  std::chrono::milliseconds heartbeat{5000};
  /// A job whose worker has not beaten for this long is taken back.
  std::chrono::milliseconds lease{60'000};
  /// How long a graceful stop waits for running jobs before it releases them.
  std::chrono::milliseconds stop_grace{20'000};
  /// Done jobs are deleted after this.
  std::chrono::hours keep_done{24 * 7};
  /// Dead letters likewise.
  std::chrono::hours keep_discarded{24 * 90};
  /// Beaten by the loop; may be null.
  Watchdog* watchdog = nullptr;
};

class Runner {
 public:
  /// `pool` serves the effects' transactions: it should hold at least as many sessions as there are slots.
  Runner(RunnerOptions options, db::Pool& pool, const core::Clock& clock);
  ~Runner();
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  /// Before run. Jobs of a kind without handler wait for a worker that has one.
  void handle(std::string kind, JobKind how);
  void every(PeriodicSpec spec);

  /// Works until `stop` is requested; then claims no more, waits stop_grace, releases the rest without
  /// counting the attempt. A database that is away is waited for, never a reason to return.
  void run(const std::stop_token& stop);
  /// After run: false when a handler did not heed its stop token. Its job is given back and its effect fenced
  /// off, but its thread still runs, and the destructor waits for it.
  bool is_idle() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace jobs
