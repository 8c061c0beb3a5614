#pragma once
// From terrain and forecast to grades. Pure: the same input gives the same bytes, on any number of threads.

#include "grading/assessment.hpp"
#include "grading/input.hpp"
#include "grading/ruleset.hpp"

namespace grading {

/// Grades the line at every level and at the level in force. Whatever is missing, expired, not understood or
/// out of zone is unknown, never green. Throws core::Error(internal, "grading.bad_input") when the input
/// contradicts itself (sizes, order, indexes).
Assessment assess(const Input& input, const Ruleset& ruleset);

/// The colour of a continuous no-go stretch of this length; lengths are compared in whole millimetres.
Grade grade_of_length(double length_m, const Ruleset& ruleset);

}  // namespace grading
