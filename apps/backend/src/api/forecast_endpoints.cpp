#include "api/forecast_endpoints.hpp"

#include "api/route_input.hpp"
#include "api/zone_view.hpp"
#include "core/error.hpp"
#include "core/hash.hpp"
#include "forecast/fetch_store.hpp"
#include "forecast/forecast_store.hpp"
#include "grading/level.hpp"
#include "http/conditional.hpp"

#include <algorithm>
#include <memory>
#include <mutex>
#include <string>

namespace api {
namespace {

using core::JsonWriter;

/// A forecast never changes; clients still ask again, since only the clock says whether it counts.
constexpr std::string_view kForecastCaching = "public, max-age=60, stale-while-revalidate=300";
constexpr std::chrono::seconds kZonesKept{60};

http::Response serve(const http::Request& request, const std::shared_ptr<const CachedForecast>& forecast) {
  if (auto same = http::not_modified(request, forecast->etag, kForecastCaching)) return *std::move(same);
  return http::Response::json(http::Body(forecast, forecast->body))
      .set("ETag", forecast->etag)
      .set("Cache-Control", kForecastCaching);
}

std::optional<http::Response> from_cache(const ForecastServices& services, const http::Request& request) {
  const auto id = core::parse_uuid(request.path_param("id"));
  if (!id) return std::nullopt;
  const auto cached = services.cache.find(*id);
  if (!cached) return std::nullopt;
  return serve(request, cached);
}

http::Response by_id(const ForecastServices& services, const http::Request& request) {
  const auto id = read_id(request, "id", "forecast.not_found");
  db::PumpReader reader(services.pump, request.deadline());
  auto rendered = forecast::find_rendered(reader, id);
  if (!rendered) {
    throw core::Error(core::ErrorKind::not_found, "forecast.not_found", "There is no such forecast.");
  }
  auto cached = std::make_shared<CachedForecast>();
  cached->etag = http::strong_etag(core::sha256_hex(*rendered).substr(0, 32));
  cached->body = *std::move(rendered);
  services.cache.put(id, cached);
  return serve(request, cached);
}

/// Ratings vanish when they expire, also from caches.
std::string zones_caching(const forecast::Conditions& conditions, core::Timestamp now) {
  const auto left = std::chrono::floor<std::chrono::seconds>(conditions.valid_until() - now);
  return "public, max-age=" + std::to_string(std::clamp(left, std::chrono::seconds(0), kZonesKept).count());
}

/// The zones as they were rendered last: all their shapes, the same for everybody until the conditions
/// change.
class RenderedZones {
 public:
  std::shared_ptr<const CachedForecast> of(const std::shared_ptr<const forecast::Conditions>& conditions) {
    {
      const std::lock_guard lock(mutex_);
      if (conditions_ == conditions) return text_;
    }
    auto fresh = std::make_shared<CachedForecast>();
    fresh->body = zones_json(*conditions);
    fresh->etag = http::strong_etag(core::sha256_hex(fresh->body).substr(0, 32));
    const std::lock_guard lock(mutex_);
    conditions_ = conditions;
    text_ = fresh;
    return fresh;
  }

