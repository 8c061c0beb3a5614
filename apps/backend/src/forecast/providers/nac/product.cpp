#include "forecast/providers/nac/product.hpp"

#include "core/error.hpp"
#include "forecast/plain_text.hpp"
#include "forecast/providers/nac/danger.hpp"
#include "forecast/providers/reading.hpp"
#include "forecast/valid_day.hpp"

#include <algorithm>
#include <cmath>

namespace forecast::providers {
namespace {

constexpr std::size_t kMaxProducts = 2000;
constexpr std::size_t kMaxZoneKeyBytes = 100;

/// The next time the local clock shows `hours` (fractional, after midnight) after `published`.
std::optional<core::Timestamp> next_at_hour(core::Timestamp published, double hours,
                                            const std::string& zone) {
  const auto local = core::to_local(published, zone);
  if (!local || hours < 0 || hours > 24) return std::nullopt;
  const int minutes = static_cast<int>(std::lround(hours * 60)) % (24 * 60);
  for (int days_ahead = 0; days_ahead <= 1; ++days_ahead) {
    const auto at =
        core::from_local({core::add_days(local->day, days_ahead), minutes / 60, minutes % 60, 0}, zone);
    if (at && *at > published) return at;
  }
  return std::nullopt;
}

/// `null` is the provider's way to say "as usual"; a missing member is damage and ends the validity at once.
void read_expiry(core::JsonView product, const NacContext& context, Forecast& forecast, DriftLog& drift) {
  const core::JsonView value = product["expires_time"];
  forecast.expires_at = read_time(value, "expires_time", drift);
  if (forecast.expires_at) {
    forecast.expiry_source = ExpirySource::feed;
    return;
  }
  if (!value.is_null() || forecast.type != ProductType::forecast) return;
  if (context.expires_hour_local) {
    forecast.expires_at = next_at_hour(forecast.issued_at, *context.expires_hour_local, forecast.time_zone);
    forecast.expiry_source = ExpirySource::center_config;
  }
  if (!forecast.expires_at) {
    forecast.expires_at = forecast.issued_at + std::chrono::hours(24);
    forecast.expiry_source = ExpirySource::assumed_24h;
  }
}

ProductType read_type(core::JsonView product, DriftLog& drift) {
  const core::JsonView value = product["product_type"];
  const auto type = product_type_from(value.string().value_or(""));
  if (type && *type != ProductType::other) return *type;
  drift.add("product_type", value);
  return ProductType::other;
}

void read_zones(core::JsonView product, const NacContext& context, Forecast& forecast, DriftLog& drift) {
  std::string center_id = trimmed_text(product["avalanche_center"]["id"]);
  if (center_id.empty()) center_id = context.center_id;
  const core::JsonView zones = product["forecast_zone"];
  for (std::size_t i = 0; zones.is_array() && i < zones.size(); ++i) {
    const core::JsonView name = zones.at(i)["name"];
    const std::string key = nac_zone_key(center_id, name.string().value_or(""));
    if (key.empty()) {
      drift.add("forecast_zone[].name", name);
    } else {
      forecast.zones.push_back(key);
    }
  }
  if (forecast.zones.empty()) forecast.zones = context.zones;
  std::ranges::sort(forecast.zones);
  forecast.zones.erase(std::unique(forecast.zones.begin(), forecast.zones.end()), forecast.zones.end());
  if (forecast.zones.empty()) throw ProductUnusable{"names no zone that can be read"};
}

void read_display(core::JsonView product, const NacContext& context, Forecast& forecast) {
  forecast.author = trimmed_text(product["author"]);
  forecast.center = trimmed_text(product["avalanche_center"]["name"]);
  if (forecast.center.empty()) forecast.center = context.center_id;
  forecast.link = trimmed_text(product["forecast_zone"].at(0)["url"]);
  if (forecast.link.empty()) forecast.link = trimmed_text(product["avalanche_center"]["url"]);
  forecast.texts.headline = plain_text(text_or_empty(product["reason"]));
  forecast.texts.bottom_line_html = text_or_empty(product["bottom_line"]);
  forecast.texts.discussion_html = text_or_empty(product["hazard_discussion"]);
  forecast.texts.weather_html = text_or_empty(product["weather_discussion"]);
  forecast.texts.travel_advice = context.travel_advice;
}

bool is_rated(const Rating& rating) { return rating.state == RatingState::rated; }

Forecast read_product(core::JsonView product, const NacContext& context, DriftLog& drift) {
  if (!product.is_object()) throw ProductUnusable{"is not an object"};
  Forecast forecast;
  forecast.provider = context.provider;
  forecast.product_id = id_text(product["id"]);
  forecast.scale = Scale::north_american;
  forecast.language = "en";
  forecast.time_zone = context.time_zone;
  forecast.type = read_type(product, drift);
  const auto published = read_time(product["published_time"], "published_time", drift);
  if (!published) throw ProductUnusable{"does not say when it was published"};
  forecast.issued_at = *published;
  forecast.valid_from = *published;
  read_expiry(product, context, forecast, drift);
  read_zones(product, context, forecast, drift);
  read_display(product, context, forecast);
  const auto current = nac_current_day(*published, context.time_zone);
  if (!current) throw ProductUnusable{"is for an unknown time zone: " + context.time_zone};
  const bool has_danger = forecast.type == ProductType::forecast || product["danger"].exists();
  if (has_danger) {
    const auto days = days_until(*current, forecast.expires_at, context.time_zone);
    forecast.ratings = read_nac_danger(product, days, drift);
  }
  read_nac_problems(product, forecast, drift);
  forecast.off_season =
      forecast.type == ProductType::summary && std::ranges::none_of(forecast.ratings, is_rated);
  return forecast;
}

/// The answer to "is a warning in force?" when none is.
bool says_nothing_in_force(core::JsonView product) {
  return product.is_object() && !product["id"].exists() && product["published_time"].is_null() &&
         product["avalanche_center"].is_null();
}

void read_into(ParsedFeed& feed, core::JsonView product, const std::string& path, const NacContext& context,
               DriftLog& drift) {
  if (says_nothing_in_force(product)) return;
  try {
    feed.forecasts.push_back(read_product(product, context, drift));
  } catch (const ProductUnusable& problem) {
    feed.quarantined.push_back({path, id_text(product["id"]), problem.reason});
  }
}

}  // namespace

std::string nac_zone_key(std::string_view center_id, std::string_view zone_name) {
  const std::string name = slug(zone_name);
  if (center_id.empty() || name.empty() || center_id.size() + name.size() > kMaxZoneKeyBytes) return {};
  return std::string(center_id) + "/" + name;
}

ParsedFeed parse_nac_products(std::string_view body, const NacContext& context) {
  ParsedFeed feed;
  const auto document = core::JsonDocument::parse_first(body, &feed.trailing_bytes);
  const core::JsonView root = document.root();
  if (!root.is_object() && !root.is_array()) {
    throw core::Error(core::ErrorKind::invalid_input, "forecast.unreadable",
                      "The response holds no product: expected an object or a list of objects.");
  }
  if (root.is_array() && root.size() > kMaxProducts) {
    throw core::Error(core::ErrorKind::invalid_input, "forecast.unreadable",
                      "The response holds more than 2000 products.");
  }
  DriftLog drift;
  if (root.is_object()) read_into(feed, root, "$", context, drift);
  for (std::size_t i = 0; root.is_array() && i < root.size(); ++i) {
    read_into(feed, root.at(i), "[" + std::to_string(i) + "]", context, drift);
  }
  feed.drift = drift.take();
  return feed;
}

}  // namespace forecast::providers
