#pragma once
// Which rasters lie on one common grid and touch, and the rows of the grid they form together.

#include "terrain/elevation_rows.hpp"
#include "terrain/manifest.hpp"

#include <memory>
#include <vector>

namespace terrain {

/// A raster's place in a mosaic.
struct MosaicTile {
  std::size_t input = 0;  ///< index of the raster
  std::uint32_t left = 0;
  std::uint32_t top = 0;
};

struct Mosaic {
  GridFrame frame;
  std::vector<MosaicTile> tiles;  ///< in the order of the inputs
};

/// A raster as far as grouping needs it; rasters of different `crs` never meet.
struct TileFrame {
  GridFrame frame;
  std::string crs;
};

/// Groups rasters whose cells coincide (same CRS, cell sizes within 1e-9, origins whole cells apart within 1
/// % of a cell) and that overlap or touch. Deterministic; groups in the order of their first raster.
std::vector<Mosaic> group_into_mosaics(const std::vector<TileFrame>& tiles);

/// Reads several rasters as one grid; where they overlap the first that has an elevation wins.
std::unique_ptr<ElevationRows> mosaic_rows(const Mosaic& mosaic, std::vector<GridFrame> frames,
                                           std::vector<std::unique_ptr<ElevationRows>> parts);

}  // namespace terrain
