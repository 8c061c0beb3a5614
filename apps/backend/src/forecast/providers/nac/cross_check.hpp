#pragma once
// A product held against the map layer of its centre, which says at a glance what is in force in each zone.

#include "core/time.hpp"
#include "forecast/model.hpp"
#include "forecast/providers/nac/map_layer.hpp"

#include <span>

namespace forecast::providers {

/// Takes over what the map says of the zones that `forecast` names, where that is worse. Off season: the
/// forecast counts as off season. A danger above every band of the current day, and of the product's issue or
/// a later one: it is added as one more rating of that day, so that the maximum counts and shows as a
/// conflict.
void hold_against_map(Forecast& forecast, std::span<const NacMapZone> zones);

/// What the map alone says of a zone that is off season, as a product issued at `now`.
Forecast off_season_summary(const NacMapZone& zone, core::Timestamp now);

}  // namespace forecast::providers
