#pragma once
// What grading says about a line. A value that owns all it names.

#include "core/time.hpp"
#include "forecast/freshness.hpp"
#include "forecast/model.hpp"
#include "geo/position.hpp"
#include "grading/input.hpp"
#include "grading/level.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace grading {

/// Things a reader should know about how a level came about; bits of `flags`.
enum class Flag : std::uint16_t {
  height_uncertain = 1,     ///< a band border or treeline decides and is not known well; the worst was taken
  conflicting_ratings = 2,  ///< the zone's forecast contradicts itself, or another for the same zone; the
                            ///< highest was taken
  derived_one_level_rule = 4,  ///< one level below the official rating
  problems_unknown = 8,        ///< the forecast's problems are not fully known; moderate was taken as scary
  aspect_ambiguous = 16,       ///< close to an octant's edge: both octants were looked at
  no_aspect = 32,              ///< flat or without a known aspect: all octants were looked at
  all_ground_closed = 64,      ///< the level closes all ground at this height, whatever the aspect
  overlapping_zones = 128,     ///< several zones apply; the highest level was taken
  overridden = 256,            ///< a level that a person set decides
};
inline constexpr int kFlagCount = 9;
std::string_view to_string(Flag value);

/// One part of the line, metres from its start; `mercator_m` is its length in Web-Mercator units.
struct Span {
  double from_m = 0;
  double to_m = 0;
  double mercator_m = 0;
  double length_m() const { return to_m - from_m; }
};

enum class ChangeKind : std::uint8_t { slope, aspect, elevation, danger };
std::string_view to_string(ChangeKind value);

/// A change of the inputs that makes a grade worse.
struct Change {
  ChangeKind kind = ChangeKind::slope;
  double amount = 0;  ///< degrees for slope, metres for elevation, octants for aspect, levels for danger
  Grade to = Grade::red;
  Span where;  ///< the stretch that decides it then
};

/// How close the call is. Each change is tried alone; every piece takes the worst within the change.
struct Fragility {
  std::vector<Change> changes;  ///< one for each kind that makes the grade worse, smallest first
  std::optional<double> slope_to_orange_deg;  ///< so much steeper and it is orange or worse; none: not within
                                              ///< the ruleset's limit, or already
  std::optional<double> slope_to_red_deg;
};

/// A continuous part inside no-go terrain of the level in force.
struct Stretch {
  Span span;
  Grade grade = Grade::green;  ///< what its length alone makes of it: green, orange or red
  Level level = Level::low;    ///< the highest in it; where it varies, `sections` tells
  std::optional<forecast::DangerLevel> official_level;  ///< the highest official level in it
  double slope_max_deg = 0;
  double slope_mean_deg = 0;  ///< by length
  double elevation_min_m = 0;
  double elevation_max_m = 0;
  forecast::AspectMask aspects = 0;  ///< octants of its pieces
  std::uint32_t problem_types = 0;   ///< bit i: ProblemType i
  std::uint16_t flags = 0;
  UnknownCodes unknown = 0;          ///< parts of it could be worse than stated, for these reasons
  std::vector<std::uint16_t> zones;  ///< indexes into Assessment::zones
  std::vector<geo::LonLat> geometry;
  Fragility fragility;
};

/// A part that cannot be graded, and why.
struct UnknownPart {
  Span span;
  UnknownCodes codes = 0;
  std::vector<std::uint16_t> zones;
  std::vector<geo::LonLat> geometry;
};

/// A part along which the level in force and its reasons stay the same.
struct Section {
  Span span;
  std::optional<Level> level;  ///< none: unknown; with codes: at least this
  std::optional<forecast::DangerLevel> official_level;
  UnknownCodes unknown = 0;
  std::uint16_t flags = 0;
  std::uint32_t problem_types = 0;
  std::vector<std::uint16_t> zones;
};

/// A no-go stretch of a level as such, from slopes alone.
struct LevelStretch {
  Span span;
  Grade grade = Grade::green;
  double slope_max_deg = 0;
};

/// The grade if the whole line were at `level`; the forecast plays no part.
struct LevelGrade {
  Level level = Level::low;
  std::optional<double> min_slope_deg;
  Grade grade = Grade::unknown;
  Span longest;  ///< the longest continuous no-go stretch; zero length when there is none
  double no_go_m = 0;
  double unknown_m = 0;
  std::vector<LevelStretch> stretches;
};

struct InForce {
  Grade grade = Grade::unknown;
  Span longest;
  double no_go_m = 0;
  double unknown_m = 0;
  std::optional<Level> highest_level;
  UnknownCodes unknown_codes = 0;
  std::vector<Stretch> stretches;
  std::vector<UnknownPart> unknown;
  std::vector<Section> sections;
  Fragility fragility;
};

struct CitedZone {
  std::string zone_key;
  std::string zone_name;
  std::string provider;
  std::string forecast_id;
  std::string content_sha256;
  std::string center;
  std::string link;
  forecast::Freshness freshness = forecast::Freshness::unavailable;
  forecast::Scale scale = forecast::Scale::eaws;
  std::optional<core::Timestamp> issued_at;
  std::optional<core::Timestamp> expires_at;
  std::string override_id;  ///< "" for official danger
};

struct Assessment {
  AssessmentKind kind = AssessmentKind::official;
  std::string ruleset_id;
  int ruleset_version = 0;
  std::string ruleset_label;
  std::string ruleset_sha256;
  core::Timestamp at{};
  core::Day day{};
  std::optional<core::Timestamp> valid_until;  ///< the first expiry of a forecast it rests on
  Span whole;
  std::array<LevelGrade, kLevelCount> levels;
  InForce in_force;
  std::vector<CitedZone> zones;  ///< as in Input::zones
};

}  // namespace grading
