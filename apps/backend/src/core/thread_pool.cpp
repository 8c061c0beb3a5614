#include "core/thread_pool.hpp"

#include <pthread.h>

namespace core {

ThreadPool::ThreadPool(const std::string& name, std::size_t threads, std::size_t queue_limit)
    : queue_limit_(queue_limit) {
  threads_.reserve(threads);
  for (std::size_t i = 0; i < threads; ++i) {
    threads_.emplace_back([this] { run(); });
    pthread_setname_np(threads_.back().native_handle(),
                       (name + "-" + std::to_string(i)).substr(0, 15).c_str());
  }
}

ThreadPool::~ThreadPool() { stop(); }

bool ThreadPool::try_post(Task task) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || queue_.size() >= queue_limit_) return false;
    queue_.push_back(std::move(task));
  }
  ready_.notify_one();
  return true;
}

void ThreadPool::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  ready_.notify_all();
  for (auto& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

bool ThreadPool::stop_within(std::chrono::milliseconds timeout) {
  std::deque<Task> dropped;
  std::unique_lock lock(mutex_);
  stopping_ = true;
  // Ends after the lock is given back: what a task holds may want to run code of its own.
  dropped.swap(queue_);
  ready_.notify_all();
  return idle_.wait_for(lock, timeout, [this] { return running_ == 0; });
}

std::size_t ThreadPool::queued() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

void ThreadPool::run() {
  for (;;) {
    Task task;
    {
      std::unique_lock lock(mutex_);
      ready_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      task = std::move(queue_.front());
      queue_.pop_front();
      ++running_;
    }
    task();
    task = nullptr;
    const std::lock_guard lock(mutex_);
    if (--running_ == 0) idle_.notify_all();
  }
}

}  // namespace core
