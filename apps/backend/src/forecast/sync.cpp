#include "forecast/sync.hpp"

#include "core/error.hpp"
#include "forecast/feed_client.hpp"
#include "forecast/forecast_store.hpp"
#include "forecast/providers/caaml/caaml.hpp"
#include "forecast/providers/nac/center.hpp"
#include "forecast/providers/nac/cross_check.hpp"
#include "forecast/providers/nac/map_layer.hpp"
#include "forecast/providers/nac/product.hpp"

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace forecast {
namespace {

std::string joined(std::initializer_list<std::string_view> parts) {
  std::string whole;
  for (const auto part : parts) whole += part;
  return whole;
}

/// Products that are shown or graded; the others are in the raw log.
bool is_kept(const Forecast& forecast) {
  switch (forecast.type) {
    case ProductType::forecast:
    case ProductType::summary:
    case ProductType::warning:
    case ProductType::watch:
    case ProductType::special:
      return true;
    case ProductType::weather:
    case ProductType::synopsis:
    case ProductType::other:
      return false;
  }
  return false;
}

void add_to_outcome(SyncOutcome& outcome, const std::vector<AddedForecast>& added) {
  for (const auto& [id, forecast] : added) {
    outcome.forecasts.push_back(id);
    outcome.zone_keys.insert(outcome.zone_keys.end(), forecast->zones.begin(), forecast->zones.end());
  }
}

void keep_feed(FeedClient& client, Answer answer, ParsedFeed parsed) {
  client.report().quarantined += static_cast<int>(parsed.quarantined.size());
  client.report().drifts += static_cast<int>(parsed.drift.size());
  const FeedOptions& feed = client.feed();
  std::erase_if(parsed.forecasts, [](const Forecast& forecast) { return !is_kept(forecast); });
  client.keep(std::move(answer), [&](db::Transaction& tx, std::int64_t fetch_id, SyncOutcome& outcome) {
    const core::Timestamp now = client.now();
    add_to_outcome(outcome, add_forecasts(tx, parsed.forecasts, feed.attribution, fetch_id, now));
    add_zone_names(tx, feed.provider, parsed.zone_names);
    add_quarantined(tx, feed.provider, fetch_id, parsed.quarantined, now);
    add_drift(tx, feed.provider, parsed.drift, now);
  });
}

void keep_zones(FeedClient& client, Answer answer, const std::vector<Zone>& zones,
                const std::vector<Quarantined>& quarantined, const std::vector<Drift>& drift,
                const std::vector<Forecast>& told_by_map = {}) {
  client.report().quarantined += static_cast<int>(quarantined.size());
  client.report().drifts += static_cast<int>(drift.size());
  const std::string source = answer.log.url;
  const FeedOptions& feed = client.feed();
  client.keep(std::move(answer), [&](db::Transaction& tx, std::int64_t fetch_id, SyncOutcome& outcome) {
    outcome.zones_changed = add_zone_set(tx, feed.provider, source, zones, fetch_id, client.now());
    add_to_outcome(outcome, add_forecasts(tx, told_by_map, feed.attribution, fetch_id, client.now()));
    add_quarantined(tx, feed.provider, fetch_id, quarantined, client.now());
    add_drift(tx, feed.provider, drift, client.now());
  });
}

/// What `read` makes of a changed answer; an answer that it cannot read at all is rejected.
template <typename Read>
auto read_or_reject(FeedClient& client, Answer& answer, Read read)
    -> std::optional<decltype(read(answer.body))> {
  std::string reason;
  try {
    auto parsed = read(answer.body);
    if (parsed.trailing_bytes == 0) return parsed;
    answer.log.trailing_bytes = parsed.trailing_bytes;
    reason = std::to_string(parsed.trailing_bytes) + " bytes follow the JSON value";
  } catch (const core::Error& error) {
    if (error.kind() != core::ErrorKind::invalid_input) throw;
    reason = error.public_message();
  }
  client.reject(std::move(answer), reason);
  return std::nullopt;
}

template <typename Read>
void sync_products(FeedClient& client, const std::string& url, Read read,
                   FeedClient::Unchanged unchanged = FeedClient::Unchanged::is_enough) {
  Answer answer = client.get(url, FeedClient::Missing::is_absent, unchanged);
  if (answer.kind == Answer::Kind::unchanged) ++client.report().published;
  if (answer.kind != Answer::Kind::changed) return;
  if (auto parsed = read_or_reject(client, answer, read)) {
    keep_feed(client, std::move(answer), *std::move(parsed));
    ++client.report().published;
  }
}

void sync_region_shapes(FeedClient& client, const std::string& url) {
  Answer answer = client.get(url, FeedClient::Missing::is_failure);
  if (answer.kind != Answer::Kind::changed) return;
  const auto parsed = read_or_reject(client, answer, [&](const std::string& body) {
    return parse_eaws_regions(body, client.feed().provider, client.feed().time_zone);
  });
  if (!parsed) return;
  if (parsed->zones.empty()) {
    client.reject(std::move(answer), "holds no zones that can be read");
    return;
  }
  keep_zones(client, std::move(answer), parsed->zones, parsed->quarantined, {});
}

void sync_caaml(FeedClient& client) {
  const FeedOptions& feed = client.feed();
  for (const std::string& url : feed.zone_urls) {
    if (client.stopped()) return;
    sync_region_shapes(client, url);
  }
  const providers::CaamlContext context{feed.provider, feed.time_zone, feed.center, feed.link};
  for (const std::string& region : feed.regions) {
    if (client.stopped()) return;
    const std::string url =
        feed.base_url + "/bulletins/latest/" + region + "_" + feed.language + "_CAAMLv6.json";
    sync_products(client, url,
                  [&](const std::string& body) { return providers::parse_caaml(body, context); });
  }
}

/// What `read` makes of the last good answer of the address, which was readable once.
template <typename Read>
auto read_last_good(FeedClient& client, const std::string& url, Read read)
    -> std::optional<decltype(read(std::string()))> {
  const auto body = client.last_good_body(url);
  if (!body) return std::nullopt;
  return read(*body);
}

/// A centre's metadata; nullopt when there has never been any: everything else works without it.
std::optional<providers::NacCenter> sync_nac_center(FeedClient& client, const std::string& url) {
  const auto read = [](const std::string& body) { return providers::parse_nac_center(body); };
  Answer answer = client.get(url, FeedClient::Missing::is_failure);
  if (answer.kind == Answer::Kind::changed) {
    if (auto center = read_or_reject(client, answer, read)) {
      client.report().drifts += static_cast<int>(center->drift.size());
      client.keep(std::move(answer), [&](db::Transaction& tx, std::int64_t, SyncOutcome&) {
        add_drift(tx, client.feed().provider, center->drift, client.now());
      });
      return center;
    }
  }
  return read_last_good(client, url, read);
}

void add_heights(std::vector<providers::NacMapZone>& zones,
                 const std::optional<providers::NacCenter>& center) {
  if (!center) return;
  for (providers::NacMapZone& zone : zones) {
    for (const providers::NacCenterZone& known : center->zones) {
      if (known.key == zone.zone.key) zone.zone.heights = known.heights;
    }
  }
}

/// The zones of a centre, from a new map layer or from the last good one.
struct MapLayer {
  std::vector<providers::NacMapZone> zones;
  bool changed = false;
};
MapLayer sync_nac_map_layer(FeedClient& client, const std::string& url,
                            const std::optional<providers::NacCenter>& center) {
  const auto read = [&](const std::string& body) {
    auto layer = providers::parse_nac_map_layer(body, client.feed().provider);
    add_heights(layer.zones, center);
    return layer;
  };
  Answer answer = client.get(url, FeedClient::Missing::is_failure);
  if (answer.kind == Answer::Kind::changed) {
    if (auto layer = read_or_reject(client, answer, read)) {
      std::vector<Zone> zones;
      std::vector<Forecast> off_season;
      for (const auto& zone : layer->zones) {
        zones.push_back(zone.zone);
        if (zone.off_season) off_season.push_back(providers::off_season_summary(zone, client.now()));
      }
      keep_zones(client, std::move(answer), zones, layer->quarantined, layer->drift, off_season);
      return {std::move(layer->zones), true};
    }
  }
  auto last = read_last_good(client, url, read);
  if (!last) return {};
  return {std::move(last->zones), false};
}

void sync_nac_zone(FeedClient& client, const std::string& base, const std::string& center_id,
                   const providers::NacMapZone& zone, const MapLayer& layer,
                   const std::optional<providers::NacCenter>& center) {
  providers::NacContext context;
  context.provider = client.feed().provider;
  context.center_id = center_id;
  context.time_zone = zone.zone.time_zone;
  if (center) context.expires_hour_local = center->expires_hour_local;
  context.zones = {zone.zone.key};
  context.travel_advice = zone.travel_advice;
  const auto zone_id = std::to_string(zone.id);
  for (const char* type : {"forecast", "warning"}) {
    if (client.stopped()) return;
    const auto url = joined({base, "/product?type=", type, "&center_id=", center_id, "&zone_id=", zone_id});
    const auto read = [&](const std::string& body) {
      auto feed = providers::parse_nac_products(body, context);
      for (Forecast& forecast : feed.forecasts) providers::hold_against_map(forecast, layer.zones);
      return feed;
    };
    sync_products(client, url, read,
                  layer.changed ? FeedClient::Unchanged::is_read_again : FeedClient::Unchanged::is_enough);
  }
}

void sync_nac(FeedClient& client) {
  const FeedOptions& feed = client.feed();
  const std::string base = feed.base_url + "/" + feed.api_version + "/public";
  for (const std::string& center_id : feed.regions) {
    if (client.stopped()) return;
    const auto center = sync_nac_center(client, joined({base, "/avalanche-center/", center_id}));
    const auto layer = sync_nac_map_layer(client, joined({base, "/products/map-layer/", center_id}), center);
    for (const auto& zone : layer.zones) {
      if (client.stopped()) return;
      sync_nac_zone(client, base, center_id, zone, layer, center);
    }
  }
}

}  // namespace

SyncReport sync_provider(const FeedOptions& feed, SyncContext& context) {
  FeedClient client(feed, context);
  switch (feed.kind) {
    case FeedKind::caaml:
      sync_caaml(client);
      break;
    case FeedKind::nac:
      sync_nac(client);
      break;
  }
  return client.finish();
}

}  // namespace forecast
