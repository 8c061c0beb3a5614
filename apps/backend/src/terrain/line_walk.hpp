#pragma once
// A line cut into chords short enough to be straight in every grid, and the walk along them over several
// layers.

#include "geo/line.hpp"
#include "terrain/layer.hpp"
#include "terrain/sampler.hpp"

#include <optional>
#include <span>
#include <vector>

namespace terrain {

/// A part of one leg, from `from` to `to` of it (0…1).
struct Chord {
  std::uint32_t leg = 0;
  bool gap = false;
  double from = 0;
  double to = 1;
};

/// The chords of a line; chord k runs from node k to node k + 1.
struct ChordLine {
  explicit ChordLine(const geo::Line& line);

  std::vector<double> leg_lengths_m;
  std::vector<Chord> chords;
  std::vector<geo::LonLat> nodes;
  geo::BoundingBox bounds;
};

/// Nodes of a chord line in the grids of layers; each projection is applied once, when first needed.
class NodeGrid {
 public:
  NodeGrid(const ChordLine& line, std::size_t projections) : line_(line), points_(projections) {}

  /// The chord's ends in cells of the layer's grid; nullopt where the projection is not defined.
  std::optional<std::pair<GridPoint, GridPoint>> ends(const Layer& layer, std::size_t chord);

 private:
  const ChordLine& line_;
  std::vector<std::vector<PlanePoint>> points_;  ///< per projection; empty until needed
};

/// Cuts a line into pieces over layers, best first.
std::vector<LinePiece> walk_line(const geo::Line& line, std::span<const Layer> layers,
                                 std::size_t projections);

/// Places every `step_m` along a line and at its vertices, with the samples of the best layers.
std::vector<ProfilePoint> profile_line(const geo::Line& line, double step_m, std::span<const Layer> layers,
                                       std::size_t projections);

/// The sample of a layer at a place of its grid; nullopt outside and on voids.
std::optional<PointSample> sample_layer(const Layer& layer, GridPoint at);

}  // namespace terrain
