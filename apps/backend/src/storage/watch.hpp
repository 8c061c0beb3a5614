#pragma once
// Whether the bucket can be used, looked at in the background and answered from memory.

#include "core/error.hpp"
#include "db/deadline.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

namespace storage {

struct WatchOptions {
  /// Throws core::Error when the storage cannot be used; returns soon after `stop`.
  std::function<void(db::Deadline, const std::stop_token& stop)> check;
  std::chrono::milliseconds every{10'000};
  std::chrono::milliseconds every_while_faulty{2'000};
  std::chrono::milliseconds timeout{5'000};
};

class Watch {
 public:
  /// Starts looking; until the first look has ended, the storage counts as faulty.
  explicit Watch(WatchOptions options);
  /// Ends a look that is under way.
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  /// What was wrong at the last look, as a sentence; nullopt: nothing.
  std::optional<std::string> fault() const;

 private:
  using Fault = std::optional<std::string>;

  void look(const std::stop_token& stop);
  std::chrono::milliseconds pause() const { return fault() ? options_.every_while_faulty : options_.every; }
  void run(const std::stop_token& stop);

  WatchOptions options_;
  std::atomic<std::shared_ptr<const Fault>> fault_;
  std::jthread thread_;
};

}  // namespace storage
