#include "forecast/providers/nac/cross_check.hpp"

#include "forecast/valid_day.hpp"

#include <algorithm>
#include <optional>
#include <string>

namespace forecast::providers {
namespace {

constexpr std::uint32_t kWholeRose = 0xFFFFFF;

bool rates_zones(const Forecast& forecast) {
  return forecast.type == ProductType::forecast || forecast.type == ProductType::summary;
}

std::optional<DangerLevel> highest_on(const Forecast& forecast, core::Day day) {
  std::optional<DangerLevel> highest;
  for (const Rating& rating : forecast.ratings) {
    if (rating.day == day) highest = std::max(highest, rating.level);
  }
  return highest;
}

/// The map may lag behind the products; what it says of an earlier issue is out of date.
bool speaks_of(const NacMapZone& zone, const Forecast& forecast) {
  return zone.danger_level && zone.starts_at && *zone.starts_at >= forecast.issued_at;
}

}  // namespace

void hold_against_map(Forecast& forecast, std::span<const NacMapZone> zones) {
  if (!rates_zones(forecast)) return;
  const auto day = nac_current_day(forecast.issued_at, forecast.time_zone);
  for (const NacMapZone& zone : zones) {
    if (std::ranges::find(forecast.zones, zone.zone.key) == forecast.zones.end()) continue;
    forecast.off_season = forecast.off_season || zone.off_season;
    if (!day || !speaks_of(zone, forecast)) continue;
    const auto level = static_cast<DangerLevel>(*zone.danger_level);
    const auto highest = highest_on(forecast, *day);
    if (!highest || level <= *highest) continue;
    Rating rating;
    rating.day = *day;
    rating.where.rose = kWholeRose;
    rating.level = level;
    rating.state = RatingState::rated;
    rating.native = "map layer: " + zone.danger;
    forecast.ratings.push_back(rating);
  }
}

Forecast off_season_summary(const NacMapZone& zone, core::Timestamp now) {
  Forecast summary;
  summary.provider = zone.zone.provider;
  summary.product_id = "map-layer/" + std::to_string(zone.id);
  summary.zones = {zone.zone.key};
  summary.type = ProductType::summary;
  summary.scale = Scale::north_american;
  summary.issued_at = now;
  summary.valid_from = now;
  summary.off_season = true;
  summary.time_zone = zone.zone.time_zone;
  summary.language = "en";
  summary.center = zone.center_name;
  summary.link = zone.zone.link;
  return summary;
}

}  // namespace forecast::providers
