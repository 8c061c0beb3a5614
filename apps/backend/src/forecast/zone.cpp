#include "forecast/zone.hpp"

#include "core/error.hpp"
#include "core/json.hpp"
#include "geo/geojson.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace forecast {
namespace {

constexpr std::size_t kMaxKeyBytes = 64;

std::optional<core::Day> day_of(core::JsonView value) {
  const auto text = value.string();
  return text ? core::parse_day(*text) : std::nullopt;
}

/// A date that is there but cannot be read would make a zone valid for ever.
bool has_unreadable_date(core::JsonView properties) {
  for (const std::string_view member : {"start_date", "end_date"}) {
    const core::JsonView value = properties[member];
    if (value.exists() && !value.is_null() && !day_of(value)) return true;
  }
  return false;
}

std::string fault_text(const core::Error& error) {
  if (error.fields().empty()) return error.public_message();
  return error.fields().front().path + ": " + error.fields().front().message;
}

Zone read_region(core::JsonView feature, std::string_view provider, std::string_view time_zone) {
  const core::JsonView properties = feature["properties"];
  Zone zone;
  zone.key = std::string(properties["id"].string().value_or(""));
  if (zone.key.empty() || zone.key.size() > kMaxKeyBytes) {
    throw core::Error(core::ErrorKind::invalid_input, "forecast.zone_unreadable", "has no usable id");
  }
  if (has_unreadable_date(properties)) {
    throw core::Error(core::ErrorKind::invalid_input, "forecast.zone_unreadable",
                      "has a date that is no date");
  }
  zone.provider = provider;
  zone.name = zone.key;
  zone.time_zone = time_zone;
  zone.valid_from = day_of(properties["start_date"]);
  zone.valid_to = day_of(properties["end_date"]);
  zone.shape = geo::multi_polygon_from_geojson(feature["geometry"]);
  return zone;
}

}  // namespace

bool is_valid_on(const Zone& zone, core::Day day) {
  return (!zone.valid_from || *zone.valid_from <= day) && (!zone.valid_to || day < *zone.valid_to);
}

bool speaks_for(std::string_view named_key, std::string_view zone_key) {
  if (named_key == zone_key) return true;
  if (named_key.empty() || zone_key.find('/') != std::string_view::npos) return false;
  return zone_key.size() > named_key.size() && zone_key.starts_with(named_key) &&
         zone_key[named_key.size()] == '-';
}

std::vector<std::string> keys_that_speak_for(std::string_view zone_key) {
  std::vector<std::string> keys{std::string(zone_key)};
  if (zone_key.find('/') != std::string_view::npos) return keys;
  for (auto hyphen = zone_key.rfind('-'); hyphen != std::string_view::npos && hyphen > 0;
       hyphen = zone_key.rfind('-', hyphen - 1)) {
    keys.emplace_back(zone_key.substr(0, hyphen));
  }
  return keys;
}

ParsedZones parse_eaws_regions(std::string_view body, std::string_view provider, std::string_view time_zone) {
  ParsedZones parsed;
  const auto document = core::JsonDocument::parse_first(body, &parsed.trailing_bytes, geo::kGeoJsonLimits);
  const auto features = geo::features_of(document.root());
  using Drawing = std::tuple<std::string, std::optional<core::Day>, std::optional<core::Day>>;
  std::map<Drawing, std::size_t> seen;
  for (std::size_t i = 0; i < features.size(); ++i) {
    try {
      Zone zone = read_region(features[i], provider, time_zone);
      const auto [at, is_new] =
          seen.try_emplace({zone.key, zone.valid_from, zone.valid_to}, parsed.zones.size());
      if (is_new) {
        parsed.zones.push_back(std::move(zone));
      } else {
        auto& parts = parsed.zones[at->second].shape.parts;
        std::ranges::move(zone.shape.parts, std::back_inserter(parts));
      }
    } catch (const core::Error& error) {
      parsed.quarantined.push_back({"features[" + std::to_string(i) + "]", "", fault_text(error)});
    }
  }
  return parsed;
}

}  // namespace forecast
