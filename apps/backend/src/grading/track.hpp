#pragma once
// Internal to grading: the pieces of a line made ready for comparing, and spans of it as geometry.

#include "grading/assessment.hpp"
#include "grading/cells.hpp"
#include "grading/input.hpp"

#include <span>
#include <vector>

namespace grading {

/// The pieces as parallel arrays. A piece is no-go when slope + change ≥ limit, and unknown when it has
/// unknown codes and is not no-go. Limits under a change are never above those without: each takes the worst
/// within it.
struct Track {
  std::vector<double> border_m;          ///< pieces + 1
  std::vector<std::int32_t> slope_mdeg;  ///< −1 where the terrain is unknown
  std::vector<std::int32_t> limit_mdeg;
  std::vector<std::int32_t> limit_danger_up_mdeg;
  std::vector<std::int32_t> limit_elevation_mdeg;
  std::vector<std::int32_t> limit_aspect_mdeg;
  std::vector<UnknownCodes> unknown;
  std::vector<std::uint8_t> unknown_elevation;  ///< unknown somewhere within the change of elevation
  std::vector<std::uint8_t> unknown_aspect;
  std::vector<UnknownCodes> terrain_gap;  ///< DEM_GAP or LINE_GAP alone
  std::vector<const Cell*> cell;          ///< null where the terrain is unknown
  std::vector<AspectClass> aspects;

  std::size_t size() const { return slope_mdeg.size(); }
};

/// Throws core::Error(internal, "grading.bad_input") when the input contradicts itself.
void check_input(const Input& input);

/// One table for each of Input::zone_sets. `official` is empty without overrides.
struct Tables {
  std::vector<CellTable> in_force;
  std::vector<CellTable> official;
};

/// `tables` outlives the track.
Track make_track(const Input& input, const Ruleset& ruleset, const Tables& tables);

/// The line as positions and Web-Mercator lengths.
class LineGeometry {
 public:
  explicit LineGeometry(const Input& input);

  /// Pieces first … last, both included.
  Span span(std::size_t first, std::size_t last) const;
  std::vector<geo::LonLat> positions(std::size_t first, std::size_t last) const;

 private:
  double mercator_at(std::uint32_t leg, double fraction) const;
  geo::LonLat position_at(std::uint32_t leg, double fraction) const;

  const Input& input_;
  std::vector<double> mercator_m_;  ///< at each point of the line, from its start
};

}  // namespace grading
