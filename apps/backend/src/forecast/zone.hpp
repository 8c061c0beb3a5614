#pragma once
// Forecast zones: where they are, from which day to which, and how high their bands are.

#include "core/time.hpp"
#include "forecast/feed.hpp"
#include "forecast/rating.hpp"
#include "geo/polygon.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace forecast {

/// One zone as drawn for a time. Centres redraw zones: the same key may come with several shapes.
struct Zone {
  std::string key;  ///< stable: "AT-07-14-01", "NWAC/mt-hood"
  std::string provider;
  std::string name;
  std::string time_zone;  ///< IANA
  std::string link;
  std::optional<core::Day> valid_from;  ///< first day; none: since ever
  std::optional<core::Day> valid_to;    ///< first day on which it is no longer valid; none: open
  geo::MultiPolygon shape;
  BandHeights heights;  ///< what the feed says; see HeightBook for the rest
  bool operator==(const Zone&) const = default;
};

bool is_valid_on(const Zone& zone, core::Day day);

/// EAWS ids form a tree by their hyphens, and a bulletin may name a parent: "AT-07-14" speaks for
/// "AT-07-14-01". A key with a slash stands alone.
bool speaks_for(std::string_view named_key, std::string_view zone_key);

/// The zone's own key and those of its parents, from the longest: AT-07-14-01, AT-07-14, AT-07, AT.
std::vector<std::string> keys_that_speak_for(std::string_view zone_key);

/// Zones of one response. Features that cannot be used are quarantined one by one.
struct ParsedZones {
  std::vector<Zone> zones;
  std::vector<Quarantined> quarantined;
  std::size_t trailing_bytes = 0;
};

/// Reads the micro-regions of EAWS (GeoJSON; properties id, start_date, end_date). Features of one id and one
/// period become one zone. All periods are returned; use is_valid_on. Throws core::Error(invalid_input) when
/// the body is no FeatureCollection.
ParsedZones parse_eaws_regions(std::string_view body, std::string_view provider, std::string_view time_zone);

}  // namespace forecast
