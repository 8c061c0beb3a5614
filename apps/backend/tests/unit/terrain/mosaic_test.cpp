#include "terrain/mosaic.hpp"

#include "unit/terrain/test_terrain.hpp"
#include <gtest/gtest.h>

#include <algorithm>

namespace {

using namespace terrain;
using test_terrain::kVoid;

TileFrame tile(double left, double top, std::uint32_t columns, std::uint32_t rows, double cell = 10,
               std::string crs = "A") {
  return {{left, top, cell, cell, columns, rows}, std::move(crs)};
}

TEST(Mosaic, JoinsWhatTouchesOnOneGrid) {
  const auto mosaics =
      group_into_mosaics({tile(1000, 2000, 10, 10), tile(1100, 2000, 5, 10), tile(1050, 1900, 5, 5)});
  ASSERT_EQ(mosaics.size(), 1U);
  EXPECT_EQ(mosaics[0].frame, (GridFrame{1000, 2000, 10, 10, 15, 15}));
  ASSERT_EQ(mosaics[0].tiles.size(), 3U);
  EXPECT_EQ(mosaics[0].tiles[2].left, 5U);
  EXPECT_EQ(mosaics[0].tiles[2].top, 10U);
}

TEST(Mosaic, LeavesApartWhatDoesNot) {
  const auto base = tile(1000, 2000, 10, 10);
  const std::vector<TileFrame> others = {
      tile(1110, 2000, 5, 5),           // a cell between
      tile(1000, 1880, 5, 5),           // two cells below
      tile(1104, 2000, 5, 5),           // cells do not coincide
      tile(1100, 2000, 5, 5, 5),        // other cell size
      tile(1100, 2000, 5, 5, 10, "B"),  // other CRS
  };
  for (const auto& other : others) EXPECT_EQ(group_into_mosaics({base, other}).size(), 2U);
}

TEST(Mosaic, ATileMayJoinTwoGroupsLater) {
  const auto mosaics = group_into_mosaics(
      {tile(1000, 2000, 10, 10), tile(1200, 2000, 10, 10), tile(5000, 2000, 4, 4), tile(1100, 2000, 10, 10)});
  ASSERT_EQ(mosaics.size(), 2U);
  EXPECT_EQ(mosaics[0].tiles.size(), 3U);
  EXPECT_EQ(mosaics[0].frame.columns, 30U);
  EXPECT_EQ(mosaics[1].tiles.front().input, 2U);
}

TEST(Mosaic, TilesThatDriftEndTheGroup) {
  // Each lies 0.008 cells off the one before: neighbours pass, the third is 0.016 off the first.
  std::vector<TileFrame> tiles;
  for (int i = 0; i < 6; ++i) tiles.push_back(tile(1000 + i * (100 + 0.08), 2000, 10, 10));
  const auto mosaics = group_into_mosaics(tiles);
  ASSERT_EQ(mosaics.size(), 3U);
  for (const auto& mosaic : mosaics) {
    EXPECT_EQ(mosaic.tiles.size(), 2U);
    EXPECT_EQ(mosaic.frame.columns, 20U);
  }
  std::ranges::reverse(tiles);
  EXPECT_EQ(group_into_mosaics(tiles).size(), 3U);
}

TEST(Mosaic, TheFirstRasterWithAnElevationWins) {
  const auto tiles = std::vector<TileFrame>{tile(0, 100, 4, 4), tile(20, 100, 4, 4)};
  const auto mosaic = group_into_mosaics(tiles).front();
  std::vector<std::unique_ptr<ElevationRows>> parts;
  parts.push_back(std::make_unique<test_terrain::HeightRows>(
      [](double column, double row) { return column > 3 && row < 1 ? kVoid : 1.0F; }, 4));
  parts.push_back(std::make_unique<test_terrain::HeightRows>([](double, double) { return 2.0F; }, 4));
  const auto rows = mosaic_rows(mosaic, {tiles[0].frame, tiles[1].frame}, std::move(parts));
  std::vector<float> out(4 * 6);
  rows->read(0, 4, out.data(), 6);
  EXPECT_EQ(std::vector<float>(out.begin(), out.begin() + 6), (std::vector<float>{1, 1, 1, 2, 2, 2}));
  EXPECT_EQ(std::vector<float>(out.begin() + 6, out.begin() + 12), (std::vector<float>{1, 1, 1, 1, 2, 2}));
}

}  // namespace
