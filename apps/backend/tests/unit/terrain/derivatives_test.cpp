#include "terrain/derivatives.hpp"

#include "terrain/cell.hpp"

#include "unit/terrain/test_terrain.hpp"
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>
#include <vector>

namespace {

using namespace terrain;
using test_terrain::kVoid;
using test_terrain::turn_deg;

constexpr double kRadians = std::numbers::pi / 180;

struct Grid {
  std::size_t columns = 0;
  std::size_t rows = 0;
  std::vector<float> z;
  std::vector<float> slope;
  std::vector<float> aspect;

  Grid(std::size_t w, std::size_t h) : columns(w), rows(h), z(w * h), slope(w * h), aspect(w * h) {}
  void derive(const RowMetric& metric) { horn_grid(z, columns, rows, metric, slope, aspect); }
  std::size_t index(std::size_t column, std::size_t row) const { return row * columns + column; }
};

/// A plane that falls towards `aspect_deg` at `slope_deg`.
Grid plane(double slope_deg, double aspect_deg, double dx_m, double dy_m) {
  Grid grid(9, 7);
  const double fall = std::tan(slope_deg * kRadians);
  for (std::size_t row = 0; row < grid.rows; ++row) {
    for (std::size_t column = 0; column < grid.columns; ++column) {
      const double east_m = static_cast<double>(column) * dx_m;
      const double north_m = -static_cast<double>(row) * dy_m;
      grid.z[grid.index(column, row)] =
          static_cast<float>(200 - fall * (east_m * std::sin(aspect_deg * kRadians) +
                                           north_m * std::cos(aspect_deg * kRadians)));
    }
  }
  return grid;
}

TEST(Horn, PlanesOfEverySlopeAndAspect) {
  for (double slope = 0.5; slope < 85; slope += 3.7) {
    for (double aspect = 0; aspect < 360; aspect += 7.5) {
      Grid grid = plane(slope, aspect, 10, 10);
      grid.derive(plain_metric(10, 10));
      const auto middle = grid.index(4, 3);
      ASSERT_NEAR(grid.slope[middle], slope, 0.002) << slope << " " << aspect;
      ASSERT_LT(turn_deg(static_cast<double>(grid.aspect[middle]), aspect), 0.01) << slope << " " << aspect;
      ASSERT_GE(grid.aspect[middle], 0);
      ASSERT_LT(grid.aspect[middle], 360);
    }
  }
}

TEST(Horn, CellsNeedNotBeSquare) {
  Grid grid = plane(37, 250, 25.7416, 12.1);
  grid.derive(plain_metric(25.7416, 12.1));
  EXPECT_NEAR(grid.slope[grid.index(4, 3)], 37, 0.002);
  EXPECT_LT(turn_deg(static_cast<double>(grid.aspect[grid.index(4, 3)]), 250), 0.01);
}

TEST(Horn, ConeFallsAwayFromItsTop) {
  Grid grid(101, 101);
  for (std::size_t row = 0; row < 101; ++row) {
    for (std::size_t column = 0; column < 101; ++column) {
      const double east = static_cast<double>(column) - 50;
      const double south = static_cast<double>(row) - 50;
      grid.z[grid.index(column, row)] =
          static_cast<float>(2000 - 7 * std::hypot(east, south));  // 10 m cells, 35°
    }
  }
  grid.derive(plain_metric(10, 10));
  for (std::size_t row = 1; row < 100; ++row) {
    for (std::size_t column = 1; column < 100; ++column) {
      const double east = static_cast<double>(column) - 50;
      const double south = static_cast<double>(row) - 50;
      if (std::hypot(east, south) < 12) continue;
      const auto at = grid.index(column, row);
      ASSERT_NEAR(grid.slope[at], std::atan(0.7) / kRadians, 0.15);
      ASSERT_LT(turn_deg(static_cast<double>(grid.aspect[at]), std::atan2(east, -south) / kRadians), 0.2);
    }
  }
}

TEST(Horn, ArctangentIsExactEnough) {
  for (double slope = 0.01; slope < 89.9; slope += 0.0371) {
    const auto rise = static_cast<float>(std::tan(slope * kRadians));
    const std::vector<float> row = {0, rise, 2 * rise};
    std::vector<float> out(1);
    std::vector<float> aspect(1);
    horn_row(row, row, row, plain_metric(1, 1), out, aspect);
    ASSERT_NEAR(static_cast<double>(out[0]), std::atan(static_cast<double>(rise)) / kRadians, 2e-5) << slope;
    ASSERT_EQ(aspect[0], 270);
  }
}

std::vector<Cell> coded(std::span<const float> north, std::span<const float> middle,
                        std::span<const float> south, const RowMetric& metric, RowCounts& counts) {
  std::vector<CellCode> codes(middle.size() - 2);
  code_cells(north, middle, south, metric, codes, counts);
  std::vector<Cell> cells;
  for (const auto code : codes) cells.push_back(unpack(code));
  return cells;
}

TEST(Horn, FlatGroundHasNoAspect) {
  const std::vector<float> row(5, 1234.5F);
  std::vector<float> slope(3);
  std::vector<float> aspect(3);
  RowCounts counts;
  horn_row(row, row, row, plain_metric(5, 5), slope, aspect);
  EXPECT_EQ(slope[1], 0);
  EXPECT_EQ(aspect[1], -1);
  const Cell cell = coded(row, row, row, plain_metric(5, 5), counts)[1];
  EXPECT_EQ(cell.slope, kFlatSlope);
  EXPECT_EQ(decode_slope_deg(cell.slope), 0);
  EXPECT_EQ(decode_aspect_deg(cell.slope, cell.aspect), -1);
  EXPECT_EQ(counts.ungraded_cells, 0U);
}

TEST(Horn, AVoidAnywhereInTheWindowLeavesNoSlope) {
  for (std::size_t hole = 0; hole < 9; ++hole) {
    std::vector<float> z = {1, 2, 3, 2, 3, 4, 3, 4, 5};
    z[hole] = kVoid;
    const std::span all(z);
    std::vector<float> slope(1);
    std::vector<float> aspect(1);
    RowCounts counts;
    horn_row(all.first(3), all.subspan(3, 3), all.last(3), plain_metric(1, 1), slope, aspect);
    EXPECT_TRUE(std::isnan(slope[0])) << hole;
    EXPECT_EQ(aspect[0], -1) << hole;
    const Cell cell = coded(all.first(3), all.subspan(3, 3), all.last(3), plain_metric(1, 1), counts)[0];
    EXPECT_EQ(cell.slope, kVoidSlope) << hole;
    EXPECT_EQ(cell.aspect, 0) << hole;
    EXPECT_EQ(cell.elevation == kVoidElevation, hole == 4) << hole;
    EXPECT_EQ(counts.ungraded_cells, 1U);
  }
}

Grid random_grid(std::mt19937& random, std::size_t side) {
  Grid grid(side, side);
  std::uniform_real_distribution<float> height(1000, 1012);
  for (auto& z : grid.z) z = height(random);
  return grid;
}

TEST(Horn, TurningAndMirroringTheGroundTurnsTheAspects) {
  std::mt19937 random(7);
  for (int round = 0; round < 20; ++round) {
    Grid original = random_grid(random, 12);
    Grid turned(12, 12);    // a quarter clockwise: the north side comes to the east
    Grid mirrored(12, 12);  // east and west swapped
    for (std::size_t row = 0; row < 12; ++row) {
      for (std::size_t column = 0; column < 12; ++column) {
        turned.z[turned.index(11 - row, column)] = original.z[original.index(column, row)];
        mirrored.z[mirrored.index(11 - column, row)] = original.z[original.index(column, row)];
      }
    }
    for (Grid* grid : {&original, &turned, &mirrored}) grid->derive(plain_metric(10, 10));
    for (std::size_t row = 1; row < 11; ++row) {
      for (std::size_t column = 1; column < 11; ++column) {
        const auto at = original.index(column, row);
        const auto at_turned = turned.index(11 - row, column);
        const auto at_mirrored = mirrored.index(11 - column, row);
        const double aspect = static_cast<double>(original.aspect[at]);
        ASSERT_NEAR(turned.slope[at_turned], original.slope[at], 1e-4);
        ASSERT_NEAR(mirrored.slope[at_mirrored], original.slope[at], 1e-4);
        ASSERT_LT(turn_deg(static_cast<double>(turned.aspect[at_turned]), aspect + 90), 1e-3);
        ASSERT_LT(turn_deg(static_cast<double>(mirrored.aspect[at_mirrored]), -aspect), 1e-3);
      }
    }
  }
}

TEST(Horn, CodesAreTheRoundedDegrees) {
  std::mt19937 random(11);
  Grid grid(300, 40);
  std::normal_distribution<float> height(1500, 6);
  for (auto& z : grid.z) z = height(random);
  grid.derive(plain_metric(5, 5));
  RowCounts counts;
  for (std::size_t row = 1; row + 1 < grid.rows; ++row) {
    const std::span all(grid.z);
    const auto cells = coded(all.subspan((row - 1) * 300, 300), all.subspan(row * 300, 300),
                             all.subspan((row + 1) * 300, 300), plain_metric(5, 5), counts);
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const auto at = grid.index(i + 1, row);
      ASSERT_NEAR(decode_elevation_m(cells[i].elevation), grid.z[at], 0.0627);
      ASSERT_LE(std::fabs(decode_slope_deg(cells[i].slope) - grid.slope[at]), 0.2001F);
      ASSERT_LE(turn_deg(static_cast<double>(decode_aspect_deg(cells[i].slope, cells[i].aspect)),
                         static_cast<double>(grid.aspect[at])),
                0.704);
    }
  }
}

