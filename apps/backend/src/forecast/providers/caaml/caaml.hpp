#pragma once
// CAAMLv6 JSON of the ALBINA family (avalanche.report, lawinen-warnung.eu) and SLF, read tolerantly.

#include "forecast/feed.hpp"

#include <string>
#include <string_view>

namespace forecast::providers {

/// What the response itself does not say.
struct CaamlContext {
  std::string provider;   ///< "albina"
  std::string time_zone;  ///< IANA; of the issuing service
  std::string center;     ///< shown when the bulletin names no source
  std::string link;       ///< shown when the bulletin names no website
};

/// Reads {"bulletins": […]}, one bulletin object, an array of bulletins, or a GeoJSON wrapper around them.
/// One Forecast for each bulletin; a bulletin without readable regions or times is quarantined alone.
/// Throws core::Error(invalid_input "json.malformed" | "json.too_large" | "forecast.unreadable") when the
/// body holds no bulletins at all. An empty list is a valid answer: nothing is forecast.
ParsedFeed parse_caaml(std::string_view body, const CaamlContext& context);

}  // namespace forecast::providers
