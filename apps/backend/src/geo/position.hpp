#pragma once
// Where things are: WGS 84 longitude and latitude in degrees.

namespace geo {

/// Longitude first, as in GeoJSON. Ranges: lon_deg −180…180, lat_deg −90…90.
struct LonLat {
  double lon_deg = 0;
  double lat_deg = 0;

  bool operator==(const LonLat&) const = default;
};

/// Closed box; `west <= east` (boxes do not cross the antimeridian).
struct BoundingBox {
  double west_deg = 180;
  double south_deg = 90;
  double east_deg = -180;
  double north_deg = -90;

  bool empty() const { return west_deg > east_deg || south_deg > north_deg; }
  void extend(LonLat at) {
    if (at.lon_deg < west_deg) west_deg = at.lon_deg;
    if (at.lon_deg > east_deg) east_deg = at.lon_deg;
    if (at.lat_deg < south_deg) south_deg = at.lat_deg;
    if (at.lat_deg > north_deg) north_deg = at.lat_deg;
  }
  bool contains(LonLat at) const {
    return at.lon_deg >= west_deg && at.lon_deg <= east_deg && at.lat_deg >= south_deg &&
           at.lat_deg <= north_deg;
  }
  bool intersects(const BoundingBox& other) const {
    return west_deg <= other.east_deg && other.west_deg <= east_deg && south_deg <= other.north_deg &&
           other.south_deg <= north_deg;
  }
  bool operator==(const BoundingBox&) const = default;
};

}  // namespace geo
