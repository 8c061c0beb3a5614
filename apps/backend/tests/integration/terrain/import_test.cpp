// Importing rasters through GDAL's programs and PROJ's database, as they are installed.

#include "terrain/import.hpp"

#include "core/error.hpp"
#include "terrain/child_process.hpp"
#include "terrain/derivatives.hpp"
#include "terrain/geotiff_info.hpp"
#include "terrain/report.hpp"
#include "terrain/sampler.hpp"
#include "terrain/store.hpp"

#include "unit/terrain/test_terrain.hpp"
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <numbers>

namespace {

using namespace terrain;
namespace fs = std::filesystem;
using test_terrain::dem_fixtures;
using test_terrain::Folder;
using test_terrain::read_raster;
using test_terrain::write_file;

std::string ascii_grid(int columns, int rows, double left, double bottom, double cell,
                       const std::function<double(int, int)>& height) {
  std::string text = "ncols " + std::to_string(columns) + "\nnrows " + std::to_string(rows) + "\nxllcorner " +
                     std::to_string(left) + "\nyllcorner " + std::to_string(bottom) + "\ncellsize " +
                     std::to_string(cell) + "\nNODATA_value -9999\n";
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) text += std::to_string(height(column, row)) + " ";
    text += "\n";
  }
  return text;
}

double bumps(int column, int row) {
  return 1200 + 3.7 * column + 25 * std::sin(row / 3.0) + 10 * std::cos(column / 2.0);
}

void run(std::vector<std::string> argv) {
  const auto answer = run_child(argv, std::chrono::seconds(60));
  ASSERT_EQ(answer.exit_code, 0) << answer.err;
}

class Import : public ::testing::Test {
 protected:
  std::shared_ptr<const Store> import(ImportOptions options) {
    if (options.out.empty()) options.out = folder_ / "out.terrain";
    report_ = import_rasters(options);
    auto store = Store::open(options.out);
    EXPECT_EQ(store->sha256(), report_.content_sha256);
    EXPECT_EQ(store->file_bytes(), report_.file_bytes);
    return store;
  }
  /// The faults that make the import refuse; nothing may be left behind.
  std::vector<core::FieldError> faults_of(ImportOptions options) {
    options.out = folder_ / "refused.terrain";
    const auto files = folder_.file_count();
    try {
      import_rasters(options);
    } catch (const core::Error& error) {
      EXPECT_EQ(error.kind(), core::ErrorKind::invalid_input);
      EXPECT_EQ(error.code(), "terrain.import_refused") << error.what();
      EXPECT_EQ(folder_.file_count(), files) << "nothing may be left behind";
      message_ = error.public_message();
      return error.fields();
    }
    ADD_FAILURE() << "was not refused";
    return {};
  }
  fs::path grid(const std::string& name, const std::string& text) {
    write_file(folder_ / name, text);
    return folder_ / name;
  }

  Folder folder_;
  ImportReport report_;
  std::string message_;
};

TEST_F(Import, AnAsciiGridNeedsItsCrsSaid) {
  const auto file = grid("bumps.asc", ascii_grid(40, 30, 500'000, 5'200'000, 10, bumps));
  const auto faults = faults_of({.inputs = {file}});
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].path, "inputs[0]");
  EXPECT_EQ(faults[0].code, "no_crs");
  EXPECT_NE(faults[0].message.find("--crs"), std::string::npos);

  const auto store =
      import({.inputs = {file}, .crs = "EPSG:32632", .source = "test bumps", .licence = "CC0"});
  const auto& info = store->datasets()[0].info();
  EXPECT_EQ(info.crs_id, "EPSG:32632");
  EXPECT_EQ(info.source, "test bumps");
  EXPECT_EQ(info.licence, "CC0");
  EXPECT_EQ(info.inputs[0].driver, "AAIGrid");
  EXPECT_EQ(info.metric, GroundMetric::grid);
  EXPECT_EQ(info.pipeline_accuracy_m, 0.0);
  for (std::uint32_t row = 0; row < 30; ++row) {
    for (std::uint32_t column = 0; column < 40; ++column) {
      ASSERT_NEAR(decode_elevation_m(store->datasets()[0].cell(column, row).elevation),
                  bumps(static_cast<int>(column), static_cast<int>(row)), 0.0627);
    }
  }
}

