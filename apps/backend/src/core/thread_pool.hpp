#pragma once
// A fixed number of threads that run tasks from a bounded queue.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace core {

class ThreadPool {
 public:
  using Task = std::function<void()>;

  /// `name` (at most 12 characters) shows in top and in core dumps. A task that throws ends the process:
  /// tasks handle their own errors.
  ThreadPool(const std::string& name, std::size_t threads, std::size_t queue_limit);
  /// Runs what is queued, then joins.
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  /// False when the queue is full or the pool is stopping; the task is then not kept.
  [[nodiscard]] bool try_post(Task task);

  /// Takes no new task, runs what is queued, joins. May be called once more.
  void stop();

  /// Takes no new task, drops what is queued, waits at most `timeout` for what runs. False when something
  /// still runs: stop() would wait for it however long it takes.
  bool stop_within(std::chrono::milliseconds timeout);

  std::size_t queued() const;

 private:
  void run();

  const std::size_t queue_limit_;
  mutable std::mutex mutex_;
  std::condition_variable ready_;
  std::condition_variable idle_;
  std::size_t running_ = 0;
  std::deque<Task> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace core
