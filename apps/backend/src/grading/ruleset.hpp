#pragma once
// The rules of grading as versioned data. The files in rulesets/ are compiled in; an operator may give
// another. Format and meaning: docs/concepts/levels.md.

#include "forecast/model.hpp"
#include "grading/level.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace grading {

/// Where a number of the ruleset was published.
struct RuleSource {
  std::string title;
  std::string url;
  bool operator==(const RuleSource&) const = default;
};

/// Outside the aspects and heights of every stated problem, a rating that names no aspects counts one level
/// lower (never below low). Winkler et al. 2021; applied only to the scales listed.
struct OneLevelRule {
  bool enabled = false;
  bool north_american = false;
  bool eaws = false;
  bool operator==(const OneLevelRule&) const = default;
};

/// The changes that fragility tries.
struct FragilitySteps {
  double slope_step_deg = 0.4;  ///< resolution of stored slopes
  double slope_max_deg = 4;     ///< usual error of a 10 m elevation model
  int elevation_m = 100;
  bool operator==(const FragilitySteps&) const = default;
};

/// Runout from above by the angle method. Reserved: validated and carried, not evaluated by assess().
struct OverheadRule {
  double alpha_deg = 24;
  double max_distance_m = 0;
  bool operator==(const OverheadRule&) const = default;
};

struct Ruleset {
  std::string id;
  int version = 0;
  std::string label;  ///< for people: what these numbers are and whose
  std::vector<RuleSource> sources;
  /// Terrain at or above this slope is no-go at the level; 0 closes all ground; none: no limit is published.
  /// Never rises with the level.
  std::array<std::optional<double>, kLevelCount> min_slope_deg;
  /// Bit i: ProblemType i turns an official moderate into scary_moderate.
  std::uint32_t scary_problem_types = 0;
  OneLevelRule one_level_rule;
  double orange_m = 0;                   ///< from this continuous length on: orange
  double red_m = 0;                      ///< from this continuous length on: red
  double flat_below_deg = 0;             ///< gentler ground has no aspect: the worst of all aspects counts
  double aspect_edge_tolerance_deg = 0;  ///< this close to an octant's edge both octants count
  FragilitySteps fragility;
  OverheadRule overhead;
  std::string sha256;  ///< of the canonical JSON, lower-case hex

  bool scary(forecast::ProblemType type) const {
    return ((scary_problem_types >> static_cast<unsigned>(type)) & 1u) != 0;
  }
};

/// Reads and checks a ruleset. Throws core::Error(invalid_input, "ruleset.invalid") with every fault found
/// (unknown members are faults), or what core::JsonDocument throws for malformed JSON.
Ruleset parse_ruleset(std::string_view json);

/// The rulesets compiled into this binary, by file name.
std::vector<Ruleset> built_in_rulesets();

std::optional<Ruleset> built_in_ruleset(std::string_view id, int version);

/// What routes are graded by where nothing else is configured. A newer version beside it changes nothing
/// until it is named here.
inline constexpr std::string_view kDefaultRulesetId = "published-reduction";
inline constexpr int kDefaultRulesetVersion = 1;
Ruleset default_ruleset();

}  // namespace grading