TEST_F(Import, EveryFormatAndLayoutGivesTheSameCells) {
  const auto source = grid("bumps.asc", ascii_grid(300, 270, 500'000, 5'200'000, 10, bumps)).string();
  const auto reference = import({.inputs = {source}, .crs = "EPSG:32632"});
  const std::vector<std::pair<std::string, std::vector<std::string>>> variants = {
      {"plain.tif", {"-ot", "Float32"}},
      {"strips.tif", {"-ot", "Float32", "-co", "COMPRESS=DEFLATE", "-co", "PREDICTOR=3"}},
      {"tiled.tif",
       {"-ot", "Float32", "-co", "TILED=YES", "-co", "COMPRESS=LZW", "-co", "BLOCKXSIZE=128", "-co",
        "BLOCKYSIZE=64"}},
      {"double.tif", {"-ot", "Float64", "-co", "COMPRESS=ZSTD"}},
      {"bigendian.tif", {"-ot", "Float32", "-co", "ENDIANNESS=BIG"}},
      {"big.tif", {"-ot", "Float32", "-co", "BIGTIFF=YES"}},
      {"cog.tif", {"-of", "COG", "-ot", "Float32"}},
      {"image.img", {"-of", "HFA", "-ot", "Float32"}},
      {"virtual.vrt", {"-of", "VRT", "-ot", "Float32"}},
  };
  for (const auto& [name, options] : variants) {
    std::vector<std::string> argv = {"gdal_translate", "-q", "-a_srs", "EPSG:32632"};
    argv.insert(argv.end(), options.begin(), options.end());
    argv.push_back(source);
    argv.push_back((folder_ / name).string());
    run(argv);
    const auto store = import({.inputs = {folder_ / name}, .out = folder_ / (name + ".terrain")});
    EXPECT_EQ(store->datasets()[0].info().crs_id, "EPSG:32632") << name;
    const Dataset& got = store->datasets()[0];
    const Dataset& wanted = reference->datasets()[0];
    for (std::uint32_t down = 0; down < wanted.blocks_down(); ++down) {
      for (std::uint32_t across = 0; across < wanted.blocks_across(); ++across) {
        ASSERT_EQ(std::memcmp(&got.block(across, down), &wanted.block(across, down), sizeof(Block)), 0)
            << name;
      }
    }
  }
}

TEST_F(Import, WholeNumbersScalesAndFeet) {
  const auto feet = [](int column, int row) { return std::round((1500 + 10 * column + row) / 0.3048); };
  const auto source = grid("feet.asc", ascii_grid(30, 30, 500'000, 5'200'000, 10, feet)).string();
  run({"gdal_translate", "-q", "-a_srs", "EPSG:32632", "-ot", "Int16", source,
       (folder_ / "feet.tif").string()});
  auto store = import({.inputs = {folder_ / "feet.tif"}, .vertical_unit = VerticalUnit::foot});
  EXPECT_NEAR(decode_elevation_m(store->datasets()[0].cell(7, 3).elevation), 1573, 0.3);
  EXPECT_NEAR(decode_slope_deg(store->datasets()[0].cell(7, 3).slope), 45, 1.0);
  EXPECT_EQ(store->datasets()[0].info().vertical_unit, VerticalUnit::foot);

  run({"gdal_translate", "-q", "-a_srs", "EPSG:32632", "-ot", "Int16", "-a_scale", "0.3048", "-a_offset",
       "100", source, (folder_ / "scaled.tif").string()});
  store = import({.inputs = {folder_ / "scaled.tif"}});
  EXPECT_NEAR(decode_elevation_m(store->datasets()[0].cell(7, 3).elevation), 1673, 0.3);
}

TEST_F(Import, NodataAndHeightsOutOfRangeAreVoid) {
  const auto heights = [](int column, int row) {
    if (column == 5 && row == 5) return -9999.0;
    if (column == 15 && row == 15) return 8848.0;
    return 7000.0 + column;
  };
  const auto file = grid("holes.asc", ascii_grid(30, 30, 500'000, 5'200'000, 10, heights));
  const auto store = import({.inputs = {file}, .crs = "EPSG:32632"});
  const auto& info = store->datasets()[0].info();
  EXPECT_EQ(info.void_cells, 2U);
  EXPECT_EQ(info.out_of_range_cells, 1U);
  EXPECT_EQ(store->datasets()[0].cell(5, 5).elevation, kVoidElevation);
  EXPECT_EQ(store->datasets()[0].cell(4, 6).slope, kVoidSlope);
  EXPECT_NE(report_.warnings.front().find("1 cells lie outside"), std::string::npos);
}

TEST_F(Import, TilesOfOneGridBecomeOneDatasetWithoutASeam) {
  const auto whole = grid("whole.asc", ascii_grid(80, 60, 500'000, 5'200'000, 10, bumps));
  const auto west = grid("west.asc", ascii_grid(33, 60, 500'000, 5'200'000, 10, bumps));
  const auto east = grid("east.asc", ascii_grid(50, 60, 500'300, 5'200'000, 10,
                                                [](int column, int row) { return bumps(column + 30, row); }));
  const auto apart = grid("apart.asc", ascii_grid(20, 20, 600'000, 5'200'000, 10, bumps));
  const auto wanted = import({.inputs = {whole}, .crs = "EPSG:32632"});
  const auto store =
      import({.inputs = {east, apart, west}, .out = folder_ / "mosaic.terrain", .crs = "EPSG:32632"});
  ASSERT_EQ(store->datasets().size(), 2U);
  const Dataset& mosaic = store->datasets()[0];
  EXPECT_EQ(mosaic.columns(), 80U);
  EXPECT_EQ(mosaic.info().inputs.size(), 2U);
  for (std::uint32_t row = 0; row < 60; ++row) {
    for (std::uint32_t column = 0; column < 80; ++column) {
      const Cell a = mosaic.cell(column, row);
      const Cell b = wanted->datasets()[0].cell(column, row);
      ASSERT_EQ(a.elevation, b.elevation);
      ASSERT_EQ(a.slope, b.slope) << column << " " << row;
      ASSERT_EQ(a.aspect, b.aspect);
    }
  }
}

TEST_F(Import, MercatorGridsAreNotTakenForMetres) {
  // A plane of 35° on the ground at 47°: Mercator metres are 1/cos φ too long, so the raw grid reads 25.5°.
  const double k = 1 / std::cos(47 * std::numbers::pi / 180);
  const double fall = 10 / k * std::tan(35 * std::numbers::pi / 180);
  const auto file = grid("mercator.asc", ascii_grid(60, 60, 1'000'000, 5'942'000, 10,
                                                    [&](int column, int) { return 3000 - column * fall; }));
  const auto store = import({.inputs = {file}, .crs = "EPSG:3857"});
  const auto& info = store->datasets()[0].info();
  EXPECT_EQ(info.metric, GroundMetric::local_frame);
  EXPECT_NEAR(info.scale_error, k - 1, 0.01);
  EXPECT_NEAR(info.cell_east_m, 10 / k, 0.03);
  const Cell cell = store->datasets()[0].cell(30, 30);
  EXPECT_NEAR(decode_slope_deg(cell.slope), 35, 0.3);
  EXPECT_NEAR(decode_aspect_deg(cell.slope, cell.aspect), 90, 0.8);
}

TEST_F(Import, GridsTurnedFarFromNorthGetTrueAspects) {
  // EPSG:6350 (CONUS Albers) in the Cascades at 121.5° W: grid north lies 15° off true north.
  const auto east = grid("albers.asc", ascii_grid(60, 60, -2'000'000, 2'900'000, 10,
                                                  [](int column, int) { return 3000.0 - column * 5; }));
  const auto store = import({.inputs = {east}, .crs = "EPSG:6350"});
  const auto& info = store->datasets()[0].info();
  EXPECT_EQ(info.metric, GroundMetric::local_frame);
  EXPECT_GT(info.convergence_deg, 12);
  // What "grid east" is on the ground, from two places of the grid.
  const Projection projection(info.pipeline);
  const auto a = projection.inverse({info.frame.left_x + 250, info.frame.top_y - 300});
  const auto b = projection.inverse({info.frame.left_x + 350, info.frame.top_y - 300});
  const double azimuth = std::atan2((b.lon_deg - a.lon_deg) * std::cos(a.lat_deg * std::numbers::pi / 180),
                                    b.lat_deg - a.lat_deg) *
                         180 / std::numbers::pi;
  const Cell cell = store->datasets()[0].cell(30, 30);
  EXPECT_LT(test_terrain::turn_deg(static_cast<double>(decode_aspect_deg(cell.slope, cell.aspect)), azimuth),
            1.0);
}

TEST_F(Import, FeetOnTheGroundAreConverted) {
  // EPSG:2225 (California zone 1) counts US survey feet; a fall of a foot a foot is 45°.
  const auto file = grid("feet.asc", ascii_grid(40, 40, 6'560'000, 2'200'000, 30,
                                                [](int column, int) { return 5000.0 - 30 * column; }));
  const auto store =
      import({.inputs = {file}, .crs = "EPSG:2225", .vertical_unit = VerticalUnit::us_survey_foot});
  EXPECT_NEAR(store->datasets()[0].info().cell_east_m, 9.144, 0.01);
  EXPECT_NEAR(decode_slope_deg(store->datasets()[0].cell(20, 20).slope), 45, 0.3);
}

TEST_F(Import, RefusesWhatItWouldGetWrong) {
  const auto source = grid("bumps.asc", ascii_grid(30, 30, 500'000, 5'200'000, 10, bumps)).string();
  run({"gdal_translate", "-q", "-a_srs", "EPSG:32632", source, (folder_ / "ok.tif").string()});
  run({"gdal_translate", "-q", "-b", "1", "-b", "1", "-a_srs", "EPSG:32632", source,
       (folder_ / "two.tif").string()});
  write_file(folder_ / "nowhere.vrt",
             "<VRTDataset rasterXSize=\"30\" rasterYSize=\"30\"><SRS>EPSG:32632</SRS>"
             "<VRTRasterBand dataType=\"Float32\" "
             "band=\"1\"><SimpleSource><SourceFilename relativeToVRT=\"1\">bumps.asc</SourceFilename>"
             "<SourceBand>1</SourceBand></SimpleSource></VRTRasterBand></VRTDataset>");
  write_file(
      folder_ / "rotated.vrt",
      "<VRTDataset rasterXSize=\"30\" rasterYSize=\"30\"><SRS>EPSG:32632</SRS>"
      "<GeoTransform>500000, 9.8, 1.7, 5200300, 1.7, -9.8</GeoTransform><VRTRasterBand dataType=\"Float32\" "
      "band=\"1\"><SimpleSource><SourceFilename relativeToVRT=\"1\">bumps.asc</SourceFilename>"
      "<SourceBand>1</SourceBand></SimpleSource></VRTRasterBand></VRTDataset>");
  write_file(folder_ / "southup.vrt",
             "<VRTDataset rasterXSize=\"30\" rasterYSize=\"30\"><SRS>EPSG:32632</SRS>"
             "<GeoTransform>500000, 10, 0, 5200000, 0, 10</GeoTransform><VRTRasterBand dataType=\"Float32\" "
             "band=\"1\"><SimpleSource><SourceFilename relativeToVRT=\"1\">bumps.asc</SourceFilename>"
             "<SourceBand>1</SourceBand></SimpleSource></VRTRasterBand></VRTDataset>");
  write_file(folder_ / "noise.tif", "this is no raster");
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"two.tif", "bands"},
      {"rotated.vrt", "rotated"},
      {"southup.vrt", "not_north_up"},
      {"nowhere.vrt", "no_georeference"},
      {"noise.tif", "not_a_raster"},
      {"missing.tif", "not_a_file"},
  };
  ImportOptions all;
  all.inputs = {folder_ / "ok.tif"};
  for (const auto& [name, code] : cases) all.inputs.push_back(folder_ / name);
  const auto faults = faults_of(all);
  ASSERT_EQ(faults.size(), cases.size()) << "every fault is reported at once";
  for (std::size_t i = 0; i < cases.size(); ++i) {
    EXPECT_EQ(faults[i].path, "inputs[" + std::to_string(i + 1) + "]");
    EXPECT_EQ(faults[i].code, cases[i].second) << cases[i].first;
    EXPECT_NE(faults[i].message.find(cases[i].first), std::string::npos) << faults[i].message;
  }
  EXPECT_EQ(faults_of({}).front().path, "inputs");
  EXPECT_EQ(faults_of({.inputs = {folder_ / "ok.tif"}, .crs = "EPSG:99999999"}).front().path, "crs");
  EXPECT_EQ(faults_of({.inputs = {folder_ / "ok.tif"}, .crs = "nonsense"}).front().path, "crs");
  EXPECT_EQ(faults_of({.inputs = {folder_ / "ok.tif"}, .crs = "EPSG:5783"}).front().path, "crs")
      << "vertical only";
}

TEST_F(Import, ATruncatedRasterLeavesTheOldStoreUntouched) {
  const auto source = grid("bumps.asc", ascii_grid(300, 300, 500'000, 5'200'000, 10, bumps)).string();
  const auto kept = import({.inputs = {source}, .crs = "EPSG:32632"})->sha256();
  for (const std::string compression : {"NONE", "DEFLATE"}) {
    const auto path = folder_ / "cut.tif";
    fs::remove(path);
    run({"gdal_translate", "-q", "-a_srs", "EPSG:32632", "-ot", "Float32", "-co", "COMPRESS=" + compression,
         source, path.string()});
    fs::resize_file(path, fs::file_size(path) * 3 / 4);
    const auto files = folder_.file_count();
    try {
      import_rasters({.inputs = {path}, .out = folder_ / "out.terrain"});
      ADD_FAILURE() << compression;
    } catch (const core::Error& error) {
      EXPECT_EQ(error.code(), "terrain.import_refused") << error.what();
    }
    EXPECT_EQ(folder_.file_count(), files) << "no temporary file may stay";
    EXPECT_EQ(Store::open(folder_ / "out.terrain")->sha256(), kept);
  }
}

TEST_F(Import, ProgressRisesToOneAndMayStopTheImport) {
  const auto file = grid("bumps.asc", ascii_grid(40, 600, 500'000, 5'200'000, 10, bumps));
  std::vector<double> told;
  ImportOptions options{.inputs = {file}, .crs = "EPSG:32632"};
  options.progress = [&](double fraction, std::string_view) { told.push_back(fraction); };
  import(options);
  EXPECT_TRUE(std::ranges::is_sorted(told));
  EXPECT_EQ(told.back(), 1);
  EXPECT_GE(told.size(), 4U);

  const auto kept = Store::open(folder_ / "out.terrain")->sha256();
  options.out = folder_ / "out.terrain";
  options.progress = [](double fraction, std::string_view) {
    if (fraction > 0.3) throw std::runtime_error("stop");
  };
  const auto files = folder_.file_count();
  EXPECT_THROW(import_rasters(options), std::runtime_error);
  EXPECT_EQ(folder_.file_count(), files);
  EXPECT_EQ(Store::open(folder_ / "out.terrain")->sha256(), kept);
}

TEST_F(Import, TheSameInputsGiveTheSameBytes) {
  const auto file = grid("bumps.asc", ascii_grid(40, 40, 500'000, 5'200'000, 10, bumps));
  import({.inputs = {file}, .out = folder_ / "a.terrain", .name = "x", .crs = "EPSG:31287"});
  import({.inputs = {file}, .out = folder_ / "b.terrain", .name = "x", .crs = "EPSG:31287"});
  EXPECT_EQ(test_terrain::read_file(folder_ / "a.terrain"), test_terrain::read_file(folder_ / "b.terrain"));
}

TEST_F(Import, ReportsForPeopleAndPrograms) {
  const auto file = grid("bumps.asc", ascii_grid(40, 40, 500'000, 5'200'000, 10, bumps));
  const auto store =
      import({.inputs = {file}, .crs = "EPSG:32632", .source = "Bump Survey", .licence = "CC0"});
  const auto text = info_text(*store);
  for (const char* part :
       {"WGS 84 / UTM zone 32N (EPSG:32632)", "40 × 40 cells", "Bump Survey", "CC0", "AAIGrid"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
  EXPECT_NE(info_json(*store).find(store->sha256()), std::string::npos);
  const Sampler sampler(store);
  const auto place = Projection(store->datasets()[0].info().pipeline).inverse({500'200, 5'200'200});
  EXPECT_NE(sample_text(sampler, place).find("slope"), std::string::npos);
  EXPECT_NE(sample_json(sampler, place).find("\"slopeDeg\":"), std::string::npos);
  EXPECT_NE(sample_text(sampler, {0, 0}).find("no elevation here"), std::string::npos);
  EXPECT_NE(sample_json(sampler, {0, 0}).find("DEM_GAP"), std::string::npos);
}

/// The header reader of our own must say what GDAL says, or nothing.
TEST_F(Import, OurGeoTiffHeadersReadLikeGdals) {
  SKIP_WITHOUT_DEM_FIXTURES();
  std::size_t read_by_us = 0;
  for (const auto& entry : fs::recursive_directory_iterator(dem_fixtures())) {
    if (entry.path().extension() != ".tif") continue;
    const auto ours = read_geotiff_info(entry.path());
    if (!ours) continue;
    ++read_by_us;
    const auto answer =
        run_child({"gdalinfo", "-json", "-nomd", entry.path().string()}, std::chrono::seconds(60));
    std::vector<core::FieldError> faults;
    const auto theirs = read_gdalinfo(answer.out, "x", faults);
    ASSERT_TRUE(theirs.has_value()) << entry.path();
    EXPECT_EQ(ours->frame.columns, theirs->frame.columns);
    EXPECT_EQ(ours->frame.rows, theirs->frame.rows);
    EXPECT_NEAR(ours->frame.left_x, theirs->frame.left_x, 1e-9 * std::abs(theirs->frame.left_x))
        << entry.path();
    EXPECT_NEAR(ours->frame.top_y, theirs->frame.top_y, 1e-9 * std::abs(theirs->frame.top_y)) << entry.path();
    EXPECT_NEAR(ours->frame.cell_width, theirs->frame.cell_width, 1e-11 * theirs->frame.cell_width);
    EXPECT_NEAR(ours->frame.cell_height, theirs->frame.cell_height, 1e-11 * theirs->frame.cell_height);
    EXPECT_EQ(ours->nodata.has_value(), theirs->nodata.has_value()) << entry.path();
    if (ours->nodata && !std::isnan(*ours->nodata)) {
      EXPECT_NEAR(*ours->nodata, *theirs->nodata, 1e-6 * std::fabs(*theirs->nodata)) << "gdalinfo rounds";
    }
    EXPECT_EQ(theirs->scale, 1);
    EXPECT_EQ(theirs->unit, std::nullopt);
    EXPECT_EQ(describe_crs(ours->wkt, ours->frame).id, describe_crs(theirs->wkt, theirs->frame).id)
        << entry.path();
  }
  EXPECT_GT(read_by_us, 10U);
}

}  // namespace
