#pragma once
// Which zones is a point in? Immutable; safe to share between threads.

#include "forecast/zone.hpp"
#include "geo/position.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace forecast {

/// Built once from the zones of one day, then asked for every piece of every route. A coarse grid answers
/// where no border is near; near a border the edges at the point's latitude are tested exactly. A point on a
/// border is in every zone that has this border; zones may overlap.
class ZoneIndex {
 public:
  ZoneIndex() = default;
  /// Uses the zones that are valid on `day`; the others are never answered. At most 65,535 zones.
  ZoneIndex(std::vector<Zone> zones, core::Day day);

  const std::vector<Zone>& zones() const { return zones_; }

  /// Replaces `found` with the indices (into zones()) of the zones at the point, ascending. Does not allocate
  /// once `found` has grown.
  void zones_at(geo::LonLat at, std::vector<std::uint16_t>& found) const;

  std::vector<std::uint16_t> zones_at(geo::LonLat at) const {
    std::vector<std::uint16_t> found;
    zones_at(at, found);
    return found;
  }

 private:
  struct Edge {
    geo::LonLat from;
    geo::LonLat to;
  };
  /// One polygon of a zone: its edges, listed for each of `bands` equal strips of latitude.
  struct Shape {
    geo::BoundingBox box;
    double bands_per_deg = 0;
    std::uint32_t first_band = 0;  ///< into band_starts_
    std::uint32_t bands = 0;
    std::uint16_t zone = 0;
  };
  /// What a grid cell knows of a shape.
  struct Candidate {
    std::uint32_t shape = 0;
    bool whole = false;  ///< no border in the cell: every point of it is inside
  };

  void add_shape(const geo::Polygon& polygon, std::uint16_t zone);
  void build_grid();
  void add_to_grid(std::uint32_t shape, std::vector<std::vector<Candidate>>& cells) const;
  bool contains(const Shape& shape, geo::LonLat at) const;
  std::span<const Edge> edges_of_band(const Shape& shape, std::uint32_t band) const;
  static std::uint32_t band_of(const Shape& shape, double lat_deg);
  int column_of(double lon_deg) const;
  int row_of(double lat_deg) const;

  std::vector<Zone> zones_;
  std::vector<Shape> shapes_;
  std::vector<std::uint32_t> band_starts_;  ///< into edges_; one more than there are bands of a shape
  std::vector<Edge> edges_;
  geo::BoundingBox extent_;
  double columns_per_deg_ = 0;
  double rows_per_deg_ = 0;
  std::vector<std::uint32_t> cell_starts_;  ///< into candidates_
  std::vector<Candidate> candidates_;
};

}  // namespace forecast
