#pragma once
// A line that a party means to follow or has followed.

#include <cstdint>
#include <string>
#include <vector>

#include "geo/position.hpp"

namespace geo {

/// At least two points. Leg i goes from points[i] to points[i + 1]. `gap_legs` (sorted) names the legs that
/// nobody drew or recorded: the jump between two track segments that are more than kMaxBridgedGap_m apart.
/// A gap leg is never graded as if it had been followed; it is unknown.
struct Line {
  std::vector<LonLat> points;
  std::vector<std::uint32_t> gap_legs;
  std::string name;

  bool operator==(const Line&) const = default;
};

/// Segments closer than this are joined without a gap leg.
inline constexpr double kMaxBridgedGap_m = 50;

/// Geodesic length of each leg in metres on the WGS 84 ellipsoid (Karney 2013, error below 15 nm);
/// size = points.size() − 1.
std::vector<double> leg_lengths_m(const Line& line);

/// Length of a leg in Web-Mercator units ("metres" at the equator), as earlier classifiers measured.
double mercator_length_m(LonLat from, LonLat to);

}  // namespace geo
