#include "app/grade_inputs.hpp"

#include "core/error.hpp"
#include "core/files.hpp"
#include "core/json.hpp"
#include "forecast/forecast_json.hpp"
#include "forecast/height_book.hpp"
#include "forecast/providers/caaml/caaml.hpp"
#include "forecast/providers/nac/cross_check.hpp"
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

void warn_of_quarantined(const std::string& path, const std::vector<forecast::Quarantined>& quarantined,
                         std::vector<std::string>& warnings) {
  for (const auto& bad : quarantined)
    warnings.push_back(path + ": " + bad.path + " was left out: " + bad.reason);
}

/// The zones of the files. What a map layer says of their danger is held against the forecasts of `feed`.
std::vector<forecast::Zone> read_zones(const GradeFiles& files, bool caaml, forecast::ParsedFeed& feed,
                                       std::vector<std::string>& warnings) {
  std::vector<forecast::Zone> zones;
  for (const auto& path : files.zones) {
    const auto body = core::read_file(path);
    if (caaml) {
      auto parsed = forecast::parse_eaws_regions(body, provider_of(true), kAlbinaZone);
      warn_of_quarantined(path, parsed.quarantined, warnings);
      std::ranges::move(parsed.zones, std::back_inserter(zones));
    } else {
      auto parsed = forecast::providers::parse_nac_map_layer(body, provider_of(false));
      warn_of_quarantined(path, parsed.quarantined, warnings);
      for (auto& issued : feed.forecasts) forecast::providers::hold_against_map(issued, parsed.zones);
      for (auto& zone : parsed.zones) zones.push_back(std::move(zone.zone));
    }
  }
  if (!files.zones.empty() && zones.empty()) refuse("--zones", "hold no zone that can be read");
  return zones;
}

/// Without zone files the route lies in one zone: the one named, or the only one that the forecast has. What
/// could not be read might have been about that zone, so everything must have been.
forecast::Zone zone_everywhere(const GradeFiles& files, const forecast::ParsedFeed& feed, bool caaml,
                               std::vector<std::string>& warnings) {
  if (!feed.quarantined.empty()) {
    refuse("--zones", std::to_string(feed.quarantined.size()) +
                          " products of the forecast file cannot be read, and without areas nobody can say "
                          "that they are not about this route: give --zones FILE (" +
                          feed.quarantined.front().path + " " + feed.quarantined.front().reason + ")");
  }
  std::string key = files.zone;
  if (key.empty()) {
    if (feed.forecasts.size() != 1) {
      refuse("--zones",
             "the file holds " + std::to_string(feed.forecasts.size()) +
                 " forecasts: give --zones FILE with their areas, or --zone KEY of the route's zone");
    }
    if (!feed.forecasts.front().zones.empty()) key = feed.forecasts.front().zones.front();
    warnings.push_back("no areas were given: the whole route is taken to lie in zone " + key +
                       ", the first of the only forecast in the file");
  } else {
    warnings.push_back("no areas were given: the whole route is taken to lie in zone " + key + ", as named");
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
  auto feed = read_forecast(files, body, caaml);
  if (feed.trailing_bytes > 0) refuse("--forecast", "bytes follow the forecast: the file is damaged");
  warn_of_quarantined(files.forecast, feed.quarantined, warnings);
  for (const auto& drift : feed.drift)
    warnings.push_back(drift.path + " has a value not known here: " + drift.value);

  auto zones = read_zones(files, caaml, feed, warnings);
  if (files.zones.empty()) zones.push_back(zone_everywhere(files, feed, caaml, warnings));
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
                              .family = "",
                              .revision = 1,
                              .forecast = std::make_shared<const forecast::Forecast>(parsed)});
  }
  return book;
}

geo::GpxSelection selection_of(const GradeFiles& files) {
  using Kind = geo::GpxSelection::Kind;
  if (files.track > 0) return {Kind::track, files.track - 1};
  if (files.gpx_route > 0) return {Kind::route, files.gpx_route - 1};
  return {};
}

geo::Line line_of_gpx(std::string_view bytes, const GradeFiles& files) {
  try {
    return geo::line_from_gpx(geo::read_gpx(bytes), selection_of(files));
  } catch (const core::Error& error) {
    if (error.code() != "gpx.several_lines") throw;
    throw core::Error::invalid(error.code(), error.public_message(),
                               {{"ROUTE", "several_lines", "name one with --track N or --gpx-route N"}});
  }
}

geo::Line read_route(const GradeFiles& files) {
  const auto bytes = core::read_file(files.route);
  const auto first = bytes.find_first_not_of(" \t\r\n");
  const bool json = first != std::string::npos && (bytes[first] == '{' || bytes[first] == '[');
  if (json && (files.track > 0 || files.gpx_route > 0))
    refuse("--track", "chooses from a GPX file; the route is GeoJSON");
  auto line = json ? geo::line_from_geojson(core::JsonDocument::parse(bytes, geo::kGeoJsonLimits).root())
                   : line_of_gpx(bytes, files);
  geo::validate_line(line);
  return geo::as_stored(std::move(line));
}

grading::Ruleset read_ruleset(const GradeFiles& files) {
  if (!files.ruleset.empty()) return grading::parse_ruleset(core::read_file(files.ruleset));
  if (!files.built_in_ruleset) return grading::default_ruleset();
  const auto& [id, version] = *files.built_in_ruleset;
  if (auto known = grading::built_in_ruleset(id, version)) return *std::move(known);
  refuse("--ruleset", "is needed: version " + std::to_string(version) + " of the ruleset " + id +
                          " is not built into this program");
}

}  // namespace

GradeInputs read_grade_inputs(const GradeFiles& files) {
  const auto at = core::parse_time(files.at);
  if (!at) refuse("--at", "must be a time such as 2026-01-12T09:00:00Z");
  GradeInputs inputs;
  std::vector<std::shared_ptr<const terrain::Store>> stores;
  for (const auto& path : files.terrain) stores.push_back(terrain::Store::open(path));
  inputs.sampler = std::make_unique<terrain::Sampler>(std::move(stores));
  inputs.ruleset = read_ruleset(files);
  inputs.line = read_route(files);
  inputs.conditions = std::make_unique<forecast::Conditions>(make_book(files, *at, inputs.warnings), *at);
  return inputs;
}

}  // namespace app
