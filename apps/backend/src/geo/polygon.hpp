#pragma once
// Areas on the map: rings, polygons with holes, and the question whether a point is inside.
//
// Edges are straight in longitude and latitude, as in GeoJSON. Nothing crosses the antimeridian. Membership
// is decided by exact arithmetic, so neighbours that share an edge leave no gap between them.

#include "geo/position.hpp"

#include <vector>

namespace geo {

/// Closed: the last point equals the first; at least four points. Either direction of turning.
using Ring = std::vector<LonLat>;

struct Polygon {
  Ring outer;
  std::vector<Ring> holes;

  bool operator==(const Polygon&) const = default;
};

struct MultiPolygon {
  std::vector<Polygon> parts;

  bool operator==(const MultiPolygon&) const = default;
};

BoundingBox bounding_box(const Ring& ring);
BoundingBox bounding_box(const Polygon& polygon);
BoundingBox bounding_box(const MultiPolygon& shape);

/// Where `p` lies seen from a to b: +1 left, −1 right, 0 exactly on the straight line through both. Exact
/// (Shewchuk 1997: error-bounded double arithmetic, expansions where that is not enough).
int side_of(LonLat a, LonLat b, LonLat p);

/// Even-odd rule over the outer ring and the holes. A point on any edge, also on a hole's edge, is inside.
bool contains(const Polygon& polygon, LonLat at);
/// Inside any part.
bool contains(const MultiPolygon& shape, LonLat at);

/// Shoelace area in square degrees: positive counter-clockwise. For the direction and for a degenerate ring
/// (0) only; it is no ground area.
double signed_area_deg2(const Ring& ring);

}  // namespace geo
