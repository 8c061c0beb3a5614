#pragma once
// One dataset among those that a sampler asks, with its way from longitude and latitude to cells.

#include "terrain/cell.hpp"
#include "terrain/grid_walk.hpp"
#include "terrain/projection.hpp"
#include "terrain/store.hpp"

#include <cmath>
#include <cstdint>

namespace terrain {

struct Layer {
  const Dataset* dataset = nullptr;
  const Projection* projection = nullptr;
  std::size_t projection_number = 0;  ///< layers with the same pipeline share it
  std::uint8_t store = 0;
  std::uint16_t number = 0;  ///< of the dataset in its store

  GridPoint to_grid(PlanePoint point) const {
    const GridFrame& frame = dataset->info().frame;
    return {(point.x - frame.left_x) / frame.cell_width, (frame.top_y - point.y) / frame.cell_height};
  }

  bool covers(GridPoint at) const {
    return at.column >= 0 && at.row >= 0 && at.column < dataset->columns() && at.row < dataset->rows();
  }

  /// Bilinear between the four nearest cell centres; the cell's own elevation where one of them is void or
  /// outside.
  float elevation_at(GridPoint at, Cell own) const {
    const double u = at.column - 0.5;
    const double v = at.row - 0.5;
    if (u < 0 || v < 0) return decode_elevation_m(own.elevation);
    const auto column = static_cast<std::uint32_t>(u);
    const auto row = static_cast<std::uint32_t>(v);
    if (column + 1 >= dataset->columns() || row + 1 >= dataset->rows())
      return decode_elevation_m(own.elevation);
    const Corners z = corners(column, row);
    if (z.north_west == kVoidElevation || z.north_east == kVoidElevation || z.south_west == kVoidElevation ||
        z.south_east == kVoidElevation) {
      return decode_elevation_m(own.elevation);
    }
    const auto east = static_cast<float>(u - column);
    const auto south = static_cast<float>(v - row);
    const float north_code = between(z.north_west, z.north_east, east);
    const float south_code = between(z.south_west, z.south_east, east);
    return kElevationOffset_m + kElevationStep_m * (north_code + south * (south_code - north_code));
  }

 private:
  struct Corners {
    std::uint16_t north_west, north_east, south_west, south_east;
  };

  static float between(std::uint16_t from, std::uint16_t to, float part) {
    return static_cast<float>(from) + part * (static_cast<float>(to) - static_cast<float>(from));
  }

  Corners corners(std::uint32_t column, std::uint32_t row) const {
    constexpr std::uint32_t kLast = kBlockCells - 1;
    if ((column & kLast) != kLast && (row & kLast) != kLast) {
      const Block& block = dataset->block(column >> kBlockShift, row >> kBlockShift);
      const std::uint32_t at = ((row & kLast) << kBlockShift) | (column & kLast);
      return {elevation_of(block.cells[at]), elevation_of(block.cells[at + 1]),
              elevation_of(block.cells[at + kBlockCells]), elevation_of(block.cells[at + kBlockCells + 1])};
    }
    return {elevation_of(dataset->code(column, row)), elevation_of(dataset->code(column + 1, row)),
            elevation_of(dataset->code(column, row + 1)), elevation_of(dataset->code(column + 1, row + 1))};
  }
};

}  // namespace terrain
