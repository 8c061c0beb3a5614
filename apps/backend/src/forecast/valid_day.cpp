#include "forecast/valid_day.hpp"

#include <algorithm>

namespace forecast {
namespace {

constexpr int kNoon = 12;
constexpr int kAfternoonIssueHour = 15;
constexpr std::chrono::minutes kClockSkew{5};

}  // namespace

std::optional<core::Day> local_day(core::Timestamp at, std::string_view iana_zone) {
  const auto local = core::to_local(at, iana_zone);
  if (!local) return std::nullopt;
  return local->day;
}

std::optional<core::Day> nac_current_day(core::Timestamp published_at, std::string_view center_zone) {
  const auto local = core::to_local(published_at, center_zone);
  if (!local) return std::nullopt;
  return local->hour < kNoon ? local->day : core::add_days(local->day, 1);
}

std::optional<core::Day> caaml_main_day(core::Timestamp valid_from, std::string_view zone) {
  const auto local = core::to_local(valid_from, zone);
  if (!local) return std::nullopt;
  return local->hour >= kAfternoonIssueHour ? core::add_days(local->day, 1) : local->day;
}

std::vector<core::Day> days_until(core::Day first, std::optional<core::Timestamp> expires_at,
                                  std::string_view zone) {
  std::vector<core::Day> days{first};
  if (!expires_at) return days;
  const auto last = local_day(*expires_at - std::chrono::microseconds(1), zone);
  if (!last) return days;
  for (core::Day day = core::add_days(first, 1); day <= *last && days.size() < kMaxProductDays;
       day = core::add_days(day, 1)) {
    days.push_back(day);
  }
  return days;
}

std::optional<core::Day> day_in_force(const Forecast& forecast, core::Timestamp at) {
  const auto today = local_day(at, forecast.time_zone);
  if (!today || forecast.ratings.empty() || at + kClockSkew < forecast.valid_from) return today;
  const core::Day first = std::ranges::min_element(forecast.ratings, {}, &Rating::day)->day;
  return std::max(*today, first);
}

}  // namespace forecast
