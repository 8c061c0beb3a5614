#pragma once
// The latest moment at which a caller still wants an answer, on the monotonic clock.

#include <chrono>

namespace db {

using Deadline = std::chrono::steady_clock::time_point;

/// `duration` from now.
inline Deadline within(std::chrono::milliseconds duration) {
  return std::chrono::steady_clock::now() + duration;
}

/// What is left, never negative.
inline std::chrono::milliseconds remaining(Deadline deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  return left > std::chrono::milliseconds::zero() ? left : std::chrono::milliseconds::zero();
}

}  // namespace db
