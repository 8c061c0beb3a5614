#pragma once
// Which feeds an installation reads. A JSON file of the operator; no feed is built in.

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace forecast {

enum class FeedKind { caaml, nac };

std::string_view to_string(FeedKind kind);

/// One provider. Addresses are made from base_url:
///   caaml  {base_url}/bulletins/latest/{region}_{language}_CAAMLv6.json, shapes from zone_urls
///   nac    {base_url}/{api_version}/public/products/map-layer/{center} and the like
struct FeedOptions {
  std::string provider;  ///< "albina", "avalanche.org"
  FeedKind kind = FeedKind::caaml;
  std::string base_url;                ///< without a slash at the end
  std::string api_version = "v2";      ///< nac
  std::vector<std::string> regions;    ///< caaml: "EUREGIO"; nac: centres, "NWAC"
  std::vector<std::string> zone_urls;  ///< caaml: micro-region GeoJSON
  std::string language = "en";
  std::string time_zone;                 ///< IANA; caaml: required; nac: when a centre names none
  std::string center;                    ///< shown when a product names no issuer
  std::string link;                      ///< shown when a product names no page
  std::string attribution;               ///< required: licence and source as the provider wants them shown
  std::chrono::milliseconds pause{500};  ///< between two requests
  std::chrono::seconds poll{900};        ///< between two syncs
};

/// Reads {"feeds": [{"provider", "kind": "caaml"|"nac", "baseUrl", "regions", "attribution", "timeZone"?,
/// "apiVersion"?, "zoneUrls"?, "language"?, "center"?, "link"?, "pauseMs"?, "pollSeconds"?}]}. Throws
/// core::Error(invalid_input "forecast.feeds_invalid") with every fault; unknown members are faults.
std::vector<FeedOptions> parse_feeds(std::string_view json);

}  // namespace forecast
