#include "forecast/forecast_store.hpp"

#include "core/hash.hpp"
#include "core/json.hpp"
#include "core/json_writer.hpp"
#include "forecast/forecast_json.hpp"
#include "geo/geojson.hpp"

#include <algorithm>
#include <array>
#include <tuple>

namespace forecast {
namespace {

enum QueryIndex {
  newest_of_family,
  insert_forecast,
  insert_zones_of_forecast,
  rendered_by_id,
  forecast_by_id,
  newest_zone_set,
  insert_zone_set,
  insert_zone,
  upsert_name,
  current_zones,
  current_forecasts,
  history_of_zone,
  notify,
  change_counter_now
};

constexpr std::array<db::Query, 14> kQueries{{
    {"forecast.family.newest",
     "SELECT id, revision, content_sha256 FROM forecast WHERE family = $1 ORDER BY revision DESC LIMIT 1"},
    {"forecast.add", R"sql(
INSERT INTO forecast (id, provider, product_id, type, family, revision, supersedes, issued_at, valid_from, expires_at,
                      content_sha256, normalised, rendered, fetch_id, stored_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15))sql"},
    {"forecast.zones.add",
     "INSERT INTO forecast_zone (zone_key, forecast_id) SELECT unnest($1::text[]), $2::uuid"},
    {"forecast.rendered", "SELECT rendered FROM forecast WHERE id = $1"},
    {"forecast.find", "SELECT id, family, revision, content_sha256, normalised FROM forecast WHERE id = $1"},
    {"forecast.zone_set.newest",
     "SELECT content_sha256 FROM zone_set WHERE source = $1 ORDER BY id DESC LIMIT 1"},
    {"forecast.zone_set.add", R"sql(
INSERT INTO zone_set (provider, source, content_sha256, fetch_id, stored_at)
VALUES ($1, $2, $3, $4, $5) RETURNING id)sql"},
    {"forecast.zone.add", R"sql(
INSERT INTO zone_shape (zone_set_id, ordinal, zone_key, name, time_zone, link, valid_from, valid_to, geometry,
                        upper_from_m, upper_to_m, middle_from_m, middle_to_m)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13))sql"},
    {"forecast.zone_name.put", R"sql(
INSERT INTO zone_name AS known (provider, zone_key, name) VALUES ($1, $2, left($3, 300))
ON CONFLICT (provider, zone_key) DO UPDATE SET name = excluded.name WHERE known.name <> excluded.name)sql"},
    {"forecast.zones.current", R"sql(
SELECT s.provider, z.zone_key, coalesce(n.name, z.name) AS name, z.time_zone, z.link, z.valid_from, z.valid_to,
       z.geometry, z.upper_from_m, z.upper_to_m, z.middle_from_m, z.middle_to_m
FROM (SELECT DISTINCT ON (source) id, provider, source FROM zone_set WHERE stored_at <= $2
      ORDER BY source, id DESC) s
JOIN zone_shape z ON z.zone_set_id = s.id
LEFT JOIN zone_name n ON n.provider = s.provider AND n.zone_key = z.zone_key
WHERE coalesce(z.valid_to, 'infinity') > ($1::timestamptz AT TIME ZONE 'UTC')::date
  AND coalesce(z.valid_from, '-infinity') <= ($1::timestamptz AT TIME ZONE 'UTC')::date
ORDER BY s.source, z.ordinal)sql"},
    // Of every zone the newest issue that has begun, even when it has long expired: an older product that is
    // valid for longer must not come back to life behind it.
    {"forecast.current", R"sql(
WITH candidate AS MATERIALIZED (
  SELECT f.id, f.provider, f.issued_at, f.valid_from > $1::timestamptz + interval '5 minutes' AS pending
  FROM forecast f
  WHERE f.stored_at <= $2 AND f.type IN ('forecast', 'summary')
    AND f.issued_at > $1::timestamptz - CASE f.type WHEN 'summary' THEN interval '300 days' ELSE interval '40 days' END
    AND NOT EXISTS (SELECT FROM forecast newer WHERE newer.family = f.family AND newer.revision > f.revision
                    AND newer.stored_at <= $2 AND newer.valid_from <= $1::timestamptz + interval '5 minutes')),
newest AS (
  SELECT c.provider, z.zone_key, max(c.issued_at) AS issued_at
  FROM candidate c JOIN forecast_zone z ON z.forecast_id = c.id
  WHERE NOT c.pending GROUP BY c.provider, z.zone_key)
SELECT f.id, f.family, f.revision, f.content_sha256, f.normalised FROM forecast f JOIN candidate c ON c.id = f.id
WHERE c.pending OR EXISTS (SELECT FROM forecast_zone z JOIN newest n ON n.zone_key = z.zone_key
                           WHERE z.forecast_id = f.id AND n.provider = f.provider AND f.issued_at >= n.issued_at)
ORDER BY f.id)sql"},
    {"forecast.history", R"sql(
SELECT DISTINCT f.id, f.provider, f.type, f.revision, f.issued_at, f.valid_from, f.expires_at
FROM forecast_zone z JOIN forecast f ON f.id = z.forecast_id
WHERE z.zone_key = ANY ($1::text[]) AND f.valid_from < $3 AND coalesce(f.expires_at, f.valid_from) >= $2
ORDER BY f.issued_at DESC, f.id DESC LIMIT $4)sql"},
    {"forecast.notify", R"sql(
WITH counted AS (UPDATE forecast_change SET counter = counter + 1 RETURNING counter)
SELECT pg_notify($1, $2) FROM counted)sql"},
    {"forecast.change_counter", "SELECT counter::text AS counter FROM forecast_change"},
}};

/// What makes two products revisions of each other: same provider, kind of product, zones and first day.
std::string subject_of(const Forecast& forecast) {
  core::JsonWriter key;
  key.begin_array().value(forecast.provider).value(to_string(forecast.type));
  for (const std::string& zone : forecast.zones) key.value(zone);
  const auto first = std::ranges::min_element(forecast.ratings, {}, &Rating::day);
  if (first != forecast.ratings.end()) {
    key.value(core::format_day(first->day));
  } else {
    key.value(core::format_utc(forecast.valid_from));
  }
  return key.end_array().take();
}

/// A forecast of a response, ready to be stored.
struct Prepared {
  const Forecast* forecast = nullptr;
  std::string subject;
  std::string normalised;
  std::string family;
};

/// In the order of their subjects, without those that repeat another to the letter. Several of one subject in
/// one response stand beside each other: each gets a family of its own, by the order of product id and
/// content.
std::vector<Prepared> prepare(std::span<const Forecast> forecasts) {
  std::vector<Prepared> prepared;
  for (const Forecast& forecast : forecasts) {
    prepared.push_back({&forecast, subject_of(forecast), forecast_to_json(forecast), ""});
  }
  const auto place = [](const Prepared& item) {
    return std::tie(item.subject, item.forecast->product_id, item.normalised);
  };
  std::ranges::sort(prepared, {}, place);
  const auto repeats = [](const Prepared& a, const Prepared& b) { return a.normalised == b.normalised; };
  prepared.erase(std::unique(prepared.begin(), prepared.end(), repeats), prepared.end());
  for (std::size_t i = 0, ordinal = 0; i < prepared.size(); ++i) {
    ordinal = i > 0 && prepared[i - 1].subject == prepared[i].subject ? ordinal + 1 : 0;
    const auto suffix = ordinal == 0 ? std::string() : "#" + std::to_string(ordinal + 1);
    prepared[i].family = core::sha256_hex(prepared[i].subject + suffix);
  }
  return prepared;
}

StoredForecast stored_from(const db::Row& row) {
  StoredForecast stored;
  stored.id = core::to_string(row.get<core::Uuid>("id"));
  stored.content_sha256 = row.get<std::string>("content_sha256");
  stored.family = row.get<std::string>("family");
  stored.revision = row.get<std::int32_t>("revision");
  stored.forecast =
      std::make_shared<const Forecast>(forecast_from_json(row.get<std::string_view>("normalised")));
  return stored;
}

void write_ring(core::JsonWriter& out, const geo::Ring& ring) {
  out.begin_array();
  for (const geo::LonLat at : ring) out.begin_array().value(at.lon_deg).value(at.lat_deg).end_array();
  out.end_array();
}

std::string geometry_json(const geo::MultiPolygon& shape) {
  core::JsonWriter out(4096);
  out.begin_object().field("type", "MultiPolygon").key("coordinates").begin_array();
  for (const geo::Polygon& part : shape.parts) {
    out.begin_array();
    write_ring(out, part.outer);
    for (const geo::Ring& hole : part.holes) write_ring(out, hole);
    out.end_array();
  }
  return out.end_array().end_object().take();
}

std::optional<int> from_of(const std::optional<HeightRange>& range) {
  return range ? std::optional(range->from_m) : std::nullopt;
}
std::optional<int> to_of(const std::optional<HeightRange>& range) {
  return range ? std::optional(range->to_m) : std::nullopt;
}

std::string zone_facts(const Zone& zone, const std::string& geometry) {
  const auto day = [](const std::optional<core::Day>& value) {
    return value ? core::format_day(*value) : "";
  };
  core::JsonWriter out(geometry.size() + 256);
  out.begin_array().value(zone.key).value(zone.name).value(zone.time_zone).value(zone.link);
  out.value(day(zone.valid_from)).value(day(zone.valid_to)).raw(geometry);
  for (const auto& range : {zone.heights.upper_begins, zone.heights.middle_begins}) {
    out.value(from_of(range).value_or(-9999)).value(to_of(range).value_or(-9999));
  }
  return out.end_array().take();
}

std::optional<HeightRange> range_from(const db::Row& row, std::string_view from, std::string_view to) {
  const auto low = row.get<std::optional<std::int32_t>>(from);
  const auto high = row.get<std::optional<std::int32_t>>(to);
  if (!low || !high) return std::nullopt;
  return HeightRange{*low, *high};
}

Zone zone_from(const db::Row& row, const HeightBook& heights) {
  Zone zone;
  zone.provider = row.get<std::string>("provider");
  zone.key = row.get<std::string>("zone_key");
  zone.name = row.get<std::string>("name");
  zone.time_zone = row.get<std::string>("time_zone");
  zone.link = row.get<std::string>("link");
  zone.valid_from = row.get<std::optional<core::Day>>("valid_from");
  zone.valid_to = row.get<std::optional<core::Day>>("valid_to");
  const auto geometry = core::JsonDocument::parse(row.get<std::string_view>("geometry"), geo::kGeoJsonLimits);
  zone.shape = geo::multi_polygon_from_geojson(geometry.root());
  BandHeights from_feed;
  from_feed.upper_begins = range_from(row, "upper_from_m", "upper_to_m");
  from_feed.middle_begins = range_from(row, "middle_from_m", "middle_to_m");
  zone.heights = heights.heights_for(zone.key, from_feed);
  return zone;
}

std::optional<core::Uuid> add_prepared(db::Executor& on, const Prepared& prepared,
                                       std::string_view attribution, std::int64_t fetch_id,
                                       core::Timestamp now) {
  const Forecast& forecast = *prepared.forecast;
  ForecastIdentity identity;
  identity.content_sha256 = core::sha256_hex(prepared.normalised);
  identity.attribution = attribution;
  const auto newest = on.run(kQueries[newest_of_family], {prepared.family});
  if (const auto row = newest.first()) {
    if (row->get<std::string_view>("content_sha256") == identity.content_sha256) return std::nullopt;
    identity.revision = row->get<std::int32_t>("revision") + 1;
    identity.supersedes = row->get<core::Uuid>("id");
  }
  identity.id = core::make_uuid_v7(now);
  const std::string rendered = render_forecast_json(forecast, identity);
  on.run(kQueries[insert_forecast],
         {identity.id, forecast.provider, forecast.product_id, to_string(forecast.type), prepared.family,
          identity.revision, identity.supersedes, forecast.issued_at, forecast.valid_from,
          forecast.expires_at, identity.content_sha256, prepared.normalised, rendered, fetch_id, now});
  const db::ArrayText zones{std::span<const std::string>(forecast.zones)};
  on.run(kQueries[insert_zones_of_forecast], {zones, identity.id});
  return identity.id;
}

}  // namespace

