#pragma once
// Internal to db/: delays between attempts to connect, doubling, each ± 25 % so that clients spread.

#include <algorithm>
#include <chrono>
#include <random>
#include <utility>

namespace db {

class Backoff {
 public:
  Backoff(std::chrono::milliseconds first, std::chrono::milliseconds max)
      : first_(first), max_(max), next_(first) {}

  std::chrono::milliseconds next() {
    const auto base = std::exchange(next_, std::min(next_ * 2, max_));
    std::uniform_int_distribution<std::chrono::milliseconds::rep> jitter(-base.count() / 4, base.count() / 4);
    return base + std::chrono::milliseconds(jitter(random_));
  }
  void reset() { next_ = first_; }

 private:
  std::chrono::milliseconds first_;
  std::chrono::milliseconds max_;
  std::chrono::milliseconds next_;
  std::minstd_rand random_{std::random_device{}()};
};

}  // namespace db
