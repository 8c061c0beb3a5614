#pragma once
// Grading against a danger that somebody chose instead of the official one. The result says so.

#include "forecast/overlay.hpp"
#include "forecast/rating.hpp"
#include "grading/grade.hpp"

#include <array>
#include <optional>
#include <vector>

namespace grading {

using WhatIfProblem = forecast::ChosenProblem;

/// Either one level for all ground (scary_moderate: moderate with a persistent slab everywhere), or a level
/// for each band (upper, middle, lower; none: unknown there) with the heights of the bands.
struct WhatIfChoice {
  std::optional<Level> level;
  std::array<std::optional<forecast::DangerLevel>, 3> bands;
  forecast::BandHeights heights;
  std::vector<WhatIfProblem> problems;
  forecast::Scale scale = forecast::Scale::north_american;
};

/// What is to be graded.
struct WhatIfLine {
  std::span<const terrain::LinePiece> pieces;
  const geo::Line* line = nullptr;
  core::Timestamp at{};
  core::Day day{};
};

/// Throws core::Error(invalid_input, "what_if.invalid") naming each fault: both or neither of level and
/// bands, more than 32 problems.
Assessment assess_what_if(const WhatIfLine& what, const WhatIfChoice& choice, const Ruleset& ruleset);

}  // namespace grading
