#include "terrain/demo_massif.hpp"

#include "core/error.hpp"
#include "core/hash.hpp"
#include "terrain/demo_relief.hpp"
#include "terrain/sampler.hpp"

#include "unit/terrain/test_terrain.hpp"
#include <gtest/gtest.h>

#include <algorithm>

namespace {

using namespace terrain;
using test_terrain::Folder;

std::string cells_sha256(const Store& store) {
  core::Sha256Stream sum;
  const Dataset& dataset = store.datasets()[0];
  for (std::uint32_t row = 0; row < dataset.rows(); ++row) {
    for (std::uint32_t column = 0; column < dataset.columns(); ++column) {
      const Cell cell = dataset.cell(column, row);
      const std::uint8_t bytes[] = {static_cast<std::uint8_t>(cell.elevation & 255),
                                    static_cast<std::uint8_t>(cell.elevation >> 8), cell.slope, cell.aspect};
      sum.update(std::as_bytes(std::span(bytes)));
    }
  }
  return core::to_hex(sum.finish());
}

TEST(DemoMassif, IsTheSameOnEveryMachine) {
  const Folder folder;
  build_demo_massif(folder / "demo.terrain", {.seed = 1, .columns = 256, .rows = 256, .cell_m = 40});
  const auto golden = test_terrain::read_file(ASPECTAVY_TEST_DIR "/golden/terrain/demo_massif_256.sha256");
  EXPECT_EQ(cells_sha256(*Store::open(folder / "demo.terrain")) + "\n", golden);
}

TEST(DemoMassif, DependsOnItsSeed) {
  EXPECT_NE(DemoRelief(1).height_m(5000, 5000), DemoRelief(2).height_m(5000, 5000));
  EXPECT_EQ(DemoRelief(1).height_m(5000, 5000), DemoRelief(1).height_m(5000, 5000));
}

TEST(DemoMassif, RefusesOddSizes) {
  const Folder folder;
  try {
    build_demo_massif(folder / "demo.terrain", {.columns = 10, .rows = 9000, .cell_m = 0});
    FAIL();
  } catch (const core::Error& error) {
    EXPECT_EQ(error.fields().size(), 3U);
  }
  EXPECT_EQ(folder.file_count(), 0U);
}

/// The massif of the demonstration, as it is shipped.
class ShippedMassif : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<Folder>();
    build_demo_massif(*folder_ / "demo.terrain");
    store_ = Store::open(*folder_ / "demo.terrain");
  }
  static void TearDownTestSuite() {
    store_.reset();
    folder_.reset();
  }
  static inline std::unique_ptr<Folder> folder_;
  static inline std::shared_ptr<const Store> store_;
};

TEST_F(ShippedMassif, HasValleysAndFaces) {
  const Dataset& dataset = store_->datasets()[0];
  std::uint64_t gentle = 0;
  std::uint64_t skiable = 0;
  std::uint64_t cliffs = 0;
  for (std::uint32_t row = 1; row + 1 < dataset.rows(); ++row) {
    for (std::uint32_t column = 1; column + 1 < dataset.columns(); ++column) {
      const float slope = decode_slope_deg(dataset.cell(column, row).slope);
      gentle += slope < 15 ? 1U : 0U;
      skiable += slope >= 25 && slope < 50 ? 1U : 0U;
      cliffs += slope >= 60 ? 1U : 0U;
    }
  }
  const auto part = [&](std::uint64_t cells) {
    return static_cast<double>(cells) / static_cast<double>(dataset.info().cells);
  };
  EXPECT_GT(part(gentle), 0.15);
  EXPECT_GT(part(skiable), 0.3);
  EXPECT_LT(part(cliffs), 0.02);
  EXPECT_EQ(dataset.info().void_cells, 0U);
  EXPECT_GT(dataset.info().max_elevation_m - dataset.info().min_elevation_m, 1500);
}

TEST_F(ShippedMassif, LiesInTheOpenNorthAtlantic) {
  const auto bounds = store_->bounds();
  EXPECT_GT(bounds.west_deg, -28);
  EXPECT_LT(bounds.east_deg, -26);
  EXPECT_GT(bounds.south_deg, 47);
  EXPECT_LT(bounds.north_deg, 48);
}

TEST_F(ShippedMassif, HoldsAGentleAStepAndASteepTour) {
  const DemoLines lines = demo_lines(*store_);
  const Sampler sampler(store_);
  for (const geo::Line* line : {&lines.valley, &lines.traverse, &lines.steep_face}) {
    const auto pieces = sampler.sample(*line);
    EXPECT_GE(pieces.back().to_m, 3000) << line->name;
    EXPECT_LE(pieces.back().to_m, 8000) << line->name;
    EXPECT_TRUE(std::ranges::all_of(pieces, [](const auto& p) { return p.state == PieceState::known; }))
        << line->name;
  }
  const auto valley = sampler.sample(lines.valley);
  EXPECT_LT(std::ranges::max(valley, {}, &LinePiece::slope_deg).slope_deg, 25);
  const double step_m = longest_stretch_m(sampler.sample(lines.traverse), 35);
  EXPECT_GE(step_m, 12);
  EXPECT_LT(step_m, 40);
  EXPECT_GT(longest_stretch_m(sampler.sample(lines.steep_face), 35), 40);
}

TEST_F(ShippedMassif, AlwaysHoldsTheSameTours) {
  EXPECT_EQ(demo_lines(*store_).traverse, demo_lines(*store_).traverse);
}

TEST(LongestStretch, IsBrokenByGentleAndUnknownGround) {
  const auto piece = [](double from_m, double to_m, float slope_deg, PieceState state = PieceState::known) {
    LinePiece p;
    p.from_m = from_m;
    p.to_m = to_m;
    p.slope_deg = slope_deg;
    p.state = state;
    return p;
  };
  const std::vector<LinePiece> pieces = {piece(0, 10, 36),
                                         piece(10, 25, 35),
                                         piece(25, 30, 34.9F),
                                         piece(30, 50, 40),
                                         piece(50, 51, 0, PieceState::no_elevation),
                                         piece(51, 70, 40)};
  EXPECT_DOUBLE_EQ(longest_stretch_m(pieces, 35), 25);
  EXPECT_DOUBLE_EQ(longest_stretch_m({}, 35), 0);
}

TEST(DemoLines, SayWhatATerrainLacks) {
  const Folder folder;
  const auto store = test_terrain::make_store(
      folder / "flat.terrain",
      {{.frame = {500'000, 5'250'000, 10, 10, 600, 600}, .heights = [](double, double) { return 1000.0F; }}});
  try {
    demo_lines(*store);
    FAIL();
  } catch (const core::Error& error) {
    EXPECT_EQ(error.code(), "terrain.no_demo_line");
    EXPECT_NE(error.public_message().find("traverse"), std::string::npos);
  }
}

}  // namespace