std::span<const db::Query> forecast_store_queries() { return kQueries; }

std::vector<AddedForecast> add_forecasts(db::Executor& on, std::span<const Forecast> forecasts,
                                         std::string_view attribution, std::int64_t fetch_id,
                                         core::Timestamp now) {
  std::vector<AddedForecast> added;
  for (const Prepared& prepared : prepare(forecasts)) {
    if (const auto id = add_prepared(on, prepared, attribution, fetch_id, now)) {
      added.push_back({*id, prepared.forecast});
    }
  }
  return added;
}

std::optional<std::string> find_rendered(db::Executor& on, const core::Uuid& id) {
  const auto rows = on.run(kQueries[rendered_by_id], {id});
  const auto row = rows.first();
  if (!row) return std::nullopt;
  return row->get<std::string>("rendered");
}

std::optional<StoredForecast> find_forecast(db::Executor& on, const core::Uuid& id) {
  const auto rows = on.run(kQueries[forecast_by_id], {id});
  const auto row = rows.first();
  if (!row) return std::nullopt;
  return stored_from(*row);
}

bool add_zone_set(db::Executor& on, std::string_view provider, std::string_view source,
                  std::span<const Zone> zones, std::int64_t fetch_id, core::Timestamp now) {
  std::vector<std::string> geometries;
  core::Sha256Stream hash;
  for (const Zone& zone : zones) {
    geometries.push_back(geometry_json(zone.shape));
    hash.update(zone_facts(zone, geometries.back()));
  }
  const std::string content = core::to_hex(hash.finish());
  const auto newest = on.run(kQueries[newest_zone_set], {source});
  const auto row = newest.first();
  if (row && row->get<std::string_view>("content_sha256") == content) return false;
  const auto added = on.run(kQueries[insert_zone_set], {provider, source, content, fetch_id, now});
  const auto set = added.single().get<std::int64_t>("id");
  for (std::size_t i = 0; i < zones.size(); ++i) {
    const Zone& zone = zones[i];
    const auto& upper = zone.heights.upper_begins;
    const auto& middle = zone.heights.middle_begins;
    on.run(kQueries[insert_zone],
           {set, i, zone.key, zone.name, zone.time_zone, zone.link, zone.valid_from, zone.valid_to,
            geometries[i], from_of(upper), to_of(upper), from_of(middle), to_of(middle)});
  }
  return true;
}

