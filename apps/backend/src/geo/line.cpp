#include "geo/line.hpp"

#include <GeographicLib/Geodesic.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace geo {
namespace {

constexpr double kMercatorRadius_m = 6'378'137.0;
constexpr double kMercatorMaxLat_deg = 85.051128779806604;

double radians(double deg) { return deg * std::numbers::pi / 180; }

double mercator_y_m(double lat_deg) {
  const double lat = radians(std::clamp(lat_deg, -kMercatorMaxLat_deg, kMercatorMaxLat_deg));
  return kMercatorRadius_m * std::asinh(std::tan(lat));
}

}  // namespace

double distance_m(LonLat from, LonLat to) {
  double length_m = 0;
  GeographicLib::Geodesic::WGS84().Inverse(from.lat_deg, from.lon_deg, to.lat_deg, to.lon_deg, length_m);
  return length_m;
}

std::vector<double> leg_lengths_m(const Line& line) {
  std::vector<double> lengths;
  if (line.points.size() < 2) return lengths;
  lengths.reserve(line.points.size() - 1);
  for (std::size_t i = 1; i < line.points.size(); ++i) {
    lengths.push_back(distance_m(line.points[i - 1], line.points[i]));
  }
  return lengths;
}

double mercator_length_m(LonLat from, LonLat to) {
  const double dx = kMercatorRadius_m * radians(to.lon_deg - from.lon_deg);
  return std::hypot(dx, mercator_y_m(to.lat_deg) - mercator_y_m(from.lat_deg));
}

}  // namespace geo
