#pragma once
// From grid units to ground metres: what makes slopes true on geographic and distorted grids.

#include "terrain/derivatives.hpp"
#include "terrain/manifest.hpp"
#include "terrain/projection.hpp"

#include <cstdint>
#include <vector>

namespace terrain {

/// A projected grid keeps its own metres and its own north while it is true to scale within kMaxScaleError
/// and its north within kMaxConvergence_deg, as GIS tools do; national grids and UTM inside their zones are.
/// Beyond, scale and north are corrected block by block.
inline constexpr double kMaxScaleError = 0.002;
inline constexpr double kMaxConvergence_deg = 3.0;

/// The Horn metric of every row of every block of a grid.
class GroundMetricTable {
 public:
  static GroundMetricTable plain(double dx_m, double dy_m);
  /// Throws core::Error(invalid_input "terrain.crs") if the grid reaches to where its CRS is not defined.
  static GroundMetricTable build(const GridFrame& frame, const CrsDescription& crs,
                                 const Projection& projection);

  const RowMetric& at(std::uint32_t row, std::uint32_t block_across) const;

  GroundMetric kind() const { return kind_; }
  double scale_error() const { return scale_error_; }
  double convergence_deg() const { return convergence_deg_; }

 private:
  void fill_rows(const GridFrame& frame, const CrsDescription& crs);
  void fill_blocks(const GridFrame& frame, const Projection& projection);

  GroundMetric kind_ = GroundMetric::grid;
  double scale_error_ = 0;
  double convergence_deg_ = 0;
  std::uint32_t blocks_across_ = 1;
  std::vector<RowMetric> metrics_;  ///< one; one per row; or one per block
};

/// Ground size in metres of a cell in the middle of a grid.
struct CellSize {
  double east_m = 0;
  double north_m = 0;
};
CellSize cell_size(const GridFrame& frame, const Projection& projection);

}  // namespace terrain
