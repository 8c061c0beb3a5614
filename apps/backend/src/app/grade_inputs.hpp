#pragma once
// Grading from files alone: a terrain store, a forecast as its provider sent it, zones, a route. No database.

#include "core/time.hpp"
#include "forecast/conditions.hpp"
#include "geo/line.hpp"
#include "grading/ruleset.hpp"
#include "terrain/sampler.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace app {

/// What the command line of `grade` and `verify` names.
struct GradeFiles {
  std::vector<std::string> terrain;
  std::string forecast;            ///< CAAMLv6 JSON or an avalanche.org product
  std::vector<std::string> zones;  ///< GeoJSON: EAWS micro-regions or an avalanche.org map layer
  std::string zone;       ///< key of the one zone that the whole route lies in; instead of zone files
  std::string time_zone;  ///< IANA, where the forecast names none
  std::string heights;    ///< operator's file of band heights
  std::string ruleset;    ///< empty: a built-in one
  /// Id and version of the built-in ruleset to take without a file; none: the default.
  std::optional<std::pair<std::string, int>> built_in_ruleset;
  std::string at;             ///< moment of the grade
  std::string route;          ///< GPX or GeoJSON
  std::size_t track = 0;      ///< which track of a GPX file with several lines, counted from 1; 0: not chosen
  std::size_t gpx_route = 0;  ///< which of its routes, likewise
  /// Ids to use for forecasts of these content hashes: a file knows the provider's id, a receipt of the api
  /// ours.
  std::map<std::string, std::string> forecast_ids;
};

struct GradeInputs {
  std::unique_ptr<terrain::Sampler> sampler;
  grading::Ruleset ruleset;
  geo::Line line;
  std::unique_ptr<forecast::Conditions> conditions;
  std::vector<std::string>
      warnings;  ///< what could not be read, values not known, what was taken for granted
};

/// Throws core::Error(invalid_input | not_found) that names the file and what is wrong with it.
GradeInputs read_grade_inputs(const GradeFiles& files);

}  // namespace app
