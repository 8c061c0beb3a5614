#pragma once
// What official forecasts say of one zone, and where a person's danger is below it.

#include "core/error.hpp"
#include "core/time.hpp"
#include "forecast/conditions.hpp"
#include "forecast/overlay.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace overrides {

/// A zone in force at a moment. Borrows from the conditions.
struct OfficialZone {
  std::vector<const forecast::Zone*> shapes;       ///< at least one
  std::vector<const forecast::InZone*> forecasts;  ///< those in force, expired or not; may be none
  std::string known_forecasts;                     ///< ids as in Override::known_forecasts

  const forecast::Zone& zone() const { return *shapes.front(); }
};

/// The zone with this key, of this provider where one is named. nullopt: there is none today.
std::optional<OfficialZone> find_zone(const forecast::Conditions& conditions, std::string_view zone_key,
                                      std::string_view provider = {});

/// True when every forecast in force has ratings that count. Otherwise there is nothing to set aside.
bool is_rated(const OfficialZone& zone);

/// The first end of a forecast in force; `is_rated` must hold.
core::Timestamp end_of_forecast(const OfficialZone& zone);

/// A span of time.
struct Span {
  core::Timestamp from{};
  core::Timestamp to{};
};

/// Each value of `danger` that is below an official one at some moment of `during`, as a fault that names
/// both. A problem that is left out, or said to reach less far, counts as lowered.
std::vector<core::FieldError> lowered_values(const OfficialZone& zone, const forecast::Overlay& danger,
                                             Span during);

/// JSON: {"forecasts":[…],"days":[…],"bands":{…},"problems":[…]}. Of each band the highest official level
/// during the span, and whether all of it is rated; with the borders that `danger` gives the bands.
std::string official_json(const OfficialZone& zone, const forecast::Overlay& danger, Span during);

}  // namespace overrides
