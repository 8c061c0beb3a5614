#include "forecast/freshness.hpp"

#include <algorithm>

namespace forecast {
namespace {

constexpr std::chrono::hours kExpiringBefore{2};
constexpr std::chrono::minutes kClockSkew{5};

bool any_rated(const Forecast& forecast) {
  return std::ranges::any_of(forecast.ratings,
                             [](const Rating& rating) { return rating.state == RatingState::rated; });
}

}  // namespace

std::string_view to_string(Freshness value) {
  switch (value) {
    case Freshness::current:
      return "current";
    case Freshness::expiring:
      return "expiring";
    case Freshness::expired:
      return "expired";
    case Freshness::off_season:
      return "off_season";
    case Freshness::no_rating:
      return "no_rating";
    case Freshness::unavailable:
      return "unavailable";
  }
  return "";
}

Freshness freshness(const Forecast& forecast, core::Timestamp now) {
  if (forecast.off_season) return Freshness::off_season;
  if (!forecast.expires_at || now >= *forecast.expires_at) return Freshness::expired;
  if (now + kClockSkew < forecast.valid_from) return Freshness::unavailable;
  if (!any_rated(forecast)) return Freshness::no_rating;
  return *forecast.expires_at - now <= kExpiringBefore ? Freshness::expiring : Freshness::current;
}

}  // namespace forecast
