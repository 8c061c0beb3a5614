#include "geo/coordinate_faults.hpp"
#include "geo/line.hpp"

#include <algorithm>
#include <cmath>

namespace geo {
namespace {

void check_points(const Line& line, std::string_view path, CoordinateFaults& faults) {
  for (std::size_t i = 0; i < line.points.size(); ++i) {
    if (is_on_earth(line.points[i])) continue;
    faults.check(line.points[i], std::string(path) + "[" + std::to_string(i) + "]");
  }
}

void check_antimeridian(const Line& line, std::string_view path, CoordinateFaults& faults) {
  for (std::size_t i = 1; i < line.points.size(); ++i) {
    if (std::abs(line.points[i].lon_deg - line.points[i - 1].lon_deg) <= 180) continue;
    faults.add(
        std::string(path) + "[" + std::to_string(i) + "].lon", "antimeridian",
        "The line crosses the antimeridian (±180°) before this point, which is not supported: cut it there "
        "into two lines.");
  }
}

void check_gap_legs(const Line& line, CoordinateFaults& faults) {
  const std::size_t legs = line.points.empty() ? 0 : line.points.size() - 1;
  for (std::size_t i = 0; i < line.gap_legs.size(); ++i) {
    const auto leg = line.gap_legs[i];
    const std::string path = "gap_legs[" + std::to_string(i) + "]";
    if (leg >= legs) {
      faults.add(path, "out_of_range",
                 "A gap leg must be a leg of the line, 0 to " + std::to_string(legs) + " (excluded); it is " +
                     std::to_string(leg) + ".");
    } else if (i > 0 && leg <= line.gap_legs[i - 1]) {
      faults.add(path, "unsorted", "Gap legs must ascend, each named once.");
    }
  }
}

/// Summing geodesics costs a microsecond a leg, so it is asked last and only of lines that are otherwise
/// good.
void check_length(const Line& line, const LineLimits& limits, std::string_view path,
                  CoordinateFaults& faults) {
  double length_m = 0;
  for (const double leg_m : leg_lengths_m(line)) length_m += leg_m;
  if (length_m <= limits.max_length_m) return;
  faults.add(std::string(path), "too_long",
             "The line must be at most " + number_text(limits.max_length_m / 1000) + " km long; it is " +
                 number_text(std::round(length_m / 1000)) + " km.");
}

}  // namespace

std::vector<core::FieldError> line_faults(const Line& line, const LineLimits& limits, std::string_view path) {
  CoordinateFaults faults;
  const auto& points = line.points;
  if (points.size() > limits.max_points) {
    faults.add(std::string(path), "too_many",
               "The line must have at most " + std::to_string(limits.max_points) + " points; it has " +
                   std::to_string(points.size()) + ".");
    return faults.take(path);
  }
  check_points(line, path, faults);
  const bool moves = std::ranges::any_of(points, [&points](LonLat at) { return at != points.front(); });
  if (!moves) {
    faults.add(std::string(path), "too_few",
               "A line must have at least two distinct points; it has " +
                   std::string(points.empty() ? "none." : "one."));
  }
  check_gap_legs(line, faults);
  if (!faults.empty()) return faults.take(path);

  check_antimeridian(line, path, faults);
  if (faults.empty()) check_length(line, limits, path, faults);
  return faults.take(path);
}

void validate_line(const Line& line, const LineLimits& limits) {
  auto faults = line_faults(line, limits);
  if (faults.empty()) return;
  throw core::Error::invalid("line.invalid", "The line cannot be used.", std::move(faults));
}

}  // namespace geo
