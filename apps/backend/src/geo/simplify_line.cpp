#include "geo/line.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace geo {
namespace {

/// A dropped point may lie one sleeve width beside the new line and one beyond its end, together √2 widths.
/// The rest up to 0.7 pays for the local flat map, whose scale is right within 1 %.
constexpr double kSleevePerTolerance = 0.7;

/// The directions in which a straight line from the anchor passes every point since by at most the tolerance.
class Sleeve {
 public:
  Sleeve(LonLat anchor, double tolerance_m) : anchor_(anchor), tolerance_m_(tolerance_m) {
    constexpr double kMetresPerDegree = 111'320;
    metres_per_lat_deg_ = kMetresPerDegree;
    metres_per_lon_deg_ = kMetresPerDegree * std::cos(anchor.lat_deg * std::numbers::pi / 180);
  }

  /// Narrows the sleeve so that `at` is in it. False, and nothing changed, if `at` does not fit or comes back
  /// towards the anchor: then the line must turn before it.
  bool take(LonLat at) {
    const double x = (at.lon_deg - anchor_.lon_deg) * metres_per_lon_deg_;
    const double y = (at.lat_deg - anchor_.lat_deg) * metres_per_lat_deg_;
    const double distance = std::hypot(x, y);
    if (distance < farthest_m_ - tolerance_m_) return false;
    if (distance <= tolerance_m_ && !open_) return false;
    if (distance > tolerance_m_) {
      const double direction = std::atan2(y, x);
      const double half_width = std::asin(tolerance_m_ / distance);
      if (!open_ && !narrow(direction, half_width)) return false;
      if (open_) start(direction, half_width);
    }
    farthest_m_ = std::max(farthest_m_, distance);
    return true;
  }

 private:
  void start(double direction, double half_width) {
    open_ = false;
    axis_ = direction;
    low_ = -half_width;
    high_ = half_width;
  }

  bool narrow(double direction, double half_width) {
    const double turn = std::remainder(direction - axis_, 2 * std::numbers::pi);
    if (turn < low_ || turn > high_) return false;
    low_ = std::max(low_, turn - half_width);
    high_ = std::min(high_, turn + half_width);
    return true;
  }

  LonLat anchor_;
  double tolerance_m_;
  double metres_per_lon_deg_ = 0;
  double metres_per_lat_deg_ = 0;
  double farthest_m_ = 0;
  double axis_ = 0;
  double low_ = 0;
  double high_ = 0;
  bool open_ = true;
};

}  // namespace

Line simplify_line(const Line& line, double tolerance_m) {
  if (line.points.size() < 3) return line;
  Line result;
  result.name = line.name;
  result.points.push_back(line.points.front());
  const double width_m = tolerance_m * kSleevePerTolerance;
  Sleeve sleeve(line.points.front(), width_m);
  auto next_gap = line.gap_legs.begin();
  const auto turn_at = [&](std::size_t i) {
    result.points.push_back(line.points[i]);
    sleeve = Sleeve(line.points[i], width_m);
  };

  for (std::size_t i = 1; i < line.points.size(); ++i) {
    const bool anchor_is_previous = result.points.back() == line.points[i - 1];
    if (next_gap != line.gap_legs.end() && *next_gap == i - 1) {
      if (!anchor_is_previous) turn_at(i - 1);
      result.gap_legs.push_back(static_cast<std::uint32_t>(result.points.size() - 1));
      turn_at(i);
      ++next_gap;
    } else if (!sleeve.take(line.points[i])) {
      turn_at(i - 1);
      sleeve.take(line.points[i]);
    }
  }
  if (result.points.back() != line.points.back() || result.points.size() < 2) {
    result.points.push_back(line.points.back());
  }
  return result;
}

}  // namespace geo
