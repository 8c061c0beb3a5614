// Slope and aspect against independent programs: gdaldem (projected grids) and GRASS (geographic grids).

#include "terrain/derivatives.hpp"

#include "unit/terrain/test_terrain.hpp"
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace {

using namespace terrain;
using test_terrain::dem_fixtures;
using test_terrain::Raster;
using test_terrain::read_raster;
using test_terrain::turn_deg;

struct Derived {
  std::vector<float> slope;
  std::vector<float> aspect;
};

Derived derive(const Raster& dem, const RowMetric& metric) {
  Derived out{std::vector<float>(dem.values.size()), std::vector<float>(dem.values.size())};
  horn_grid(dem.values, dem.columns, dem.rows, metric, out.slope, out.aspect);
  return out;
}

Derived derive_geographic(const Raster& dem) {
  Derived out{std::vector<float>(dem.values.size(), test_terrain::kVoid),
              std::vector<float>(dem.values.size(), -1)};
  const std::span z(dem.values);
  const std::size_t w = dem.columns;
  for (std::size_t row = 1; row + 1 < dem.rows; ++row) {
    const double latitude = dem.frame.top_y - (static_cast<double>(row) + 0.5) * dem.frame.cell_height;
    horn_row(z.subspan((row - 1) * w, w), z.subspan(row * w, w), z.subspan((row + 1) * w, w),
             geographic_metric(latitude, dem.frame.cell_width, dem.frame.cell_height),
             std::span(out.slope).subspan(row * w + 1, w - 2),
             std::span(out.aspect).subspan(row * w + 1, w - 2));
  }
  return out;
}

struct Difference {
  double slope_deg = 0;
  double aspect_deg = 0;
  std::size_t compared = 0;
  std::size_t one_side_void = 0;
};

/// Largest differences where both have a slope; aspects where the ground is steeper than 5° (gdaldem works in
/// float).
Difference compare(const Derived& ours, const Raster& slope, const Raster* aspect) {
  Difference worst;
  for (std::size_t i = 0; i < slope.values.size(); ++i) {
    const float theirs = slope.values[i];
    if (std::isnan(theirs) || std::isnan(ours.slope[i])) {
      worst.one_side_void += std::isnan(theirs) != std::isnan(ours.slope[i]) ? 1U : 0U;
      continue;
    }
    ++worst.compared;
    if (theirs > 0.05F)
      worst.slope_deg = std::max(worst.slope_deg, std::fabs(double{theirs} - double{ours.slope[i]}));
    if (aspect != nullptr && theirs > 5) {
      worst.aspect_deg =
          std::max(worst.aspect_deg, turn_deg(double{aspect->values[i]}, double{ours.aspect[i]}));
    }
  }
  return worst;
}

TEST(ReferenceSlopes, EqualGdaldemOnSquareCellsWithVoids) {
  SKIP_WITHOUT_DEM_FIXTURES();
  const Raster dem = read_raster(dem_fixtures() / "tyrol5m/avaHit.asc");
  const Raster slope = read_raster(dem_fixtures() / "gdaldem_ref/avaHit_slope_horn.tif");
  const Raster aspect = read_raster(dem_fixtures() / "gdaldem_ref/avaHit_aspect_horn.tif");
  const auto worst =
      compare(derive(dem, plain_metric(dem.frame.cell_width, dem.frame.cell_height)), slope, &aspect);
  EXPECT_LE(worst.slope_deg, 0.003);
  EXPECT_LE(worst.aspect_deg, 0.06);
  EXPECT_GT(worst.compared, 150'000U);
  EXPECT_EQ(worst.one_side_void, 0U) << "the rim and the surroundings of voids must be void in both";
}

TEST(ReferenceSlopes, EqualGdaldemOnCellsThatAreNotSquare) {
  SKIP_WITHOUT_DEM_FIXTURES();
  const Raster dem = read_raster(dem_fixtures() / "bowsummit/dem.tif");
  const Raster slope = read_raster(dem_fixtures() / "gdaldem_ref/bow_slope_horn_nonsquare.tif");
  const Raster aspect = read_raster(dem_fixtures() / "gdaldem_ref/bow_aspect_horn_nonsquare.tif");
  const auto worst =
      compare(derive(dem, plain_metric(dem.frame.cell_width, dem.frame.cell_height)), slope, &aspect);
  EXPECT_LE(worst.slope_deg, 0.003);
  EXPECT_LE(worst.aspect_deg, 0.06);
  EXPECT_GT(worst.compared, 30'000U);
}

TEST(ReferenceSlopes, EqualGrassOnAGeographicGrid) {
  SKIP_WITHOUT_DEM_FIXTURES();
  const Raster dem = read_raster(dem_fixtures() / "formats/avaMal_epsg4326_third_arcsec.tif");
  const Raster slope = read_raster(dem_fixtures() / "gdaldem_ref/mal4326_slope_GRASS.tif");
  const Raster aspect = read_raster(dem_fixtures() / "gdaldem_ref/mal4326_aspect_GRASS_cwN.tif");
  const auto worst = compare(derive_geographic(dem), slope, &aspect);
  EXPECT_LE(worst.slope_deg, 0.001);
  EXPECT_LE(worst.aspect_deg, 0.06);
  EXPECT_GT(worst.compared, 60'000U);
}

TEST(ReferenceSlopes, DoNotRepeatTheSingleScaleMistakeOnGeographicGrids) {
  SKIP_WITHOUT_DEM_FIXTURES();
  const Raster dem = read_raster(dem_fixtures() / "formats/avaMal_epsg4326_third_arcsec.tif");
  const Raster wrong = read_raster(dem_fixtures() / "gdaldem_ref/mal4326_slope_s111120_WRONG.tif");
  const Derived ours = derive_geographic(dem);
  double sum = 0;
  std::size_t count = 0;
  for (std::size_t i = 0; i < wrong.values.size(); ++i) {
    if (std::isnan(wrong.values[i]) || std::isnan(ours.slope[i])) continue;
    sum += double{wrong.values[i]} - double{ours.slope[i]};
    ++count;
  }
  EXPECT_NEAR(sum / static_cast<double>(count), -3.4, 0.3) << "mean error of gdaldem -s 111120";
}

}  // namespace
