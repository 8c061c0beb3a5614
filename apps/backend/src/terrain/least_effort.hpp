#pragma once
// Paths over terrain that prefer gentle ground: Dijkstra's search on a coarse lattice of cells.

#include "terrain/grid_walk.hpp"
#include "terrain/store.hpp"

#include <cstdint>
#include <vector>

namespace terrain {

/// Lattice points are every `stride`-th cell of a dataset, numbered row by row.
class EffortLattice {
 public:
  /// At most about `side` points a side.
  EffortLattice(const Dataset& dataset, std::uint32_t side);

  std::uint32_t columns() const { return columns_; }
  std::uint32_t rows() const { return rows_; }
  std::size_t size() const { return std::size_t{columns_} * rows_; }
  /// Column and row, in cells, of the middle of a point's cell.
  GridPoint cell_of(std::uint32_t point) const;
  /// Steepest slope code within the point's square of cells; kVoidSlope if part of it is unknown.
  std::uint8_t steepest(std::uint32_t point) const { return steepest_[point]; }
  std::uint16_t elevation(std::uint32_t point) const { return elevation_[point]; }

 private:
  std::uint32_t stride_;
  std::uint32_t columns_;
  std::uint32_t rows_;
  std::vector<std::uint8_t> steepest_;
  std::vector<std::uint16_t> elevation_;
};

/// Every point's way from a start.
struct EffortTree {
  static constexpr std::uint32_t kNone = ~0U;

  std::vector<std::uint32_t> before;    ///< the point before on the way; kNone: the start, or not reachable
  std::vector<std::uint32_t> length;    ///< of the way, in tenths of a stride
  std::vector<std::uint32_t> in_order;  ///< reachable points, least effort first

  /// Points from the start to `goal`.
  std::vector<std::uint32_t> way_to(std::uint32_t goal) const;
};

/// Least effort from `start`: length times a factor that grows with the steepest slope of the points passed;
/// points steeper than `limit_deg` or unknown are not entered. Integer arithmetic: the same tree on every
/// machine.
EffortTree find_ways(const EffortLattice& lattice, std::uint32_t start, double limit_deg);

}  // namespace terrain
