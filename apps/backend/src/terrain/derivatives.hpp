#pragma once
// Slope and aspect by Horn (1981), doi 10.1109/PROC.1981.11918, on plain float grids; no quantisation.
//
// Window, rows running north to south:   a b c
//                                        d e f
//                                        g h i
//   p = ((c + 2f + i) − (a + 2d + g)) / (8·dx)   rise per metre eastward
//   q = ((g + 2h + i) − (a + 2b + c)) / (8·dy)   rise per metre southward
//   slope = atan(hypot(p, q)); aspect = azimuth of steepest descent, clockwise from north.
// Arithmetic is float without fused multiply-add, so results are the same bits on every machine. The
// polynomial arctangent is within 2e-5° of the true one (Abramowitz & Stegun 4.4.49, |error| ≤ 2e-8 rad, and
// float rounding).

#include "terrain/cell.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace terrain {

/// Turns a row's raw Horn sums (X = (c+2f+i)−(a+2d+g), Y = (g+2h+i)−(a+2b+c)) into rise per ground metre:
/// east = ex·X + ey·Y, south = sx·X + sy·Y. On a plain grid ex = 1/(8·dx), sy = 1/(8·dy), the others 0.
struct RowMetric {
  float ex = 0;
  float ey = 0;
  float sx = 0;
  float sy = 0;
};
RowMetric plain_metric(double dx_m, double dy_m);
/// Metric of a geographic grid's row at a latitude: M(φ)·Δφ and N(φ)·cos φ·Δλ of the WGS 84 ellipsoid. For
/// other ellipsoids pass semi-major axis and flattening. Angles in degrees.
RowMetric geographic_metric(double latitude_deg, double dlon_deg, double dlat_deg,
                            double semi_major_m = 6378137.0, double flattening = 1 / 298.257223563);

/// Slope and aspect of `slope_deg.size()` cells of a row. The three input rows hold two cells more than the
/// output: one to the left of the first and one to the right of the last. A NaN anywhere in a window yields
/// NaN slope; aspect is −1 for NaN and for exactly flat cells.
void horn_row(std::span<const float> north, std::span<const float> middle, std::span<const float> south,
              const RowMetric& metric, std::span<float> slope_deg, std::span<float> aspect_deg);

/// What a dataset says about its cells, summed up row by row.
struct RowCounts {
  std::uint64_t void_cells = 0;        ///< coded as void
  std::uint64_t unknown_cells = 0;     ///< NaN
  std::uint64_t ungraded_cells = 0;    ///< slope code void
  std::uint16_t lowest = 65535;        ///< smallest elevation code
  std::uint16_t highest_plus_one = 0;  ///< largest elevation code + 1; 0: all void
};

/// The same with the elevations as codes of terrain/cell.hpp, adding to `counts`. NaN and elevations outside
/// the range of the codes become void.
void code_cells(std::span<const float> north, std::span<const float> middle, std::span<const float> south,
                const RowMetric& metric, std::span<CellCode> cells, RowCounts& counts);

/// A whole grid, row-major, `columns` × `rows`, void = NaN; the rim has no window and is NaN.
void horn_grid(std::span<const float> elevation_m, std::size_t columns, std::size_t rows,
               const RowMetric& metric, std::span<float> slope_deg, std::span<float> aspect_deg);

}  // namespace terrain
