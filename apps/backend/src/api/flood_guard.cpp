#include "api/flood_guard.hpp"

#include "http/problem.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace api {
namespace {

constexpr std::size_t kPrefixBytes_v6 = 8;

/// The bytes of an address that one client cannot change at will.
std::string key_of(const http::IpAddress& address) {
  const auto size = address.is_v4() ? address.bytes.size() : kPrefixBytes_v6;
  return {reinterpret_cast<const char*>(address.bytes.data()), size};
}

}  // namespace

FloodGuard::FloodGuard(FloodLimits limits)
    : limits_(limits),
      per_request_(limits.burst > 0 ? std::chrono::nanoseconds(limits.window) / limits.burst
                                    : std::chrono::nanoseconds(0)) {}

FloodGuard::Shard& FloodGuard::shard_of(const std::string& key) {
  return shards_.at(std::hash<std::string>{}(key) % kShards);
}

void FloodGuard::forget_quiet(Shard& shard, TimePoint now) const {
  if (shard.full_at.size() < limits_.max_addresses / kShards) return;
  std::erase_if(shard.full_at, [now](const auto& entry) { return entry.second <= now; });
  // All of them are busy: forgetting them admits too much for a moment, keeping them would take memory
  // without end.
  if (shard.full_at.size() >= limits_.max_addresses / kShards) shard.full_at.clear();
}

bool FloodGuard::admits(const http::IpAddress& address, TimePoint now) {
  if (limits_.burst <= 0) return true;
  auto key = key_of(address);
  auto& shard = shard_of(key);
  const std::lock_guard lock(shard.mutex);
  forget_quiet(shard, now);
  auto& full_at = shard.full_at.try_emplace(std::move(key), now).first->second;
  const auto next = std::max(full_at, now) + per_request_;
  if (next - now > limits_.window) return false;
  full_at = next;
  return true;
}

FloodStanding FloodGuard::standing(const http::IpAddress& address, TimePoint now) {
  FloodStanding standing{.limit = limits_.burst, .remaining = limits_.burst};
  if (limits_.burst <= 0) return standing;
  const auto key = key_of(address);
  auto& shard = shard_of(key);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.full_at.find(key);
  if (found == shard.full_at.end() || found->second <= now) return standing;
  const auto missing = found->second - now;
  const auto used = (missing + per_request_ - std::chrono::nanoseconds(1)) / per_request_;
  standing.remaining = std::max(0, limits_.burst - static_cast<int>(used));
  standing.reset = std::chrono::ceil<std::chrono::seconds>(missing);
  return standing;
}

std::optional<http::Response> FloodGuard::admit(const http::Request& request) {
  const auto now = std::chrono::steady_clock::now();
  if (admits(request.client_ip(), now)) return std::nullopt;
  auto response = http::problem_response({.status = 429,
                                          .code = "rate_limited",
                                          .title = "Too many requests",
                                          .detail = "This address makes too many requests at once."},
                                         request.request_id());
  set_rate_headers(response, standing(request.client_ip(), now));
  // By then one request has come back.
  response.set("Retry-After", std::to_string(std::chrono::ceil<std::chrono::seconds>(per_request_).count()));
  return response;
}

void set_rate_headers(http::Response& response, const FloodStanding& standing) {
  response.set("RateLimit-Limit", std::to_string(standing.limit))
      .set("RateLimit-Remaining", std::to_string(standing.remaining))
      .set("RateLimit-Reset", std::to_string(standing.reset.count()));
}

}  // namespace api
