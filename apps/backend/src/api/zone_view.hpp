#pragma once
// A zone as clients see it: where, which forecast, and how dangerous at most today.

#include "core/json_writer.hpp"
#include "forecast/conditions.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace api {

/// The highest level of a zone's day; none when its ratings may not be used.
std::optional<forecast::DangerLevel> highest_level(const forecast::InZone& entry);

/// Writes the members of ZoneProperties into the open object. Of several forecasts for a zone the highest is
/// shown.
void write_zone_members(core::JsonWriter& out, const forecast::InZone& entry);

/// GeoJSON FeatureCollection of every zone.
std::string zones_json(const forecast::Conditions& conditions);

}  // namespace api
