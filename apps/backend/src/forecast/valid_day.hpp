#pragma once
// Which civil day a rating is about. One rule per provider, always in the provider's own time zone.

#include "core/time.hpp"
#include "forecast/model.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace forecast {

/// A product is never spread over more days than this, whatever its validity says.
inline constexpr int kMaxProductDays = 10;

/// The local civil day of an instant; nullopt for an unknown zone.
std::optional<core::Day> local_day(core::Timestamp at, std::string_view iana_zone);

/// avalanche.org: what a product calls "current". Published before noon in the centre's time zone it is the
/// day of publication, otherwise the day after. "tomorrow" is the day after that.
std::optional<core::Day> nac_current_day(core::Timestamp published_at, std::string_view center_zone);

/// CAAML of the ALBINA family and SLF without a stated main date: a validity that starts at 15 h local time
/// or later is about the next day.
std::optional<core::Day> caaml_main_day(core::Timestamp valid_from, std::string_view zone);

/// The days from `first` to the last day that has a moment before `expires_at`; at least `first`, at most
/// kMaxProductDays.
std::vector<core::Day> days_until(core::Day first, std::optional<core::Timestamp> expires_at,
                                  std::string_view zone);

/// The day whose ratings count at `at`: the local civil day, or the first rated day when the forecast is
/// already valid but is about a later day (an evening issue). nullopt when the zone is unknown.
std::optional<core::Day> day_in_force(const Forecast& forecast, core::Timestamp at);

}  // namespace forecast
