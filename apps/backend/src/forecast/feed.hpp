#pragma once
// What reading one response of a provider yields, and what is wrong with it.

#include "forecast/model.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace forecast {

/// A product that could not be used. The rest of the response is not affected.
struct Quarantined {
  std::string path;        ///< where in the response: "bulletins[3]"
  std::string product_id;  ///< "" when it has none
  std::string reason;
  bool operator==(const Quarantined&) const = default;
};

/// A value that this build does not know: an enum word, an unexpected type. `path` has no indices, so equal
/// drifts add up: "bulletins[].avalancheProblems[].problemType".
struct Drift {
  std::string path;
  std::string value;  ///< as JSON, cut after 200 bytes; "(absent)" when a required member is missing
  bool operator==(const Drift&) const = default;
};

/// What a provider calls a zone, in the language of the response.
struct ZoneName {
  std::string key;
  std::string name;
  bool operator==(const ZoneName&) const = default;
};

/// The products of one response. `trailing_bytes` counts what follows the first JSON value: such a response
/// is damaged, its content must not replace what is stored.
struct ParsedFeed {
  std::vector<Forecast> forecasts;
  std::vector<Quarantined> quarantined;
  std::vector<Drift> drift;
  std::vector<ZoneName> zone_names;
  std::size_t trailing_bytes = 0;
};

}  // namespace forecast
