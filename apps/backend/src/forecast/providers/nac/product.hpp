#pragma once
// Products of avalanche.org (NAC API v2 and v3): forecast, summary, warning, watch, special, …

#include "forecast/feed.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace forecast::providers {

/// What a product does not say about itself, or says only sometimes.
struct NacContext {
  std::string provider;                      ///< "avalanche.org"
  std::string center_id;                     ///< the centre that was asked: "NWAC"
  std::string time_zone;                     ///< IANA; the centre's
  std::optional<double> expires_hour_local;  ///< centre config: hours after local midnight, fractional
  std::vector<std::string> zones;  ///< zone keys that were asked about; used when the product names none
  std::string travel_advice;       ///< the official sentence of the map layer
};

/// The stable key of a zone: numeric ids change every season, the name of a zone within its centre does not.
/// Empty when either part is, or when both are too long together.
std::string nac_zone_key(std::string_view center_id, std::string_view zone_name);

/// Reads one product or a list of products. A body that only says "nothing is in force" (an object of nulls)
/// gives no forecasts and no fault. Throws core::Error(invalid_input "json.malformed" | "json.too_large" |
/// "forecast.unreadable").
ParsedFeed parse_nac_products(std::string_view body, const NacContext& context);

}  // namespace forecast::providers
