#pragma once
// Keeps one address from taking the whole service: a bucket for each, in memory, asked before a body is read.
//
// The counters of sign-in and the like are shared by all processes and live in Postgres
// (account/rate_limiter.hpp); this guard stands before them, is only of this process, and costs no round
// trip.

#include "core/clock.hpp"
#include "http/request.hpp"
#include "http/response.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace api {

struct FloodLimits {
  /// Requests that an address may make at once; they come back evenly within `window`. 0: no limit.
  int burst = 300;
  std::chrono::seconds window{10};
  /// Addresses that are remembered; beyond it the ones that are quiet are forgotten.
  std::size_t max_addresses = 100'000;
};

/// What is left to an address.
struct FloodStanding {
  int limit = 0;
  int remaining = 0;
  std::chrono::seconds reset{0};  ///< until all of it is back
};

class FloodGuard {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  explicit FloodGuard(FloodLimits limits);

  /// Counts a request of this address at this moment; false when it has used up what it may. IPv6 counts by
  /// its /64. From any thread.
  bool admits(const http::IpAddress& address, TimePoint now);
  FloodStanding standing(const http::IpAddress& address, TimePoint now);

  /// For http::RouteOptions::admit: 429 with Retry-After and RateLimit-*, or nothing.
  std::optional<http::Response> admit(const http::Request& request);

 private:
  /// Generic cell rate algorithm (ITU-T I.371, annex A): one moment for each address, the one at which its
  /// bucket will be full again.
  struct Shard {
    std::mutex mutex;
    std::unordered_map<std::string, TimePoint> full_at;
  };
  static constexpr std::size_t kShards = 16;

  Shard& shard_of(const std::string& key);
  void forget_quiet(Shard& shard, TimePoint now) const;

  FloodLimits limits_;
  std::chrono::nanoseconds per_request_;
  std::array<Shard, kShards> shards_;
};

/// Sets RateLimit-Limit, RateLimit-Remaining and RateLimit-Reset.
void set_rate_headers(http::Response& response, const FloodStanding& standing);

}  // namespace api