 private:
  std::mutex mutex_;
  std::shared_ptr<const forecast::Conditions> conditions_;
  std::shared_ptr<const CachedForecast> text_;
};

http::Response zones(const ForecastServices& services, RenderedZones& rendered,
                     const http::Request& request) {
  const auto conditions = services.forecasts.conditions(request.deadline());
  const auto text = rendered.of(conditions);
  const auto caching = zones_caching(*conditions, services.clock.now());
  if (auto same = http::not_modified(request, text->etag, caching)) return *std::move(same);
  auto response = http::Response::json(http::Body(text, text->body));
  response.content_type = "application/geo+json";
  return std::move(response).set("ETag", text->etag).set("Cache-Control", caching);
}

std::string at_json(const ForecastServices& services, const forecast::Conditions& conditions,
                    geo::LonLat place, db::Deadline deadline) {
  JsonWriter out(8192);
  out.begin_object().field("at", core::format_utc(conditions.at()));
  out.field("validUntil", core::format_utc(conditions.valid_until()));
  const auto ground = services.sampler.at(place);
  out.key("elevationM");
  ground ? out.fixed(static_cast<double>(ground->elevation_m), 1) : out.null();
  const auto found = conditions.zones().zones_at(place);
  out.key("unknownCodes").begin_array();
  if (found.empty()) out.value(grading::to_string(grading::UnknownCode::outside_zones));
  out.end_array();
  out.key("zones").begin_array();
  db::PumpReader reader(services.pump, deadline);
  for (const auto zone : found) {
    for (const auto position : conditions.entries_of(zone)) {
      const auto& entry = conditions.entries()[position];
      out.begin_object();
      write_zone_members(out, entry);
      out.key("day");
      entry.forecast == nullptr ? out.null() : out.value(core::format_day(entry.day));
      out.key("forecast");
      const auto id = entry.forecast == nullptr ? std::nullopt : core::parse_uuid(entry.forecast->id);
      const auto rendered = id ? forecast::find_rendered(reader, *id) : std::nullopt;
      rendered ? out.raw(*rendered) : out.null();
      out.end_object();
    }
  }
  out.end_array().end_object();
  return out.take();
}

http::Response at_place(const ForecastServices& services, const http::Request& request) {
  const auto place = read_position(request);
  const auto conditions = services.forecasts.conditions(request.deadline());
  return http::Response::json(at_json(services, *conditions, place, request.deadline()))
      .set("Cache-Control", "private, no-cache");
}

void write_time(JsonWriter& out, std::string_view name, const std::optional<core::Timestamp>& at) {
  out.key(name);
  at ? out.value(core::format_utc(*at)) : out.null();
}

http::Response providers(const ForecastServices& services, const http::Request& request) {
  db::PumpReader reader(services.pump, request.deadline());
  const auto states = forecast::list_providers(reader, services.clock.now());
  JsonWriter out;
  out.begin_object().key("providers").begin_array();
  for (const auto& feed : services.feeds) {
    const auto found = std::ranges::find(states, feed.provider, &forecast::ProviderState::provider);
    const auto state = found == states.end() ? forecast::ProviderState{} : *found;
    out.begin_object().field("id", feed.provider).field("kind", forecast::to_string(feed.kind));
    write_time(out, "lastAttemptAt", state.last_attempt_at);
    write_time(out, "lastGoodAt", state.last_good_at);
    out.optional_field("lastError", state.last_error);
    out.field("driftCount", state.drift_count).field("quarantineCount", state.quarantine_count).end_object();
  }
  out.end_array().end_object();
  return http::Response::json(out.take()).set("Cache-Control", "no-cache");
}

Endpoint endpoint(std::string_view path, std::string_view id, std::string_view summary,
                  std::string_view schema) {
  return {.method = "GET",
          .path = path,
          .id = id,
          .tag = "forecasts",
          .summary = summary,
          .replies = {{200, "The answer", schema}},
          .errors = {"unavailable", "deadline"}};
}

}  // namespace

std::vector<Endpoint> forecast_endpoints(const ForecastServices& services) {
  auto all =
      endpoint("/api/forecasts/zones", "getForecastZones", "Every zone with its danger and freshness", "");
  all.replies = {{200, "GeoJSON", "ZoneCollection", "application/geo+json"}, {304, "Not modified", ""}};
  all.handler = [services, rendered = std::make_shared<RenderedZones>()](const http::Request& request) {
    return zones(services, *rendered, request);
  };

  auto at = endpoint("/api/forecasts/at", "getForecastAt", "The zones and official forecasts at a place",
                     "ForecastAt");
  at.parameters = {
      {In::query, "lat", true, R"({"type":"number","minimum":-90,"maximum":90})", "Degrees north."},
      {In::query, "lon", true, R"({"type":"number","minimum":-180,"maximum":180})", "Degrees east."}};
  at.errors.emplace_back("validation_failed");
  at.handler = [services](const http::Request& request) { return at_place(services, request); };

  auto feeds = endpoint("/api/forecasts/providers", "getForecastProviders",
                        "Feeds, their age and their faults", "ProviderList");
  feeds.handler = [services](const http::Request& request) { return providers(services, request); };

  auto one = endpoint("/api/forecasts/{id}", "getForecast", "An official forecast as issued", "Forecast");
  one.parameters = {{In::path, "id", true, R"({"type":"string","format":"uuid"})", "The forecast."}};
  one.replies.push_back({304, "Not modified", ""});
  one.errors.emplace_back("forecast.not_found");
  one.handler = [services](const http::Request& request) { return by_id(services, request); };
  one.fast = [services](const http::Request& request) { return from_cache(services, request); };
  return {std::move(all), std::move(at), std::move(feeds), std::move(one)};
}

}  // namespace api
