#pragma once
// How old is the forecast, and may its ratings be used? Computed from the forecast's own times and the clock.

#include "core/time.hpp"
#include "forecast/model.hpp"

#include <cstdint>
#include <string_view>

namespace forecast {

enum class Freshness : std::uint8_t { current, expiring, expired, off_season, no_rating, unavailable };

std::string_view to_string(Freshness value);

/// `expiring` begins two hours before the end; ratings vanish at expires_at (five minutes of clock skew are
/// tolerated before valid_from only). No expiry time at all counts as expired.
/// `unavailable`: its time has not come yet (callers also use it when there is no forecast at all).
/// `no_rating`: no rating of the whole product carries a level.
/// Precedence: off_season > expired > unavailable > no_rating > current/expiring.
Freshness freshness(const Forecast& forecast, core::Timestamp now);

}  // namespace forecast