void add_zone_names(db::Executor& on, std::string_view provider, std::span<const ZoneName> names) {
  for (const ZoneName& name : names) on.run(kQueries[upsert_name], {provider, name.key, name.name});
}

ForecastBook load_book(db::Executor& on, const HeightBook& heights, core::Timestamp at,
                       std::chrono::seconds clock_skew) {
  const core::Timestamp known_by = at + clock_skew;
  std::vector<Zone> zones;
  const auto zone_rows = on.run(kQueries[current_zones], {at, known_by});
  for (const db::Row row : zone_rows) zones.push_back(zone_from(row, heights));
  ForecastBook book;
  book.zones = std::make_shared<const ZoneIndex>(std::move(zones),
                                                 core::Day(std::chrono::floor<std::chrono::days>(at)));
  const auto forecast_rows = on.run(kQueries[current_forecasts], {at, known_by});
  for (const db::Row row : forecast_rows) book.forecasts.push_back(stored_from(row));
  return book;
}

std::vector<ForecastSummary> list_history(db::Executor& on, std::string_view zone_key, core::Timestamp from,
                                          core::Timestamp to, int limit) {
  const auto keys = keys_that_speak_for(zone_key);
  const db::ArrayText key_list{std::span<const std::string>(keys)};
  std::vector<ForecastSummary> found;
  const auto rows = on.run(kQueries[history_of_zone], {key_list, from, to, limit});
  for (const db::Row row : rows) {
    found.push_back({row.get<core::Uuid>("id"), row.get<std::string>("provider"),
                     row.get<std::string>("type"), row.get<std::int32_t>("revision"),
                     row.get<core::Timestamp>("issued_at"), row.get<core::Timestamp>("valid_from"),
                     row.get<std::optional<core::Timestamp>>("expires_at")});
  }
  return found;
}

std::string change_counter(db::Executor& on) {
  return on.run(kQueries[change_counter_now]).single().get<std::string>("counter");
}

void announce_change(db::Executor& on, std::string_view provider) {
  on.run(kQueries[notify], {kForecastChangedChannel, provider});
}

}  // namespace forecast
