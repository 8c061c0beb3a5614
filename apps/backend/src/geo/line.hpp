#pragma once
// A line that a party means to follow or has followed.

#include "core/error.hpp"
#include "geo/position.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

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

/// Geodesic length of each leg in metres on the WGS 84 ellipsoid (see distance_m);
/// size = points.size() − 1, or 0 for fewer than two points.
std::vector<double> leg_lengths_m(const Line& line);

/// Geodesic distance in metres on the WGS 84 ellipsoid: Karney 2013 (error below 15 nm), and for steps
/// shorter than 0.02° below 75° latitude Gauss' mid-latitude formula (error below 1 mm).
double distance_m(LonLat from, LonLat to);

/// Length of a leg in Web-Mercator units ("metres" at the equator), as earlier classifiers measured.
/// Latitudes beyond ±85.06° (the projection's square) count as that latitude.
double mercator_length_m(LonLat from, LonLat to);

/// What a line may be at most. Readers of files take kMaxParsedPoints; simplify_line brings a recorded track
/// down to what is stored.
struct LineLimits {
  std::size_t max_points = 20'000;
  double max_length_m = 500'000;
};
inline constexpr std::size_t kMaxParsedPoints = 500'000;

/// Every fault of the line, with paths below `path` ("points" gives "points[3].lat"); empty if there is none.
/// Checked: finite coordinates within ±180/±90, at least two distinct points, the limits, no leg across the
/// antimeridian, gap_legs sorted and within the line. After 20 faults the rest is only counted.
std::vector<core::FieldError> line_faults(const Line& line, const LineLimits& limits = {},
                                          std::string_view path = "points");

/// Throws core::Error(invalid_input, "line.invalid") with line_faults(), if there are any.
void validate_line(const Line& line, const LineLimits& limits = {});

/// The line with fewer points: no dropped point lies farther than `tolerance_m` from the new line. Ends of
/// the line and of gap legs stay. One pass (sleeve fitting, Zhao & Saalfeld 1997), so its time grows with the
/// number of points only.
Line simplify_line(const Line& line, double tolerance_m);

}  // namespace geo
