// Zone shapes of both providers, from any bytes: what is accepted can be indexed and agrees with the plain
// test.

#include "core/error.hpp"
#include "forecast/providers/nac/map_layer.hpp"
#include "forecast/zone.hpp"
#include "forecast/zone_index.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

const core::Day kDay = std::chrono::year(2026) / 1 / 12;

void check(std::vector<forecast::Zone> zones) {
  const forecast::ZoneIndex index(std::move(zones), kDay);
  for (const forecast::Zone& zone : index.zones()) {
    if (zone.shape.parts.empty() || !is_valid_on(zone, kDay)) continue;
    const geo::LonLat corner = zone.shape.parts.front().outer.front();
    if (index.zones_at(corner).empty()) std::abort();
    const geo::LonLat beside{corner.lon_deg + 0.001, corner.lat_deg};
    bool inside = false;
    for (const auto& other : index.zones()) {
      inside = inside || (is_valid_on(other, kDay) && geo::contains(other.shape, beside));
    }
    if (inside == index.zones_at(beside).empty()) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  try {
    check(forecast::parse_eaws_regions(body, "albina", "Europe/Vienna").zones);
  } catch (const core::Error&) {
  }
  try {
    std::vector<forecast::Zone> zones;
    for (auto& zone : forecast::providers::parse_nac_map_layer(body, "avalanche.org").zones) {
      zones.push_back(std::move(zone.zone));
    }
    check(std::move(zones));
  } catch (const core::Error&) {
  }
  return 0;
}
