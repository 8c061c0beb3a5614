#include "geo/polygon.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace geo {
namespace {

/// A sum of doubles kept without any rounding, as non-overlapping parts in ascending size.
class ExactSum {
 public:
  void add(double term) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < size_; ++i) {
      const double sum = term + parts_[i];
      const double virtual_part = sum - term;
      const double lost = (term - (sum - virtual_part)) + (parts_[i] - virtual_part);
      if (lost != 0) parts_[kept++] = lost;
      term = sum;
    }
    parts_[kept++] = term;
    size_ = kept;
  }

  void add_product(double a, double b) {
    const double product = a * b;
    add(std::fma(a, b, -product));
    add(product);
  }

  int sign() const {
    const double largest = parts_[size_ - 1];
    return (largest > 0) - (largest < 0);
  }

 private:
  std::array<double, 16> parts_{};
  std::size_t size_ = 0;
};

int exact_side_of(LonLat a, LonLat b, LonLat p) {
  ExactSum sum;
  sum.add_product(a.lon_deg, b.lat_deg);
  sum.add_product(-a.lon_deg, p.lat_deg);
  sum.add_product(-p.lon_deg, b.lat_deg);
  sum.add_product(-a.lat_deg, b.lon_deg);
  sum.add_product(a.lat_deg, p.lon_deg);
  sum.add_product(p.lat_deg, b.lon_deg);
  return sum.sign();
}

enum class Place { outside, inside, on_edge };

/// Counts the edges that a ray to the east crosses; each edge owns its lower end and not its upper one, so a
/// ray through a vertex counts once.
Place place_in_ring(const Ring& ring, LonLat at) {
  bool inside = false;
  for (std::size_t i = 1; i < ring.size(); ++i) {
    const LonLat a = ring[i - 1];
    const LonLat b = ring[i];
    const bool beside = (a.lat_deg < at.lat_deg && b.lat_deg < at.lat_deg) ||
                        (a.lat_deg > at.lat_deg && b.lat_deg > at.lat_deg) ||
                        (a.lon_deg < at.lon_deg && b.lon_deg < at.lon_deg);
    if (beside) continue;
    const int side = side_of(a, b, at);
    if (side == 0) {
      const auto [west, east] = std::minmax(a.lon_deg, b.lon_deg);
      // A level edge: on the same latitude is not enough.
      if (at.lon_deg >= west && at.lon_deg <= east) return Place::on_edge;
    }
    const bool climbs = a.lat_deg <= at.lat_deg && b.lat_deg > at.lat_deg;
    const bool falls = b.lat_deg <= at.lat_deg && a.lat_deg > at.lat_deg;
    if ((climbs && side > 0) || (falls && side < 0)) inside = !inside;
  }
  return inside ? Place::inside : Place::outside;
}

}  // namespace

BoundingBox bounding_box(const Ring& ring) {
  BoundingBox box;
  for (const auto& point : ring) box.extend(point);
  return box;
}

BoundingBox bounding_box(const Polygon& polygon) { return bounding_box(polygon.outer); }

BoundingBox bounding_box(const MultiPolygon& shape) {
  BoundingBox box;
  for (const auto& part : shape.parts) {
    for (const auto& point : part.outer) box.extend(point);
  }
  return box;
}

int side_of(LonLat a, LonLat b, LonLat p) {
  constexpr double kHalfUlp = 0x1p-53;
  constexpr double kErrorBound = (3 + 16 * kHalfUlp) * kHalfUlp;
  const double left = (a.lon_deg - p.lon_deg) * (b.lat_deg - p.lat_deg);
  const double right = (a.lat_deg - p.lat_deg) * (b.lon_deg - p.lon_deg);
  const double difference = left - right;
  const double bound = kErrorBound * (std::abs(left) + std::abs(right));
  if (difference > bound) return 1;
  if (difference < -bound) return -1;
  return exact_side_of(a, b, p);
}

bool contains(const Polygon& polygon, LonLat at) {
  const Place outer = place_in_ring(polygon.outer, at);
  if (outer != Place::inside) return outer == Place::on_edge;
  bool inside = true;
  for (const auto& hole : polygon.holes) {
    const Place place = place_in_ring(hole, at);
    if (place == Place::on_edge) return true;
    if (place == Place::inside) inside = !inside;
  }
  return inside;
}

bool contains(const MultiPolygon& shape, LonLat at) {
  return std::ranges::any_of(shape.parts, [at](const Polygon& part) { return contains(part, at); });
}

double signed_area_deg2(const Ring& ring) {
  if (ring.empty()) return 0;
  const LonLat origin = ring.front();
  double twice = 0;
  for (std::size_t i = 1; i < ring.size(); ++i) {
    twice += (ring[i - 1].lon_deg - origin.lon_deg) * (ring[i].lat_deg - origin.lat_deg) -
             (ring[i].lon_deg - origin.lon_deg) * (ring[i - 1].lat_deg - origin.lat_deg);
  }
  return twice / 2;
}

}  // namespace geo
