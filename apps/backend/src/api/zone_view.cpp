#include "api/zone_view.hpp"

#include "forecast/freshness.hpp"

#include <algorithm>

namespace api {
namespace {

using core::JsonWriter;
using forecast::DangerLevel;
using forecast::Freshness;

bool ratings_count(Freshness freshness) {
  return freshness == Freshness::current || freshness == Freshness::expiring;
}

/// The state shown for a zone: rated if anything is, else the first reason found.
forecast::RatingState shown_state(const forecast::InZone& entry) {
  if (entry.forecast == nullptr) return forecast::RatingState::no_forecast;
  const auto& ratings = entry.forecast->forecast->ratings;
  if (std::ranges::any_of(ratings, [](const auto& r) { return r.state == forecast::RatingState::rated; })) {
    return forecast::RatingState::rated;
  }
  return ratings.empty() ? forecast::RatingState::no_rating : ratings.front().state;
}

void write_time(JsonWriter& out, std::string_view name, const std::optional<core::Timestamp>& at) {
  out.key(name);
  at ? out.value(core::format_utc(*at)) : out.null();
}

void write_ring(JsonWriter& out, const geo::Ring& ring) {
  out.begin_array();
  for (const auto& point : ring)
    out.begin_array().fixed(point.lon_deg, 5).fixed(point.lat_deg, 5).end_array();
  out.end_array();
}

void write_shape(JsonWriter& out, const geo::MultiPolygon& shape) {
  out.begin_object().field("type", "MultiPolygon").key("coordinates").begin_array();
  for (const auto& part : shape.parts) {
    out.begin_array();
    write_ring(out, part.outer);
    for (const auto& hole : part.holes) write_ring(out, hole);
    out.end_array();
  }
  out.end_array().end_object();
}

/// The entry of a zone that its shape is coloured by.
const forecast::InZone& worst_of(const forecast::Conditions& conditions, std::size_t zone) {
  const auto& positions = conditions.entries_of(zone);
  const auto worst = std::ranges::max_element(positions, {}, [&](std::uint16_t position) {
    const auto level = highest_level(conditions.entries()[position]);
    return level ? static_cast<int>(*level) : 0;
  });
  return conditions.entries()[*worst];
}

}  // namespace

std::optional<DangerLevel> highest_level(const forecast::InZone& entry) {
  if (entry.forecast == nullptr || !ratings_count(entry.freshness)) return std::nullopt;
  std::optional<DangerLevel> highest;
  for (const auto& rating : entry.forecast->forecast->ratings) {
    if (rating.day != entry.day || !rating.level) continue;
    if (!highest || *rating.level > *highest) highest = rating.level;
  }
  return highest;
}

void write_zone_members(JsonWriter& out, const forecast::InZone& entry) {
  const auto* issued = entry.forecast == nullptr ? nullptr : entry.forecast->forecast.get();
  const auto scale = issued == nullptr ? forecast::Scale::eaws : issued->scale;
  const auto level = highest_level(entry);
  out.field("key", entry.zone->key).field("name", entry.zone->name).field("provider", entry.zone->provider);
  out.field("scale", forecast::to_string(scale));
  out.key("forecastId");
  issued == nullptr ? out.null() : out.value(entry.forecast->id);
  out.key("level");
  level ? out.value(static_cast<int>(*level)) : out.null();
  out.key("levelName");
  level ? out.value(forecast::to_string(*level)) : out.null();
  out.field("ratingState", forecast::to_string(shown_state(entry)));
  out.field("freshness", forecast::to_string(entry.freshness));
  write_time(out, "issuedAt", issued == nullptr ? std::nullopt : std::optional(issued->issued_at));
  write_time(out, "expiresAt", issued == nullptr ? std::nullopt : issued->expires_at);
  out.field("center", issued == nullptr ? std::string() : issued->center);
  out.field("link", issued == nullptr || issued->link.empty() ? entry.zone->link : issued->link);
  // In the provider's words or not at all, and only while its level counts.
  out.field("travelAdvice", level ? issued->texts.travel_advice : std::string());
}

std::string zones_json(const forecast::Conditions& conditions) {
  const auto& zones = conditions.zones().zones();
  JsonWriter out(64 * 1024);
  out.begin_object().field("type", "FeatureCollection").key("features").begin_array();
  for (std::size_t i = 0; i < zones.size(); ++i) {
    out.begin_object().field("type", "Feature").field("id", zones[i].key).key("properties").begin_object();
    write_zone_members(out, worst_of(conditions, i));
    out.end_object().key("geometry");
    write_shape(out, zones[i].shape);
    out.end_object();
  }
  out.end_array().end_object();
  return out.take();
}

}  // namespace api
