#pragma once
// Terrain under points and lines, from one store or several.
//
// A place is answered by the finest grid that has slope data there; where none has, it is unknown, never
// guessed.

#include "geo/line.hpp"
#include "geo/position.hpp"
#include "terrain/line_piece.hpp"
#include "terrain/store.hpp"

#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace terrain {

/// Legs are straight in longitude and latitude. Between exactly projected positions at most this far apart
/// the sampler goes straight in the grid instead; the two differ by less than 3 cm at 47° and 7 cm at 70°
/// latitude.
inline constexpr double kMaxChord_m = 1000;

struct PointSample {
  float elevation_m = 0;      ///< bilinear between the four cell centres around; the cell's own beside a void
  float slope_deg = 0;        ///< of the cell, 0…90; valid if slope_known
  float aspect_deg = -1;      ///< of the cell, downslope azimuth clockwise from north; −1: flat, no aspect
  bool slope_known = false;   ///< false on the rim of a grid and beside voids
  std::uint8_t store = 0;     ///< index among the stores sampled
  std::uint16_t dataset = 0;  ///< index within the store
};

struct ProfilePoint {
  double distance_m = 0;  ///< along the line, from its start
  geo::LonLat at;
  std::uint32_t leg = 0;
  std::optional<PointSample> sample;
};

/// Const and thread-safe. Keeps its stores open.
class Sampler {
 public:
  /// At most 255 stores; order decides between grids of equal cell size.
  explicit Sampler(std::vector<std::shared_ptr<const Store>> stores);
  explicit Sampler(std::shared_ptr<const Store> store);
  ~Sampler();
  Sampler(const Sampler&) = delete;
  Sampler& operator=(const Sampler&) = delete;

  std::span<const std::shared_ptr<const Store>> stores() const;

  /// The line cut at every cell border (exact traversal, no step length), in order, complete from 0 to the
  /// line's length. Pieces shorter than a micrometre are merged into their neighbour.
  std::vector<LinePiece> sample(const geo::Line& line) const;

  /// The terrain at a place; nullopt where no store has an elevation.
  std::optional<PointSample> at(geo::LonLat place) const;

  /// Many places at once, out.size() == places.size().
  void at(std::span<const geo::LonLat> places, std::span<std::optional<PointSample>> out) const;

  /// Places every `step_m` (> 0) along the line and at every vertex. Gap legs yield their end points only.
  std::vector<ProfilePoint> profile(const geo::Line& line, double step_m) const;

 private:
  struct Impl;
  std::unique_ptr<const Impl> impl_;
};

}  // namespace terrain
