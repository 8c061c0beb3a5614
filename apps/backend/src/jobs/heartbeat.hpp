#pragma once
// Signs of life: the row that readiness checks read, and the watchdog that ends a stuck process.

#include "core/time.hpp"
#include "db/executor.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>

namespace jobs {

struct WorkerIdentity {
  std::string worker_id;
  std::string hostname;
  int pid = 0;
  std::string build_sha;
  core::Timestamp started_at;
};

struct HeartbeatFacts {
  std::int64_t queue_depth = 0;
  std::int64_t oldest_job_age_s = 0;
};

/// Upserts the worker's row with the database's time, from the loop that does the work; rows older than a day
/// go.
void write_heartbeat(db::Executor& db, const WorkerIdentity& identity, const HeartbeatFacts& facts);

/// Removes the row at a clean stop.
void remove_heartbeat(db::Executor& db, std::string_view worker_id);

struct WorkerAge {
  /// Seconds since the freshest beat, by the database's clock; nullopt when there is no worker.
  std::optional<double> newest_beat_age_s;
};
/// Of all workers, or of one host's.
WorkerAge worker_age(db::Executor& db, std::optional<std::string_view> hostname = {});

std::span<const db::Query> heartbeat_queries();

/// Ends the process when the loop that feeds it falls silent, or when the process goes on after having been
/// stopped for as long: restart policies act on exits, not on hangs.
class Watchdog {
 public:
  /// `on_stall` runs on the watchdog's thread after `limit` without a beat. The default logs and calls
  /// _exit(70).
  explicit Watchdog(std::chrono::milliseconds limit, std::function<void()> on_stall = {});
  ~Watchdog() = default;
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  void beat() { beats_.fetch_add(1, std::memory_order_relaxed); }

 private:
  void watch(const std::stop_token& stop);

  std::chrono::milliseconds limit_;
  std::function<void()> on_stall_;
  std::atomic<std::uint64_t> beats_{0};
  std::jthread thread_;
};

}  // namespace jobs
