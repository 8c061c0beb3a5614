#include "forecast/providers/nac/map_layer.hpp"

#include "core/error.hpp"
#include "core/json.hpp"
#include "forecast/providers/nac/product.hpp"
#include "forecast/providers/reading.hpp"
#include "geo/geojson.hpp"

#include <array>
#include <map>

namespace forecast::providers {
namespace {

constexpr std::array<std::string_view, 6> kDangerWords{"no rating",    "low",  "moderate",
                                                       "considerable", "high", "extreme"};

void read_status(core::JsonView properties, NacMapZone& read, DriftLog& drift) {
  constexpr std::string_view kPath = "features[].properties.";
  const std::string path(kPath);
  read.state = trimmed_text(properties["state"]);
  read.off_season = properties["off_season"].boolean().value_or(false);
  read.danger = read_word(properties["danger"], kDangerWords, path + "danger", drift);
  const auto level = loose_integer(properties["danger_level"]);
  if (level && *level >= 1 && *level <= 5) {
    read.danger_level = level;
  } else if (level != -1) {
    drift.add(path + "danger_level", properties["danger_level"]);
  }
  read.starts_at = read_time(properties["start_date"], path + "start_date", drift, core::NoOffset::is_utc);
  read.expires_at = read_time(properties["end_date"], path + "end_date", drift, core::NoOffset::is_utc);
  read.travel_advice = trimmed_text(properties["travel_advice"]);
  read.warning_product = trimmed_text(properties["warning"]["product"]);
}

NacMapZone read_feature(core::JsonView feature, std::string_view provider, DriftLog& drift) {
  const core::JsonView properties = feature["properties"];
  NacMapZone read;
  read.id = loose_integer(feature["id"]).value_or(0);
  read.center_id = trimmed_text(properties["center_id"]);
  read.center_name = trimmed_text(properties["center"]);
  read.zone.name = trimmed_text(properties["name"]);
  read.zone.key = nac_zone_key(read.center_id, read.zone.name);
  if (read.zone.key.empty()) throw ProductUnusable{"has no name or no centre"};
  read.zone.provider = provider;
  read.zone.time_zone = trimmed_text(properties["timezone"]);
  if (!core::to_local({}, read.zone.time_zone)) throw ProductUnusable{"has no known time zone"};
  read.zone.link = trimmed_text(properties["link"]);
  read_status(properties, read, drift);
  try {
    read.zone.shape = geo::multi_polygon_from_geojson(feature["geometry"]);
  } catch (const core::Error& error) {
    throw ProductUnusable{"has no usable geometry: " +
                          (error.fields().empty() ? error.public_message() : error.fields().front().message)};
  }
  return read;
}

void tell_equal_names_apart(std::vector<NacMapZone>& zones) {
  std::map<std::string, int> uses;
  for (const NacMapZone& zone : zones) ++uses[zone.zone.key];
  for (NacMapZone& zone : zones) {
    if (uses[zone.zone.key] > 1) zone.zone.key += "-" + std::to_string(zone.id);
  }
}

}  // namespace

NacMapLayer parse_nac_map_layer(std::string_view body, std::string_view provider) {
  NacMapLayer layer;
  const auto document = core::JsonDocument::parse_first(body, &layer.trailing_bytes, geo::kGeoJsonLimits);
  const auto features = geo::features_of(document.root());
  DriftLog drift;
  for (std::size_t i = 0; i < features.size(); ++i) {
    try {
      layer.zones.push_back(read_feature(features[i], provider, drift));
    } catch (const ProductUnusable& problem) {
      layer.quarantined.push_back(
          {"features[" + std::to_string(i) + "]", id_text(features[i]["id"]), problem.reason});
    }
  }
  tell_equal_names_apart(layer.zones);
  layer.drift = drift.take();
  return layer;
}

}  // namespace forecast::providers
