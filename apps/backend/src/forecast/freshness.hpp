#pragma once
// How old is the forecast, and may its ratings be used? Computed from the forecast's own times and the clock.

#include <optional>
#include <string_view>

#include "core/time.hpp"
#include "forecast/model.hpp"

namespace forecast {

enum class Freshness : std::uint8_t { current, expiring, expired, off_season, no_rating, unavailable };

std::string_view to_string(Freshness value);

/// `expiring` begins two hours before the end; ratings vanish at expires_at (five minutes of clock skew are
/// tolerated before valid_from only). No expiry time at all counts as expired.
/// Precedence: off_season > expired > no_rating > current/expiring.
Freshness freshness(const Forecast& forecast, core::Timestamp now);

}  // namespace forecast