TEST(Horn, QuantisingNeverHidesAThreshold) {
  for (const float threshold : {25.0F, 30.0F, 35.0F, 40.0F, 45.0F}) {
    for (float slope = threshold - 1; slope < threshold + 1; slope += 0.003F) {
      const auto code = static_cast<std::uint8_t>(slope / kSlopeStep_deg + 0.5F);
      if (slope < threshold) continue;
      ASSERT_GE(decode_slope_deg(code), threshold - 1e-4F) << slope;
    }
  }
}

TEST(Elevations, AreCodedWithinASixteenthOfAMetre) {
  const std::vector<float> z = {-400, -399.94F, 0, 1234.56F, 7791.75F, -400.1F, 7792, kVoid, 8848};
  std::vector<float> row = {0};
  row.insert(row.end(), z.begin(), z.end());
  row.push_back(0);
  const std::vector<float> beside(row.size(), kVoid);
  RowCounts counts;
  const auto cells = coded(beside, row, beside, plain_metric(10, 10), counts);
  for (std::size_t i = 0; i < 5; ++i)
    EXPECT_NEAR(decode_elevation_m(cells[i].elevation), z[i], 0.0626) << z[i];
  for (std::size_t i = 5; i < z.size(); ++i) EXPECT_EQ(cells[i].elevation, kVoidElevation) << z[i];
  EXPECT_EQ(counts.void_cells, 4U);
  EXPECT_EQ(counts.unknown_cells, 1U);
  EXPECT_EQ(counts.ungraded_cells, z.size());
  EXPECT_EQ(counts.lowest, 0);
  EXPECT_EQ(counts.highest_plus_one, kVoidElevation);
}

TEST(GeographicMetric, IsThatOfTheEllipsoid) {
  // Series for WGS 84: 111132.95 − 559.82 cos 2φ + 1.18 cos 4φ north, 111412.84 cos φ − 93.5 cos 3φ + 0.12
  // cos 5φ east.
  const RowMetric metric = geographic_metric(47, 1, 1);
  EXPECT_NEAR(1 / (8 * static_cast<double>(metric.sy)), 111'170.8, 1);
  EXPECT_NEAR(1 / (8 * static_cast<double>(metric.ex)), 76'055.9, 1);
}

}  // namespace
