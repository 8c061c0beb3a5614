#include "jobs/heartbeat.hpp"

#include "core/log.hpp"

#include <unistd.h>

#include <array>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace jobs {
namespace {

constexpr db::Query kWrite{"heartbeat.write", R"sql(
WITH pruned AS (DELETE FROM worker_heartbeats WHERE beat_at < now() - interval '1 day' AND worker_id <> $1)
INSERT INTO worker_heartbeats (worker_id, hostname, pid, build_sha, started_at, beat_at, loop_at, queue_depth,
                               oldest_job_age_s)
VALUES ($1, $2, $3, $4, $5, now(), now(), $6, $7)
ON CONFLICT (worker_id) DO UPDATE SET hostname = excluded.hostname, pid = excluded.pid,
  build_sha = excluded.build_sha, started_at = excluded.started_at, beat_at = now(), loop_at = now(),
  queue_depth = excluded.queue_depth, oldest_job_age_s = excluded.oldest_job_age_s)sql"};

constexpr db::Query kRemove{"heartbeat.remove", "DELETE FROM worker_heartbeats WHERE worker_id = $1"};

constexpr db::Query kAge{"heartbeat.age", R"sql(
SELECT extract(epoch FROM now() - max(beat_at))::float8 AS beat_age_s
FROM worker_heartbeats WHERE $1::text IS NULL OR hostname = $1)sql"};

constexpr std::array kQueries{kWrite, kRemove, kAge};

void log_and_exit() {
  core::log_error("process.stalled", {{"effect", "the process ends so that it is started afresh"}});
  constexpr int kSoftwareFailure = 70;
  ::_exit(kSoftwareFailure);
}

}  // namespace

void write_heartbeat(db::Executor& db, const WorkerIdentity& identity, const HeartbeatFacts& facts) {
  db.run(kWrite, {identity.worker_id, identity.hostname, identity.pid, identity.build_sha,
                  identity.started_at, facts.queue_depth, facts.oldest_job_age_s});
}

void remove_heartbeat(db::Executor& db, std::string_view worker_id) { db.run(kRemove, {worker_id}); }

WorkerAge worker_age(db::Executor& db, std::optional<std::string_view> hostname) {
  return {db.run(kAge, {hostname}).single().get<std::optional<double>>("beat_age_s")};
}

std::span<const db::Query> heartbeat_queries() { return kQueries; }

Watchdog::Watchdog(std::chrono::milliseconds limit, std::function<void()> on_stall)
    : limit_(limit), on_stall_(on_stall ? std::move(on_stall) : log_and_exit) {
  thread_ = std::jthread([this](const std::stop_token& stop) { watch(stop); });
}

void Watchdog::watch(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  auto seen = beats_.load(std::memory_order_relaxed);
  auto seen_at = std::chrono::steady_clock::now();
  auto woke_at = seen_at;
  while (!stopped.wait_for(lock, stop, limit_ / 4, [&] { return stop.stop_requested(); })) {
    const auto now = std::chrono::steady_clock::now();
    const auto beats = beats_.load(std::memory_order_relaxed);
    // Did this thread oversleep as well? Then the whole process was stopped, and whether the loop beats first
    // when it goes on is chance; its leases are gone either way.
    const bool was_stopped = now - woke_at >= limit_;
    woke_at = now;
    if (beats != seen && !was_stopped) {
      seen = beats;
      seen_at = now;
    } else if (was_stopped || now - seen_at >= limit_) {
      on_stall_();
      seen_at = now;
    }
  }
}

}  // namespace jobs
