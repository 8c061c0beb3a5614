#pragma once
// Internal to jobs/: the jobs that this worker holds, the threads that run them, and what is to be recorded
// about them. The runner's loop does all bookkeeping in the database except for the transactions of effects,
// which the lanes' threads run themselves.

#include "core/clock.hpp"
#include "core/thread_pool.hpp"
#include "db/pool.hpp"
#include "jobs/queue.hpp"
#include "jobs/runner.hpp"

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace jobs {

/// What the loop has to record about an attempt that has ended without doing so itself.
struct Outcome {
  enum class What { done, failed, release };
  What what = What::done;
  Hold hold = {};
  std::chrono::milliseconds retry_delay{0};
  bool permanent = false;
  std::string error_code = {};
  std::string error_text = {};
};

class Attempts {
 public:
  /// `wake` is called from lane threads when there is something for the loop.
  Attempts(const std::vector<Lane>& lanes, std::string worker_id, db::Pool& pool, const core::Clock& clock,
           std::function<void()> wake);
  ~Attempts();
  Attempts(const Attempts&) = delete;
  Attempts& operator=(const Attempts&) = delete;

  /// How many more jobs the lane takes.
  int room(const std::string& lane) const;
  /// Runs the job on its lane. `kind` outlives it.
  void start(ClaimedJob job, const JobKind& kind);

  std::vector<Hold> held() const;
  bool idle() const;

  /// Stops the attempts of `asked` that are not among `still_held`: another worker has them.
  void stop_lost(const std::vector<Hold>& asked, const std::vector<JobId>& still_held);
  /// Stops the attempts whose deadline has passed; returns the nearest deadline of the others.
  db::Deadline stop_late();
  /// From now on what has not begun is given back.
  void drain() { draining_ = true; }
  /// Stops all attempts; they are given back.
  void stop_all();
  /// Everything still held, to be released although its threads have not returned; their effects are fenced
  /// off.
  std::vector<Hold> abandon();

  std::vector<Outcome> take_outcomes();
  void give_back(std::vector<Outcome> outcomes);
  /// How many attempts have ended so far.
  std::uint64_t ended() const { return ended_.load(std::memory_order_relaxed); }

 private:
  enum class Why { none, lost, late, shutdown };
  struct Running {
    ClaimedJob job;
    const JobKind* kind;
    std::stop_source stop;
    std::atomic<Why> why{Why::none};
    std::optional<db::Deadline> deadline;
  };
  struct LaneState {
    std::unique_ptr<core::ThreadPool> pool;
    int capacity = 0;
    int in_hand = 0;
  };

  void run(Running& running);
  std::optional<Outcome> attempt(Running& running, db::Deadline deadline);
  void commit(Running& running, const Effect& effect, db::Deadline deadline);
  std::optional<Outcome> failed(const Running& running, const std::exception& error);
  void finish(Running& running, std::optional<Outcome> outcome);
  static void stop(Running& running, Why why);

  const std::string worker_id_;
  db::Pool& pool_;
  const core::Clock& clock_;
  const std::function<void()> wake_;
  std::atomic<bool> draining_{false};
  std::atomic<std::uint64_t> ended_{0};
  mutable std::mutex mutex_;
  std::map<JobId, std::unique_ptr<Running>> running_;
  std::vector<Outcome> outcomes_;
  std::map<std::string, LaneState> lanes_;
};

}  // namespace jobs
