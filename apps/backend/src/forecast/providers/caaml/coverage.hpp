#pragma once
// Elevation and aspects of a CAAMLv6 rating or problem. Used by bulletin.cpp only.

#include "core/json.hpp"
#include "forecast/model.hpp"
#include "forecast/providers/reading.hpp"

#include <string_view>

namespace forecast::providers {

/// `complete` is false when a bound or an aspect could not be read; the coverage then applies anywhere.
struct CaamlCoverage {
  Coverage where;
  bool complete = true;
};

/// Reads members `elevation` and `aspects` of `item`. Missing, null and empty mean "everywhere".
/// `path` names the item in drift reports: "bulletins[].dangerRatings[]".
CaamlCoverage read_caaml_coverage(core::JsonView item, std::string_view path, DriftLog& drift);

}  // namespace forecast::providers
