#include "app/grade_inputs.hpp"

#include "core/error.hpp"
#include "core/files.hpp"
#include "core/json.hpp"
#include "forecast/forecast_json.hpp"
#include "forecast/height_book.hpp"
#include "forecast/providers/caaml/caaml.hpp"
#include "forecast/providers/nac/map_layer.hpp"
#include "forecast/providers/nac/product.hpp"
#include "geo/geojson.hpp"
#include "geo/gpx.hpp"
#include "geo/line_codec.hpp"

#include <algorithm>
#include <utility>

namespace app {
namespace {

constexpr core::JsonLimits kFeedLimits{.max_depth = 64, .max_bytes = 16u << 20};
constexpr const char* kAlbinaZone = "Europe/Vienna";

[[noreturn]] void refuse(const std::string& option, const std::string& message) {
  throw core::Error::invalid("grade.bad_input", "The grade cannot be made.",
                             {{option, "not_acceptable", message}});
}

bool looks_like_caaml(core::JsonView root) {
  return root["bulletins"].exists() || root["bulletinID"].exists();
}

/// The provider of zones and forecasts must agree; each of the two formats has one.
const char* provider_of(bool caaml) { return caaml ? "albina" : "avalanche.org"; }

forecast::ParsedFeed read_forecast(const GradeFiles& files, const std::string& body, bool caaml) {
  if (caaml) {
    return forecast::providers::parse_caaml(
        body, {.provider = provider_of(true),
               .time_zone = files.time_zone.empty() ? kAlbinaZone : files.time_zone,
               .center = "",
               .link = ""});
  }
  if (files.time_zone.empty())
    refuse("--time-zone", "is needed for avalanche.org products, e.g. America/Edmonton");
  forecast::providers::NacContext context;
  context.provider = provider_of(false);
  context.time_zone = files.time_zone;
  if (!files.zone.empty()) context.zones = {files.zone};
  return forecast::providers::parse_nac_products(body, context);
}

std::vector<forecast::Zone> read_zones(const GradeFiles& files, bool caaml) {
  std::vector<forecast::Zone> zones;
  for (const auto& path : files.zones) {
    const auto body = core::read_file(path);
    if (caaml) {
      auto parsed = forecast::parse_eaws_regions(body, provider_of(true), kAlbinaZone);
      std::ranges::move(parsed.zones, std::back_inserter(zones));
    } else {
      auto parsed = forecast::providers::parse_nac_map_layer(body, provider_of(false));
      for (auto& zone : parsed.zones) zones.push_back(std::move(zone.zone));
    }
  }
  return zones;
}

/// Without zone files the route lies in one zone: the one named, or the only one that the forecast has.
forecast::Zone zone_everywhere(const GradeFiles& files, const forecast::ParsedFeed& feed, bool caaml) {
  std::string key = files.zone;
  if (key.empty()) {
    if (feed.forecasts.size() != 1) {
      refuse("--zones",
             "the file holds " + std::to_string(feed.forecasts.size()) +
                 " forecasts: give --zones FILE with their areas, or --zone KEY of the route's zone");
    }
    if (!feed.forecasts.front().zones.empty()) key = feed.forecasts.front().zones.front();
  }
  forecast::Zone zone;
  zone.key = key;
  zone.name = key;
  zone.provider = provider_of(caaml);
  zone.shape.parts.push_back({{{-180, -90}, {180, -90}, {180, 90}, {-180, 90}, {-180, -90}}, {}});
  return zone;
}

forecast::ForecastBook make_book(const GradeFiles& files, core::Timestamp at,
                                 std::vector<std::string>& warnings) {
  const auto body = core::read_file(files.forecast);
  std::size_t trailing = 0;
  const bool caaml = looks_like_caaml(core::JsonDocument::parse_first(body, &trailing, kFeedLimits).root());
  const auto feed = read_forecast(files, body, caaml);
  if (feed.trailing_bytes > 0) refuse("--forecast", "bytes follow the forecast: the file is damaged");
  for (const auto& bad : feed.quarantined) warnings.push_back(bad.path + " was left out: " + bad.reason);
  for (const auto& drift : feed.drift)
    warnings.push_back(drift.path + " has a value not known here: " + drift.value);

  auto zones = read_zones(files, caaml);
  if (zones.empty()) zones.push_back(zone_everywhere(files, feed, caaml));
  const auto heights =
      forecast::HeightBook::load(files.heights.empty() ? "" : core::read_file(files.heights));
  for (auto& zone : zones) zone.heights = heights.heights_for(zone.key, zone.heights);

  forecast::ForecastBook book;
  const core::Day day{std::chrono::floor<std::chrono::days>(at)};
  book.zones = std::make_shared<const forecast::ZoneIndex>(std::move(zones), day);
  for (const auto& parsed : feed.forecasts) {
    const auto sha256 = forecast::content_sha256(parsed);
    const auto known = files.forecast_ids.find(sha256);
    book.forecasts.push_back({.id = known == files.forecast_ids.end() ? parsed.product_id : known->second,
                              .content_sha256 = sha256,
                              .revision = 1,
                              .forecast = std::make_shared<const forecast::Forecast>(parsed)});
  }
  return book;
}

geo::Line read_route(const std::string& path) {
  const auto bytes = core::read_file(path);
  const auto first = bytes.find_first_not_of(" \t\r\n");
  const bool json = first != std::string::npos && (bytes[first] == '{' || bytes[first] == '[');
  auto line = json ? geo::line_from_geojson(core::JsonDocument::parse(bytes, geo::kGeoJsonLimits).root())
                   : geo::line_from_gpx(geo::read_gpx(bytes));
  geo::validate_line(line);
  return geo::as_stored(std::move(line));
}

}  // namespace

GradeInputs read_grade_inputs(const GradeFiles& files) {
  const auto at = core::parse_time(files.at);
  if (!at) refuse("--at", "must be a time such as 2026-01-12T09:00:00Z");
  GradeInputs inputs;
  std::vector<std::shared_ptr<const terrain::Store>> stores;
  for (const auto& path : files.terrain) stores.push_back(terrain::Store::open(path));
  inputs.sampler = std::make_unique<terrain::Sampler>(std::move(stores));
  inputs.ruleset = files.ruleset.empty() ? grading::default_ruleset()
                                         : grading::parse_ruleset(core::read_file(files.ruleset));
  inputs.line = read_route(files.route);
  inputs.conditions = std::make_unique<forecast::Conditions>(make_book(files, *at, inputs.warnings), *at);
  return inputs;
}

}  // namespace app
