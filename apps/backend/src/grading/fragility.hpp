#pragma once
// Internal to grading: how little must change for a grade to become worse.

#include "grading/assessment.hpp"
#include "grading/runs.hpp"
#include "grading/track.hpp"

namespace grading {

/// Fragility of the line and of each run of `base` (the scan of the limits in force), in the same order.
struct FragilityResult {
  Fragility line;
  std::vector<Fragility> runs;
};
FragilityResult fragility_of(const Track& track, const LineGeometry& geometry, const Ruleset& ruleset,
                             const Scan& base);

}  // namespace grading
