#include "geo/line.hpp"

#include <GeographicLib/Geodesic.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace geo {
namespace {

constexpr double kEquatorialRadius_m = 6'378'137.0;
constexpr double kEccentricitySquared = 0.00669437999014131699614;
constexpr double kMidLatitudeLimit_deg = 75;
constexpr double kShortStep_deg = 0.02;
constexpr double kMercatorMaxLat_deg = 85.051128779806604;

double radians(double deg) { return deg * std::numbers::pi / 180; }

double mercator_y_m(double lat_deg) {
  const double lat = radians(std::clamp(lat_deg, -kMercatorMaxLat_deg, kMercatorMaxLat_deg));
  return kEquatorialRadius_m * std::asinh(std::tan(lat));
}

/// Gauss' mid-latitude formula, first order, on the WGS 84 ellipsoid (Torge, Geodesy, 4th ed., §6.3.3): the
/// leg as a straight step in metres of the meridian and of the parallel through its middle. Within 1 mm of
/// the geodesic for steps below 0.02° and latitudes below 75° (tested).
double mid_latitude_distance_m(double middle_deg, double lat_step_deg, double lon_step_deg) {
  const double sine = std::sin(radians(middle_deg));
  const double w_squared = 1 - kEccentricitySquared * sine * sine;
  const double normal_m = kEquatorialRadius_m / std::sqrt(w_squared);
  const double meridian_m = normal_m * (1 - kEccentricitySquared) / w_squared;
  return std::hypot(meridian_m * radians(lat_step_deg),
                    normal_m * std::cos(radians(middle_deg)) * radians(lon_step_deg));
}

}  // namespace

double distance_m(LonLat from, LonLat to) {
  const double lat_step_deg = to.lat_deg - from.lat_deg;
  const double lon_step_deg = to.lon_deg - from.lon_deg;
  const double middle_deg = (from.lat_deg + to.lat_deg) / 2;
  // Recorded tracks have legs of metres, and the full inverse problem costs more than all else that is done
  // with them.
  if (std::abs(middle_deg) < kMidLatitudeLimit_deg && std::abs(lat_step_deg) < kShortStep_deg &&
      std::abs(lon_step_deg) < kShortStep_deg) {
    return mid_latitude_distance_m(middle_deg, lat_step_deg, lon_step_deg);
  }
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
  const double dx = kEquatorialRadius_m * radians(to.lon_deg - from.lon_deg);
  return std::hypot(dx, mercator_y_m(to.lat_deg) - mercator_y_m(from.lat_deg));
}

}  // namespace geo
