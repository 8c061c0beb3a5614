#include "geo/polygon.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace geo {
namespace {

const Ring kSquare = {{0, 0}, {4, 0}, {4, 4}, {0, 4}, {0, 0}};
const Ring kHole = {{1, 1}, {1, 3}, {3, 3}, {3, 1}, {1, 1}};

TEST(Polygon, EdgesAndVerticesAreInside) {
  const Polygon polygon{kSquare, {kHole}};
  struct Case {
    LonLat at;
    bool inside;
  };
  for (const auto& [at, inside] : std::vector<Case>{
           {{0.5, 0.5}, true},
           {{2, 2}, false},  // in the hole
           {{1, 2}, true},   // on the hole's edge
           {{3, 3}, true},   // on the hole's corner
           {{0, 0}, true},
           {{4, 4}, true},
           {{4, 2}, true},
           {{2, 4}, true},
           {{2, 0}, true},
           {{5, 4}, false},   // level with the upper edge
           {{-1, 0}, false},  // level with the lower edge
           {{-1, 4}, false},
           {{std::nextafter(4.0, 5.0), 2}, false},
           {{2, std::nextafter(4.0, 5.0)}, false},
       }) {
    EXPECT_EQ(contains(polygon, at), inside) << at.lon_deg << "," << at.lat_deg;
  }
}

TEST(Polygon, DirectionAndStartOfARingDoNotMatter) {
  const Ring star = {{0, 0}, {5, 1}, {10, 0}, {6, 3}, {8, 8}, {5, 4}, {1, 9}, {4, 3}, {0, 0}};
  Ring reversed = star;
  std::ranges::reverse(reversed);
  Ring rotated(star.begin(), star.end() - 1);
  std::ranges::rotate(rotated, rotated.begin() + 3);
  rotated.push_back(rotated.front());

  std::mt19937 random(3);
  std::uniform_real_distribution<double> any(-1, 11);
  for (int i = 0; i < 5000; ++i) {
    const LonLat at{any(random), any(random)};
    const bool inside = contains(Polygon{star, {}}, at);
    EXPECT_EQ(contains(Polygon{reversed, {}}, at), inside);
    EXPECT_EQ(contains(Polygon{rotated, {}}, at), inside);
  }
}

TEST(Polygon, NeighboursLeaveNoGapBetweenThem) {
  // Points as near as doubles come to a slanted shared edge are in one of the two, or on the edge and in
  // both.
  const LonLat a{11.3222, 47.0381}, b{11.3571, 47.0561};
  const Polygon west{{a, b, {11.3, 47.1}, a}, {}};
  const Polygon east{{a, {11.4, 47.0}, b, a}, {}};
  std::mt19937 random(5);
  std::uniform_real_distribution<double> part(0.001, 0.999);
  int on_edge = 0;
  for (int i = 0; i < 5000; ++i) {
    const double t = part(random);
    const LonLat at{a.lon_deg + t * (b.lon_deg - a.lon_deg), a.lat_deg + t * (b.lat_deg - a.lat_deg)};
    const bool in_west = contains(west, at), in_east = contains(east, at);
    EXPECT_TRUE(in_west || in_east);
    EXPECT_EQ(in_west && in_east, side_of(a, b, at) == 0);
    on_edge += in_west && in_east;
  }
  EXPECT_LT(on_edge, 5000);
}

TEST(Polygon, SideIsExactWhereRoundingErrs) {
  // 2⁻⁵³ steps around (0.5, 0.5) against the line (12, 12)–(24, 24), as in Kettner et al. 2008: the sign must
  // be that of the small offsets.
  const double step = 0x1p-53;
  for (int i = 0; i < 64; ++i) {
    for (int j = 0; j < 64; ++j) {
      const LonLat p{0.5 + i * step, 0.5 + j * step};
      const int expected = (p.lat_deg > p.lon_deg) - (p.lat_deg < p.lon_deg);
      ASSERT_EQ(side_of({12, 12}, {24, 24}, p), expected) << i << "," << j;
      ASSERT_EQ(side_of({24, 24}, {12, 12}, p), -expected) << i << "," << j;
    }
  }
}

TEST(Polygon, BoxesAndAreas) {
  const MultiPolygon shape{
      {Polygon{kSquare, {kHole}}, Polygon{{{10, 10}, {12, 10}, {11, 15}, {10, 10}}, {}}}};
  EXPECT_EQ(bounding_box(shape), (BoundingBox{0, 0, 12, 15}));
  EXPECT_EQ(bounding_box(shape.parts[1]), (BoundingBox{10, 10, 12, 15}));
  EXPECT_TRUE(bounding_box(MultiPolygon{}).empty());
  EXPECT_EQ(signed_area_deg2(kSquare), 16);
  EXPECT_EQ(signed_area_deg2(kHole), -4);
  EXPECT_EQ(signed_area_deg2({}), 0);
  EXPECT_TRUE(contains(shape, {11, 12}));
  EXPECT_FALSE(contains(shape, {2, 2}));
  EXPECT_FALSE(contains(MultiPolygon{}, {0, 0}));
}

}  // namespace
}  // namespace geo
