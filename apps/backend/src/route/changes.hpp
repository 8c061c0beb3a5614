#pragma once
// What a new assessment says differently from the one before it.

#include "route/compiler.hpp"
#include "route/route.hpp"

#include <string>

namespace route {

/// {"since","gradeBefore","gradeNow","forecastsBefore","forecastsNow","summary":[sentences]}. `summary` names
/// the grade, the highest level, the length inside no-go terrain and the reasons for unknown where they
/// differ.
std::string describe_changes(const StoredAssessment& before, const Compiled& now);

}  // namespace route
