#include "terrain/ground_metric.hpp"

#include "core/error.hpp"
#include "terrain/cell.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace terrain {
namespace {

constexpr double kDegreesPerRadian = 180 / std::numbers::pi;

/// Metres per degree at a latitude of the WGS 84 ellipsoid.
struct MetresPerDegree {
  double east = 0;
  double north = 0;
};
MetresPerDegree metres_per_degree(double latitude_deg) {
  constexpr double kSemiMajor_m = 6378137.0;
  constexpr double kE2 = (1 / 298.257223563) * (2 - 1 / 298.257223563);
  const double phi = latitude_deg / kDegreesPerRadian;
  const double w2 = 1 - kE2 * std::sin(phi) * std::sin(phi);
  return {kSemiMajor_m / std::sqrt(w2) * std::cos(phi) / kDegreesPerRadian,
          kSemiMajor_m * (1 - kE2) / (w2 * std::sqrt(w2)) / kDegreesPerRadian};
}

/// CRS units gained per ground metre eastward and northward at a place, by central differences over ±10 m.
struct LocalFrame {
  double x_per_east = 0;
  double y_per_east = 0;
  double x_per_north = 0;
  double y_per_north = 0;
};
LocalFrame local_frame(PlanePoint at, const Projection& projection) {
  constexpr double kReach_m = 10;
  const geo::LonLat here = projection.inverse(at);
  const auto per_degree = metres_per_degree(here.lat_deg);
  const double lon = kReach_m / per_degree.east;
  const double lat = kReach_m / per_degree.north;
  const std::array<geo::LonLat, 4> around = {{{here.lon_deg + lon, here.lat_deg},
                                              {here.lon_deg - lon, here.lat_deg},
                                              {here.lon_deg, here.lat_deg + lat},
                                              {here.lon_deg, here.lat_deg - lat}}};
  std::array<PlanePoint, 4> points;
  projection.forward(around, points);
  const LocalFrame frame = {
      (points[0].x - points[1].x) / (2 * kReach_m), (points[0].y - points[1].y) / (2 * kReach_m),
      (points[2].x - points[3].x) / (2 * kReach_m), (points[2].y - points[3].y) / (2 * kReach_m)};
  if (!std::isfinite(frame.x_per_east + frame.y_per_east + frame.x_per_north + frame.y_per_north)) {
    throw core::Error(core::ErrorKind::invalid_input, "terrain.crs",
                      "The raster reaches to where its coordinate system is not defined.");
  }
  return frame;
}

PlanePoint point_of(const GridFrame& frame, double column, double row) {
  return {frame.left_x + column * frame.cell_width, frame.top_y - row * frame.cell_height};
}

RowMetric metric_of(const LocalFrame& local, const GridFrame& frame) {
  const double wide = 8 * frame.cell_width;
  const double high = 8 * frame.cell_height;
  return {static_cast<float>(local.x_per_east / wide), static_cast<float>(-local.y_per_east / high),
          static_cast<float>(-local.x_per_north / wide), static_cast<float>(local.y_per_north / high)};
}

}  // namespace

GroundMetricTable GroundMetricTable::plain(double dx_m, double dy_m) {
  GroundMetricTable table;
  table.metrics_ = {plain_metric(dx_m, dy_m)};
  return table;
}

GroundMetricTable GroundMetricTable::build(const GridFrame& frame, const CrsDescription& crs,
                                           const Projection& projection) {
  GroundMetricTable table;
  if (crs.geographic) {
    table.fill_rows(frame, crs);
    return table;
  }
  for (const double u : {0.0, 0.5, 1.0}) {
    for (const double v : {0.0, 0.5, 1.0}) {
      const auto local = local_frame(point_of(frame, u * frame.columns, v * frame.rows), projection);
      const double east_scale = std::hypot(local.x_per_east, local.y_per_east);
      const double north_scale = std::hypot(local.x_per_north, local.y_per_north);
      table.scale_error_ =
          std::max({table.scale_error_, std::abs(east_scale - 1), std::abs(north_scale - 1)});
      table.convergence_deg_ =
          std::max({table.convergence_deg_,
                    std::abs(std::atan2(local.y_per_east, local.x_per_east)) * kDegreesPerRadian,
                    std::abs(std::atan2(local.x_per_north, local.y_per_north)) * kDegreesPerRadian});
    }
  }
  if (table.scale_error_ <= kMaxScaleError && table.convergence_deg_ <= kMaxConvergence_deg) {
    table.metrics_ = {plain_metric(frame.cell_width, frame.cell_height)};
  } else {
    table.fill_blocks(frame, projection);
  }
  return table;
}

void GroundMetricTable::fill_rows(const GridFrame& frame, const CrsDescription& crs) {
  kind_ = GroundMetric::ellipsoid_row;
  metrics_.reserve(frame.rows);
  for (std::uint32_t row = 0; row < frame.rows; ++row) {
    const double latitude_deg = (frame.top_y - (row + 0.5) * frame.cell_height) * crs.degrees_per_unit;
    metrics_.push_back(geographic_metric(latitude_deg, frame.cell_width * crs.degrees_per_unit,
                                         frame.cell_height * crs.degrees_per_unit, crs.semi_major_m,
                                         crs.flattening));
  }
}

void GroundMetricTable::fill_blocks(const GridFrame& frame, const Projection& projection) {
  kind_ = GroundMetric::local_frame;
  blocks_across_ = (frame.columns + kBlockCells - 1) / kBlockCells;
  const std::uint32_t blocks_down = (frame.rows + kBlockCells - 1) / kBlockCells;
  for (std::uint32_t down = 0; down < blocks_down; ++down) {
    for (std::uint32_t across = 0; across < blocks_across_; ++across) {
      const double column = std::min<double>((across + 0.5) * kBlockCells, frame.columns);
      const double row = std::min<double>((down + 0.5) * kBlockCells, frame.rows);
      metrics_.push_back(metric_of(local_frame(point_of(frame, column, row), projection), frame));
    }
  }
}

const RowMetric& GroundMetricTable::at(std::uint32_t row, std::uint32_t block_across) const {
  switch (kind_) {
    case GroundMetric::grid:
      return metrics_.front();
    case GroundMetric::ellipsoid_row:
      return metrics_[row];
    case GroundMetric::local_frame:
      return metrics_[(row >> kBlockShift) * blocks_across_ + block_across];
  }
  return metrics_.front();
}

CellSize cell_size(const GridFrame& frame, const Projection& projection) {
  const auto local = local_frame(point_of(frame, frame.columns * 0.5, frame.rows * 0.5), projection);
  return {frame.cell_width / std::hypot(local.x_per_east, local.y_per_east),
          frame.cell_height / std::hypot(local.x_per_north, local.y_per_north)};
}

}  // namespace terrain
