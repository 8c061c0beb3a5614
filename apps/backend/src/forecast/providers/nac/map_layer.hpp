#pragma once
// products/map-layer of avalanche.org: the zones, and what is in force in each, at a glance.

#include "forecast/feed.hpp"
#include "forecast/zone.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace forecast::providers {

/// One feature. `zone` carries geometry, key, name, time zone and link.
struct NacMapZone {
  Zone zone;
  int id = 0;  ///< numeric; for /product?zone_id=; changes every season
  std::string center_id;
  std::string center_name;
  std::string state;
  bool off_season = false;
  std::string danger;               ///< native word: "no rating", "low" …
  std::optional<int> danger_level;  ///< 1…5: the highest of all bands over 24 h; never a band's rating
  std::optional<core::Timestamp> starts_at;  ///< naive on the wire, UTC by observation
  std::optional<core::Timestamp> expires_at;
  std::string travel_advice;
  std::string warning_product;  ///< "warning" when one is in force, else ""
};

struct NacMapLayer {
  std::vector<NacMapZone> zones;
  std::vector<Quarantined> quarantined;
  std::vector<Drift> drift;
  std::size_t trailing_bytes = 0;
};

/// Features are read one by one; one that has no name, centre or usable geometry is quarantined. Zones of one
/// centre that share a name get their numeric id appended to the key. Throws core::Error(invalid_input) when
/// the body is no FeatureCollection.
NacMapLayer parse_nac_map_layer(std::string_view body, std::string_view provider);

}  // namespace forecast::providers
