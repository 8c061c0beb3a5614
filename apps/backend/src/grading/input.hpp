#pragma once
// Everything a grade depends on. The caller looks things up; grading only computes.

#include "core/time.hpp"
#include "forecast/freshness.hpp"
#include "forecast/model.hpp"
#include "forecast/rating.hpp"
#include "geo/line.hpp"
#include "terrain/line_piece.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace grading {

/// One forecast zone that the line touches and what is in force there at Input::at. `table` and `forecast`
/// are borrowed for the time of the call; both null when there is no forecast (freshness unavailable).
struct ZoneInForce {
  std::string zone_key;
  std::string zone_name;
  std::string provider;
  std::string forecast_id;     ///< "" when there is none
  std::string content_sha256;  ///< of the forecast, lower-case hex; "" when there is none
  forecast::Freshness freshness = forecast::Freshness::unavailable;
  const forecast::RatingTable* table = nullptr;  ///< built for the zone's day and `heights`
  const forecast::Forecast* forecast = nullptr;  ///< the one that `table` was built from
  forecast::BandHeights heights;                 ///< goes into the receipt
  forecast::Scale scale = forecast::Scale::eaws;
  std::optional<core::Day> day;  ///< that `table` is about, where it is not Input::day: the zones of a line
                                 ///< may lie in different time zones, or one may have its evening issue
  std::optional<core::Timestamp> issued_at;
  std::optional<core::Timestamp> expires_at;
  /// Of the person's override that `table` and `forecast` were laid over with; "" when they are official.
  std::string override_id;
};

enum class AssessmentKind : std::uint8_t {
  official,
  what_if,
  overridden,  ///< a person's own danger in some zone, set on purpose
};
std::string_view to_string(AssessmentKind value);  ///< "official", "what_if", "override"

/// `pieces` are contiguous and in order and belong to `line`. Where zones overlap, a piece's set names
/// several.
struct Input {
  std::span<const terrain::LinePiece> pieces;
  const geo::Line* line = nullptr;  ///< for geometry and Mercator lengths; must be given
  std::span<const ZoneInForce> zones;
  /// Under overrides: the same zones as they are officially; otherwise empty. For a piece about which
  /// anything is unknown they alone count: nobody can settle it by a choice.
  std::span<const ZoneInForce> official_zones = {};
  std::span<const std::vector<std::uint16_t>> zone_sets;  ///< indexes into zones; an empty set: OUTSIDE_ZONES
  std::span<const std::uint16_t> piece_zone_set;          ///< one index into zone_sets for each piece
  core::Timestamp at{};  ///< the moment of which the answer speaks; whole seconds, as receipts keep no more
  core::Day day{};       ///< the day of which the answer speaks
  AssessmentKind kind = AssessmentKind::official;
};

}  // namespace grading
