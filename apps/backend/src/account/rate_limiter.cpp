#include "account/rate_limiter.hpp"

#include "core/error.hpp"

#include "account/rate_store.hpp"

#include <algorithm>
#include <cmath>

namespace account {

RateVerdict RateLimiter::try_once(const RateRule& rule, std::string_view subject, db::Deadline deadline) {
  using Micros = std::chrono::microseconds;
  const auto now = clock_.now();
  const Micros window = rule.window;
  const auto into_window = Micros(now.time_since_epoch().count() % window.count());
  const auto start = now - into_window;
  db::PumpWriter write(pump_, deadline);
  const auto counts = count_one(write, key_of(rule, subject), start, start - window);

  const double elapsed = static_cast<double>(into_window.count()) / static_cast<double>(window.count());
  const double estimate =
      static_cast<double>(counts.previous) * (1 - elapsed) + static_cast<double>(counts.current);
  RateVerdict verdict;
  verdict.is_allowed = estimate <= rule.limit;
  verdict.remaining = std::max(0, rule.limit - static_cast<int>(std::ceil(estimate)));
  verdict.reset = std::chrono::ceil<std::chrono::seconds>(window - into_window);
  return verdict;
}

void RateLimiter::require(const RateRule& rule, std::string_view subject, db::Deadline deadline) {
  const auto verdict = try_once(rule, subject, deadline);
  if (verdict.is_allowed) return;
  throw core::Error(core::ErrorKind::rate_limited, "rate_limited",
                    "Too many tries. Wait before the next one.", std::string(rule.scope))
      .retry_after(verdict.reset)
      .over_limit(rule.limit);
}

void RateLimiter::forget(const RateRule& rule, std::string_view subject, db::Deadline deadline) {
  db::PumpWriter write(pump_, deadline);
  forget_counts(write, key_of(rule, subject));
}

std::string RateLimiter::key_of(const RateRule& rule, std::string_view subject) const {
  std::string message(rule.scope);
  message += '\0';
  message += subject;
  const auto mac = keys_.mac("rate/v1", message);
  return {reinterpret_cast<const char*>(mac.data()), mac.size()};
}

}  // namespace account
