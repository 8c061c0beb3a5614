#pragma once
// avalanche-center/{C} of avalanche.org: time zone, usual expiry, and the only public source of band heights.

#include "forecast/feed.hpp"
#include "forecast/rating.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace forecast::providers {

struct NacCenterZone {
  int id = 0;       ///< numeric; changes every season
  std::string key;  ///< see nac_zone_key
  std::string name;
  BandHeights heights;       ///< source "feed" when at least one height was found
  std::string band_text[3];  ///< upper, middle, lower as plain text
};

struct NacCenter {
  std::string id;
  std::string name;
  std::string time_zone;
  std::optional<double> expires_hour_local;  ///< hours after local midnight
  std::vector<NacCenterZone> zones;
  std::vector<Drift> drift;
  std::size_t trailing_bytes = 0;
};

/// Every part may be missing (centres exist whose metadata is incomplete); what is there is used.
/// Throws core::Error(invalid_input) when the body is no JSON object.
NacCenter parse_nac_center(std::string_view body);

/// Heights from the three band texts: "Above 8,500 ft." / "7,500 to 8,500 ft." / "Below 7,500 ft.".
/// A number counts only with its unit (ft, feet, ', m, meters). Where the texts disagree, the range holds
/// all.
BandHeights band_heights_from_text(std::string_view upper, std::string_view middle, std::string_view lower);

}  // namespace forecast::providers
