#pragma once
// The injected clock. Nothing below app/ reads the system time by itself.

#include "core/time.hpp"

#include <atomic>

namespace core {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() const = 0;
};

class SystemClock final : public Clock {
 public:
  Timestamp now() const override {
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  }
};

/// A clock that stands still until it is moved: tests, and ASPECTAVY_NOW. Safe to share between threads.
class FrozenClock final : public Clock {
 public:
  explicit FrozenClock(Timestamp at) : at_(at) {}
  Timestamp now() const override { return at_.load(); }
  void set(Timestamp at) { at_.store(at); }
  void advance(std::chrono::microseconds by) { at_.store(at_.load() + by); }

 private:
  std::atomic<Timestamp> at_;
};

}  // namespace core
