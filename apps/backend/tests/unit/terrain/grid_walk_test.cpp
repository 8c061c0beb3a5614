#include "terrain/grid_walk.hpp"

#include <gtest/gtest.h>

#include <random>
#include <utility>
#include <vector>

namespace {

using namespace terrain;

struct Part {
  double from, to;
  std::uint32_t column, row;
};

std::vector<Part> walk(GridPoint a, GridPoint b, std::uint32_t columns, std::uint32_t rows) {
  std::vector<Part> parts;
  const Interval inside = clip_to_grid(a, b, columns, rows, {0, 1});
  if (inside.empty()) return parts;
  walk_grid(a, b, columns, rows, inside,
            [&](double from, double to, std::uint32_t c, std::uint32_t r, GridPoint) {
              parts.push_back({from, to, c, r});
            });
  return parts;
}

TEST(GridWalk, VisitsTheCellsOfASlantingLineInOrder) {
  const auto parts = walk({0.5, 0.5}, {2.5, 1.5}, 4, 4);
  std::vector<std::pair<std::uint32_t, std::uint32_t>> cells;
  for (const auto& part : parts) cells.emplace_back(part.column, part.row);
  EXPECT_EQ(cells, (std::vector<std::pair<std::uint32_t, std::uint32_t>>{{0, 0}, {1, 0}, {1, 1}, {2, 1}}));
  EXPECT_DOUBLE_EQ(parts[0].to, 0.25);
  EXPECT_DOUBLE_EQ(parts[1].to, 0.5);
  EXPECT_DOUBLE_EQ(parts[2].to, 0.75);
}

TEST(GridWalk, StaysInsideItsCellWithoutCrossing) {
  const auto parts = walk({1.2, 1.2}, {1.8, 1.3}, 4, 4);
  ASSERT_EQ(parts.size(), 1U);
  EXPECT_EQ(parts[0].from, 0);
  EXPECT_EQ(parts[0].to, 1);
}

TEST(GridWalk, ALineOnABorderBelongsToOneSideBothWays) {
  for (const auto& part : walk({0.5, 2}, {3.5, 2}, 4, 4)) EXPECT_EQ(part.row, 2U);
  for (const auto& part : walk({3.5, 2}, {0.5, 2}, 4, 4)) EXPECT_EQ(part.row, 2U);
  for (const auto& part : walk({3, 0.5}, {3, 3.5}, 4, 4)) EXPECT_EQ(part.column, 3U);
}

TEST(GridWalk, ClipsToTheGrid) {
  EXPECT_TRUE(walk({-3, -1}, {-1, 9}, 4, 4).empty());
  EXPECT_TRUE(walk({1, 5}, {3, 5}, 4, 4).empty());
  const auto parts = walk({-2, 1.5}, {6, 1.5}, 4, 4);
  ASSERT_EQ(parts.size(), 4U);
  EXPECT_DOUBLE_EQ(parts.front().from, 0.25);
  EXPECT_DOUBLE_EQ(parts.back().to, 0.75);
}

/// Random lines, some through cell corners and along borders.
TEST(GridWalk, PartsAreContiguousInsideTheirCellsAndTheSameBothWays) {
  std::mt19937 random(3);
  std::uniform_real_distribution<double> anywhere(-5, 25);
  std::uniform_int_distribution<int> whole(-5, 25);
  for (int round = 0; round < 20'000; ++round) {
    const bool on_corners = round % 3 == 0;
    const auto coordinate = [&] { return on_corners ? whole(random) : anywhere(random); };
    const GridPoint a{coordinate(), coordinate()};
    const GridPoint b{coordinate(), coordinate()};
    const auto there = walk(a, b, 20, 20);
    const auto inside = clip_to_grid(a, b, 20, 20, {0, 1});
    double at = inside.from;
    for (const auto& part : there) {
      ASSERT_EQ(part.from, at);
      ASSERT_GT(part.to, part.from);
      at = part.to;
      for (const double t : {part.from, part.to}) {
        ASSERT_NEAR(a.column + t * (b.column - a.column), part.column + 0.5, 0.5 + 1e-9);
        ASSERT_NEAR(a.row + t * (b.row - a.row), part.row + 0.5, 0.5 + 1e-9);
      }
    }
    if (!there.empty()) {
      ASSERT_EQ(at, inside.to);
    }

    std::vector<Part> back;
    for (const auto& part : walk(b, a, 20, 20)) {
      if (part.to - part.from > 1e-9) back.push_back(part);
    }
    std::size_t compared = back.size();
    for (const auto& part : there) {
      if (part.to - part.from <= 1e-9) continue;
      ASSERT_GT(compared, 0U);
      const auto& mirror = back[--compared];
      ASSERT_EQ(mirror.column, part.column);
      ASSERT_EQ(mirror.row, part.row);
      ASSERT_NEAR(1 - mirror.to, part.from, 1e-9);
    }
    ASSERT_EQ(compared, 0U);
  }
}

}  // namespace
