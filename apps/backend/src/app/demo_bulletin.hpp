#pragma once
// The demo's forecast: a made-up bulletin for a made-up region, in the format a real provider sends
// (CAAML v6), so that the demo runs through the same adapter as the real thing.

#include "core/time.hpp"
#include "geo/position.hpp"

#include <string>

namespace app {

/// Region id of the demo zone.
inline constexpr const char* kDemoRegion = "XX-01";

/// The bulletin in force at `now`: valid from 16:00 UTC to 16:00 UTC of the next day.
std::string demo_bulletin(core::Timestamp now);

/// The demo zone as micro-region GeoJSON: one rectangle over `extent`.
std::string demo_zones(const geo::BoundingBox& extent);

}  // namespace app
