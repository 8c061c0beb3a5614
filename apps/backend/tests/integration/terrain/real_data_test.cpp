// Real rasters and a real track (third-party data, not in the repository).

#include "core/files.hpp"
#include "geo/gpx.hpp"
#include "terrain/child_process.hpp"
#include "terrain/derivatives.hpp"
#include "terrain/import.hpp"
#include "terrain/sampler.hpp"
#include "terrain/store.hpp"

#include "unit/terrain/test_terrain.hpp"
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace {

using namespace terrain;
using test_terrain::dem_fixtures;
using test_terrain::Folder;
using test_terrain::read_raster;
using test_terrain::turn_deg;

TEST(RealData, FiveTyrolRastersShareOneStoreAndOneTourReadsTrueElevations) {
  SKIP_WITHOUT_DEM_FIXTURES();
  const Folder folder;
  const auto tyrol = dem_fixtures() / "tyrol5m";
  for (const std::string name : {"avaGar.asc", "avaWog.asc"}) {
    const auto unpacked =
        run_child({"gzip", "-dc", (tyrol / (name + ".gz")).string()}, std::chrono::seconds(60));
    ASSERT_EQ(unpacked.exit_code, 0);
    test_terrain::write_file(folder / name, unpacked.out);
  }
  const auto report =
      import_rasters({.inputs = {tyrol / "avaAlr.tif", tyrol / "avaMal.tif", folder / "avaGar.asc",
                                 tyrol / "avaHit.asc", folder / "avaWog.asc"},
                      .out = folder / "tyrol.terrain",
                      .crs = "EPSG:31287",
                      .source = "Land Tirol - data.tirol.gv.at"});
  const auto store = Store::open(folder / "tyrol.terrain");
  ASSERT_EQ(store->datasets().size(), 5U);
  for (const auto& dataset : store->datasets()) {
    EXPECT_EQ(dataset.info().pipeline_name.find("Ballpark"), std::string::npos)
        << "the datum shift must be a real one";
    EXPECT_LE(dataset.info().pipeline_accuracy_m.value_or(99), 5) << dataset.info().pipeline_name;
  }
  EXPECT_EQ(store->datasets()[3].info().void_cells, 74'209U);

  const auto gpx =
      geo::read_gpx(core::read_file(dem_fixtures() / "routes/frauenwand_weissewand_tuxertal.gpx"));
  const Sampler sampler(store);
  std::vector<double> differences;
  std::size_t points = 0;
  for (const auto& track : gpx.tracks) {
    for (const auto& segment : track.segments) {
      for (const auto& point : segment.points) {
        ++points;
        const auto sample = sampler.at(point.at);
        if (sample && point.elevation_m) {
          differences.push_back(std::fabs(static_cast<double>(sample->elevation_m) - *point.elevation_m));
        }
      }
    }
  }
  EXPECT_EQ(points, 145U);
  EXPECT_EQ(differences.size(), 51U);
  std::ranges::nth_element(differences, differences.begin() + 25);
  EXPECT_LT(differences[25], 6);
}

/// The store against gdaldem: quantisation (0.2°) and nothing else.
TEST(RealData, StoredSlopesAreGdaldemsWithinTheirStep) {
  SKIP_WITHOUT_DEM_FIXTURES();
  const Folder folder;
  import_rasters({.inputs = {dem_fixtures() / "tyrol5m/avaHit.asc"},
                  .out = folder / "hit.terrain",
                  .crs = "EPSG:31287"});
  const auto store = Store::open(folder / "hit.terrain");
  const auto slope = read_raster(dem_fixtures() / "gdaldem_ref/avaHit_slope_horn.tif");
  const auto aspect = read_raster(dem_fixtures() / "gdaldem_ref/avaHit_aspect_horn.tif");
  const Dataset& dataset = store->datasets()[0];
  for (std::uint32_t row = 0; row < dataset.rows(); ++row) {
    for (std::uint32_t column = 0; column < dataset.columns(); ++column) {
      const Cell cell = dataset.cell(column, row);
      ASSERT_EQ(cell.slope == kVoidSlope, std::isnan(slope.at(column, row)));
      if (cell.slope == kVoidSlope) continue;
      ASSERT_NEAR(decode_slope_deg(cell.slope), slope.at(column, row), 0.2031);
      if (slope.at(column, row) < 5) continue;
      ASSERT_LT(turn_deg(static_cast<double>(decode_aspect_deg(cell.slope, cell.aspect)),
                         static_cast<double>(aspect.at(column, row))),
                0.77);
    }
  }
}

TEST(RealData, StoredSlopesOfAGeographicGridAreGrassWithinTheirStep) {
  SKIP_WITHOUT_DEM_FIXTURES();
  const Folder folder;
  import_rasters({.inputs = {dem_fixtures() / "formats/avaMal_epsg4326_third_arcsec.tif"},
                  .out = folder / "mal.terrain"});
  const auto store = Store::open(folder / "mal.terrain");
  const auto slope = read_raster(dem_fixtures() / "gdaldem_ref/mal4326_slope_GRASS.tif");
  const Dataset& dataset = store->datasets()[0];
  EXPECT_EQ(dataset.info().metric, GroundMetric::ellipsoid_row);
  EXPECT_NEAR(dataset.info().cell_north_m, 10.29, 0.01);
  std::size_t compared = 0;
  for (std::uint32_t row = 0; row < dataset.rows(); ++row) {
    for (std::uint32_t column = 0; column < dataset.columns(); ++column) {
      const Cell cell = dataset.cell(column, row);
      if (cell.slope == kVoidSlope || std::isnan(slope.at(column, row))) continue;
      ASSERT_NEAR(decode_slope_deg(cell.slope), slope.at(column, row), 0.2011);
      ++compared;
    }
  }
  EXPECT_GT(compared, 60'000U);
}

TEST(RealData, HgtTilesReadThroughGdal) {
  SKIP_WITHOUT_DEM_FIXTURES();
  const Folder folder;
  const auto packed = dem_fixtures() / "formats/N00E010.hgt.gz";
  const auto unpacked = run_child({"gzip", "-dc", packed.string()}, std::chrono::seconds(60));
  test_terrain::write_file(folder / "N00E010.hgt", unpacked.out);
  const auto report = import_rasters({.inputs = {folder / "N00E010.hgt"}, .out = folder / "gabon.terrain"});
  const auto& info = report.manifest.datasets[0];
  EXPECT_EQ(info.inputs[0].driver, "SRTMHGT");
  EXPECT_EQ(info.frame.columns, 1201U);
  EXPECT_NEAR(info.frame.left_x, 10 - 0.5 / 1200, 1e-9)
      << "numbers of an HGT stand for points on the degree lines";
  EXPECT_FALSE(report.warnings.empty()) << "90 m cells must be warned about";
  const auto store = Store::open(folder / "gabon.terrain");
  // Big-endian numbers, first row in the north: the one at 10.5° E, 0.5° N is number 600 of row 600.
  const std::size_t at = 2 * (600 * 1201 + 600);
  const int raw =
      (static_cast<unsigned char>(unpacked.out[at]) << 8) | static_cast<unsigned char>(unpacked.out[at + 1]);
  EXPECT_NEAR(Sampler(store).at({10.5, 0.5})->elevation_m, raw, 0.07);
}

}  // namespace
