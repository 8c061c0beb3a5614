#pragma once
// The normalised forecast: what an official provider said, with nothing added and nothing rounded up.
// Vocabulary and mappings: docs/concepts/forecast.md.

#include "core/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace forecast {

/// The danger scales share their words and numbers, not their definitions; never mix their palettes.
enum class Scale : std::uint8_t { north_american, eaws };

enum class DangerLevel : std::uint8_t { low = 1, moderate = 2, considerable = 3, high = 4, extreme = 5 };

/// Whether a rating can be used, and if not, why. Only `rated` comes with a level.
enum class RatingState : std::uint8_t {
  rated,
  no_rating,     ///< the provider says "no rating"
  not_forecast,  ///< this band or cell is left out (null, 0, missing key)
  no_forecast,   ///< nothing is forecast for the zone
  early_season,
  spring,
  off_season,
  no_snow,
  unrecognised,  ///< a value this build does not know; kept raw and reported as drift
};

/// Bands of the North American scale, top down (the order of the rose's bits).
enum class Band : std::uint8_t { upper = 0, middle = 1, lower = 2 };

/// Part of the day; CAAML defines no clock time for the border between earlier and later.
enum class Period : std::uint8_t { all_day, earlier, later };

/// The nine North American types, the EAWS types (which are groups of them), and the rest.
enum class ProblemType : std::uint8_t {
  dry_loose,
  storm_slab,
  wind_slab,
  persistent_slab,
  deep_persistent_slab,
  wet_loose,
  wet_slab,
  cornice,
  glide,
  new_snow,
  persistent_weak_layers,
  wet_snow,
  gliding_snow,
  no_distinct_problem,
  unrecognised,
};

/// Octants 0 N, 1 NE … 7 NW, 45° each, centred: N is 337.5°…22.5°. A mask has bit i for octant i.
using AspectMask = std::uint8_t;
inline constexpr AspectMask kAllAspects = 0xFF;
inline int octant_of(double aspect_deg) { return static_cast<int>((aspect_deg + 22.5) / 45.0) & 7; }

/// A bound on the elevation: metres, or the treeline, or none. `unrecognised` means that part of the coverage
/// could not be read: the rating or problem may apply anywhere and certainly applies nowhere.
struct ElevationBound {
  enum class Kind : std::uint8_t { none, metres, treeline, unrecognised };
  Kind kind = Kind::none;
  int metres = 0;
  bool operator==(const ElevationBound&) const = default;
};

/// Where a rating or a problem applies: elevations from `lower` to `upper` (both inclusive) on `aspects`;
/// or, for North American roses, the cells of `rose` (bit = band * 8 + octant).
struct Coverage {
  ElevationBound lower;
  ElevationBound upper;
  AspectMask aspects = kAllAspects;
  bool aspects_stated = false;        ///< false: the provider named no aspects; all are covered
  std::optional<std::uint32_t> rose;  ///< 24 bits; when set, bounds and aspects are not used
  bool operator==(const Coverage&) const = default;
};

struct Rating {
  core::Day day;
  Period period = Period::all_day;
  Coverage where;
  std::optional<DangerLevel> level;  ///< set exactly when state is rated
  RatingState state = RatingState::unrecognised;
  std::string native;  ///< the provider's own word or number
  bool operator==(const Rating&) const = default;
};

struct Problem {
  ProblemType type = ProblemType::unrecognised;
  std::string native_type;
  std::optional<core::Day> day;  ///< none: the whole product
  Period period = Period::all_day;
  int rank = 0;  ///< 1 is the main problem
  Coverage where;
  bool coverage_complete =
      true;                ///< false: part of the coverage could not be read; never narrow a rating by it
  std::string likelihood;  ///< native; "" when absent
  std::string stability;   ///< EAWS, native
  std::string frequency;   ///< EAWS, native
  std::optional<double> size_min;
  std::optional<double> size_max;
  std::optional<DangerLevel> level_implied;  ///< CAAML dangerRatingValue
  std::string comment_html;
  bool operator==(const Problem&) const = default;
};

enum class ProductType : std::uint8_t {
  forecast,
  summary,
  warning,
  watch,
  special,
  weather,
  synopsis,
  other
};

/// Where expires_at came from.
enum class ExpirySource : std::uint8_t { feed, center_config, assumed_24h, none };

struct Texts {
  std::string headline;  ///< plain text
  std::string bottom_line_html;
  std::string discussion_html;
  std::string snowpack_html;
  std::string weather_html;
  std::string travel_advice;
  bool operator==(const Texts&) const = default;
};

/// One official product for one or more zones, as issued. Immutable once stored; a change is a revision.
struct Forecast {
  std::string provider;            ///< "albina", "avalanche.org"
  std::string product_id;          ///< the provider's own id
  std::vector<std::string> zones;  ///< stable zone keys: "AT-07-14-01", "NWAC/mt-hood"; sorted
  ProductType type = ProductType::forecast;
  Scale scale = Scale::eaws;
  core::Timestamp issued_at{};
  core::Timestamp valid_from{};
  std::optional<core::Timestamp> expires_at;
  ExpirySource expiry_source = ExpirySource::none;
  bool off_season = false;
  bool unscheduled = false;
  std::string time_zone;  ///< IANA
  std::string language;
  std::string author;
  std::string center;  ///< who issued it, for display
  std::string link;    ///< full forecast on the provider's site
  std::vector<Rating> ratings;
  std::vector<Problem> problems;
  bool problems_stated = true;  ///< false: the product has no list of problems at all
  Texts texts;
  bool operator==(const Forecast&) const = default;
};

std::string_view to_string(Scale value);
std::string_view to_string(DangerLevel value);  ///< "low" … "extreme" on both scales
std::string_view to_string(RatingState value);
std::string_view to_string(Band value);
std::string_view to_string(Period value);
std::string_view to_string(ProblemType value);
std::string_view to_string(ProductType value);
std::string_view to_string(ExpirySource value);
std::optional<DangerLevel> danger_level_from(std::string_view text);
std::optional<RatingState> rating_state_from(std::string_view text);
std::optional<ProblemType> problem_type_from(std::string_view text);
std::optional<Period> period_from(std::string_view text);
std::optional<Scale> scale_from(std::string_view text);
std::optional<ProductType> product_type_from(std::string_view text);
std::optional<ExpirySource> expiry_source_from(std::string_view text);

}  // namespace forecast
