#include "geo/line.hpp"

#include <GeographicLib/Geodesic.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <random>

namespace geo {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

struct FaultCase {
  const char* what;
  Line line;
  std::vector<std::pair<std::string, std::string>> faults;  // path, code
};

std::vector<std::pair<std::string, std::string>> paths_and_codes(
    const std::vector<core::FieldError>& faults) {
  std::vector<std::pair<std::string, std::string>> result;
  for (const auto& fault : faults) result.emplace_back(fault.path, fault.code);
  return result;
}

TEST(Line, LengthsAreGeodesic) {
  // A degree along the equator is a·π/180; a quarter meridian is 10 001 965.729 m (WGS 84).
  EXPECT_NEAR(distance_m({0, 0}, {1, 0}), 6'378'137.0 * std::numbers::pi / 180, 1e-6);
  EXPECT_NEAR(distance_m({0, 0}, {0, 90}), 10'001'965.729, 1e-3);

  const Line line{{{0, 0}, {1, 0}, {1, 0}, {0, 0}}, {}, ""};
  const auto lengths = leg_lengths_m(line);
  ASSERT_EQ(lengths.size(), 3u);
  EXPECT_EQ(lengths[1], 0);
  EXPECT_DOUBLE_EQ(lengths[0], lengths[2]);
  EXPECT_TRUE(leg_lengths_m({}).empty());
}

TEST(Line, MercatorUnitsAreStretchedByTheLatitude) {
  const LonLat from{11.4, 47.3};
  const LonLat east{11.401, 47.3};
  const LonLat north{11.4, 47.301};
  const double stretch = 1 / std::cos(47.3 * std::numbers::pi / 180);

  EXPECT_NEAR(mercator_length_m(from, east), 6'378'137.0 * 0.001 * std::numbers::pi / 180, 1e-6);
  // Against the ellipsoid the sphere of Web Mercator is off by up to 0.7 %.
  EXPECT_NEAR(mercator_length_m(from, north) / distance_m(from, north), stretch, 0.007 * stretch);
  EXPECT_TRUE(std::isfinite(mercator_length_m({0, 89}, {0, 90})));
}

TEST(Line, NamesEveryFaultByItsPath) {
  const std::vector<FaultCase> cases = {
      {"good", {{{11, 47}, {11.1, 47}}, {0}, ""}, {}},
      {"no point", {}, {{"points", "too_few"}}},
      {"one point twice", {{{11, 47}, {11, 47}}, {}, ""}, {{"points", "too_few"}}},
      {"bad latitude and longitude",
       {{{11, 47}, {181, 47}, {11, 91}}, {}, ""},
       {{"points[1].lon", "out_of_range"}, {"points[2].lat", "out_of_range"}}},
      {"not a number",
       {{{kNaN, 47}, {11, std::numeric_limits<double>::infinity()}}, {}, ""},
       {{"points[0].lon", "out_of_range"}, {"points[1].lat", "out_of_range"}}},
      {"antimeridian", {{{179.9, 60}, {-179.9, 60}}, {}, ""}, {{"points[1].lon", "antimeridian"}}},
      {"too long", {{{0, 45}, {7, 45}}, {}, ""}, {{"points", "too_long"}}},
      {"gap beyond the line", {{{11, 47}, {11.1, 47}}, {1}, ""}, {{"gap_legs[0]", "out_of_range"}}},
      {"gap twice", {{{11, 47}, {11.1, 47}, {11.2, 47}}, {1, 1}, ""}, {{"gap_legs[1]", "unsorted"}}},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(paths_and_codes(line_faults(test.line)), test.faults) << test.what;
  }
}

TEST(Line, SaysThatCoordinatesMayBeSwapped) {
  const auto faults = line_faults({{{47.3, 111.4}, {47.4, 111.4}}, {}, ""});
  ASSERT_EQ(faults.size(), 2u);
  EXPECT_THAT(faults[0].message, testing::HasSubstr("swapped"));
}

TEST(Line, CountsFaultsBeyondTheTwentieth) {
  Line line;
  for (int i = 0; i < 30; ++i) line.points.push_back({200.0 + i, 0});
  const auto faults = line_faults(line, {}, "legs");
  ASSERT_EQ(faults.size(), 21u);
  EXPECT_EQ(faults[0].path, "legs[0].lon");
  EXPECT_THAT(faults[20].message, testing::HasSubstr("10 more"));
}

TEST(Line, RefusesMorePointsThanAllowed) {
  const Line line{{{11, 47}, {11.1, 47}, {11.2, 47}}, {}, ""};
  EXPECT_TRUE(line_faults(line, {.max_points = 3}).empty());
  const auto faults = line_faults(line, {.max_points = 2});
  ASSERT_EQ(faults.size(), 1u);
  EXPECT_EQ(faults[0].code, "too_many");
  EXPECT_THROW(validate_line(line, {.max_points = 2}), core::Error);
}

/// Distance of p from the segment a–b on a local flat map.
double distance_to_segment_m(LonLat p, LonLat a, LonLat b) {
  const double kx = 111'320 * std::cos(p.lat_deg * std::numbers::pi / 180);
  const double ky = 111'200;
  const double bx = (b.lon_deg - a.lon_deg) * kx, by = (b.lat_deg - a.lat_deg) * ky;
  const double px = (p.lon_deg - a.lon_deg) * kx, py = (p.lat_deg - a.lat_deg) * ky;
  const double square = bx * bx + by * by;
  const double t = square == 0 ? 0 : std::clamp((px * bx + py * by) / square, 0.0, 1.0);
  return std::hypot(px - t * bx, py - t * by);
}

/// Walks both lines: every dropped point must be near the segment that replaces it.
void expect_within(const Line& line, const Line& simple, double tolerance_m) {
  std::size_t kept = 0;
  for (const auto& point : line.points) {
    if (kept + 1 < simple.points.size() && point == simple.points[kept + 1]) {
      ++kept;
      continue;
    }
    if (point == simple.points[kept]) continue;
    ASSERT_LT(kept + 1, simple.points.size());
    EXPECT_LE(distance_to_segment_m(point, simple.points[kept], simple.points[kept + 1]), tolerance_m);
  }
  EXPECT_EQ(kept + 1, simple.points.size());
}

TEST(Line, SimplifyingKeepsWithinTheTolerance) {
  std::mt19937 random(7);
  std::normal_distribution<double> wobble(0, 0.6);
  for (int round = 0; round < 50; ++round) {
    Line line;
    LonLat at{11.4, 47.3};
    double heading = 0;
    for (int i = 0; i < 2000; ++i) {
      line.points.push_back(at);
      heading += wobble(random);
      at.lon_deg += 1e-5 * std::cos(heading);
      at.lat_deg += 1e-5 * std::sin(heading);
    }
    const Line simple = simplify_line(line, 2.0);
    EXPECT_LT(simple.points.size(), line.points.size());
    EXPECT_EQ(simple.points.front(), line.points.front());
    EXPECT_EQ(simple.points.back(), line.points.back());
    expect_within(line, simple, 2.0);
  }
}

TEST(Line, SimplifyingKeepsTheFarEndOfAnOutAndBack) {
  const Line line{{{11, 47}, {11.01, 47}, {11.02, 47}, {11.01, 47}, {11, 47}}, {}, "x"};
  const Line simple = simplify_line(line, 1.0);
  EXPECT_EQ(simple.points, (std::vector<LonLat>{{11, 47}, {11.02, 47}, {11, 47}}));
  EXPECT_EQ(simple.name, "x");
}

TEST(Line, SimplifyingKeepsGapLegs) {
  const Line line{{{11, 47}, {11.001, 47}, {11.002, 47}, {11.01, 47}, {11.011, 47}, {11.012, 47}}, {2}, ""};
  const Line simple = simplify_line(line, 5.0);
  EXPECT_EQ(simple.points, (std::vector<LonLat>{{11, 47}, {11.002, 47}, {11.01, 47}, {11.012, 47}}));
  EXPECT_EQ(simple.gap_legs, (std::vector<std::uint32_t>{1}));
}

TEST(LineLength, ShortLegsAgreeWithTheGeodesicToAMillimetre) {
  // Halving a leg that is too long for the short formula must not change its length: the halves use it.
  for (double lat_deg = -74.5; lat_deg < 74.6; lat_deg += 7.3) {
    for (double bearing = 0; bearing < 6.3; bearing += 0.37) {
      const double step_deg = 0.019;
      const LonLat from{11, lat_deg};
      const LonLat to{11 + step_deg * std::sin(bearing), lat_deg + step_deg * std::cos(bearing)};
      double exact_m = 0;
      GeographicLib::Geodesic::WGS84().Inverse(from.lat_deg, from.lon_deg, to.lat_deg, to.lon_deg, exact_m);
      EXPECT_NEAR(distance_m(from, to), exact_m, 0.001) << lat_deg << " " << bearing;
    }
  }
}

}  // namespace
}  // namespace geo
