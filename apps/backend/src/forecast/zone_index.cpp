#include "forecast/zone_index.hpp"

#include "core/error.hpp"

#include <algorithm>

namespace forecast {
namespace {

constexpr int kGridSide = 256;
constexpr std::size_t kEdgesPerBand = 4;
constexpr std::size_t kMaxBands = 8192;

int clamped_cell(double position) {
  if (!(position > 0)) return 0;
  return position >= kGridSide ? kGridSide - 1 : static_cast<int>(position);
}

}  // namespace

ZoneIndex::ZoneIndex(std::vector<Zone> zones, core::Day day) : zones_(std::move(zones)) {
  if (zones_.size() > 0xFFFF) {
    throw core::Error(core::ErrorKind::too_large, "forecast.too_many_zones",
                      "There are more than 65,535 forecast zones.");
  }
  for (std::size_t i = 0; i < zones_.size(); ++i) {
    if (!is_valid_on(zones_[i], day)) continue;
    for (const geo::Polygon& part : zones_[i].shape.parts) add_shape(part, static_cast<std::uint16_t>(i));
  }
  build_grid();
}

std::uint32_t ZoneIndex::band_of(const Shape& shape, double lat_deg) {
  const double band = (lat_deg - shape.box.south_deg) * shape.bands_per_deg;
  if (!(band > 0)) return 0;
  return band >= shape.bands ? shape.bands - 1 : static_cast<std::uint32_t>(band);
}

void ZoneIndex::add_shape(const geo::Polygon& polygon, std::uint16_t zone) {
  std::vector<Edge> edges;
  const auto add_ring = [&edges](const geo::Ring& ring) {
    for (std::size_t i = 0; i + 1 < ring.size(); ++i) edges.push_back({ring[i], ring[i + 1]});
  };
  add_ring(polygon.outer);
  for (const geo::Ring& hole : polygon.holes) add_ring(hole);
  if (edges.empty()) return;

  Shape shape;
  shape.zone = zone;
  shape.box = geo::bounding_box(polygon);
  shape.bands =
      static_cast<std::uint32_t>(std::clamp<std::size_t>(edges.size() / kEdgesPerBand, 1, kMaxBands));
  const double height = shape.box.north_deg - shape.box.south_deg;
  shape.bands_per_deg = height > 0 ? shape.bands / height : 0;
  shape.first_band = static_cast<std::uint32_t>(band_starts_.size());

  std::vector<std::vector<Edge>> by_band(shape.bands);
  for (const Edge& edge : edges) {
    const auto [south, north] = std::minmax(edge.from.lat_deg, edge.to.lat_deg);
    for (auto band = band_of(shape, south); band <= band_of(shape, north); ++band)
      by_band[band].push_back(edge);
  }
  for (const auto& band : by_band) {
    band_starts_.push_back(static_cast<std::uint32_t>(edges_.size()));
    edges_.insert(edges_.end(), band.begin(), band.end());
  }
  band_starts_.push_back(static_cast<std::uint32_t>(edges_.size()));
  shapes_.push_back(shape);
  extent_.extend({shape.box.west_deg, shape.box.south_deg});
  extent_.extend({shape.box.east_deg, shape.box.north_deg});
}

std::span<const ZoneIndex::Edge> ZoneIndex::edges_of_band(const Shape& shape, std::uint32_t band) const {
  const std::size_t slot = shape.first_band + band;
  return {edges_.data() + band_starts_[slot], edges_.data() + band_starts_[slot + 1]};
}

/// Even-odd with a ray to the east; the ends of an edge count half-open, so that a vertex is crossed once.
bool ZoneIndex::contains(const Shape& shape, geo::LonLat at) const {
  if (!shape.box.contains(at)) return false;
  bool inside = false;
  for (const Edge& edge : edges_of_band(shape, band_of(shape, at.lat_deg))) {
    const auto [south, north] = std::minmax(edge.from.lat_deg, edge.to.lat_deg);
    if (at.lat_deg < south || at.lat_deg > north) continue;
    const auto [west, east] = std::minmax(edge.from.lon_deg, edge.to.lon_deg);
    if (at.lon_deg > east) continue;
    const bool crosses = (edge.from.lat_deg <= at.lat_deg) != (edge.to.lat_deg <= at.lat_deg);
    if (at.lon_deg < west) {
      inside = inside != crosses;
      continue;
    }
    const int side = geo::side_of(edge.from, edge.to, at);
    if (side == 0) return true;
    const bool edge_is_east = (side > 0) == (edge.to.lat_deg > edge.from.lat_deg);
    if (crosses && edge_is_east) inside = !inside;
  }
  return inside;
}

int ZoneIndex::column_of(double lon_deg) const {
  return clamped_cell((lon_deg - extent_.west_deg) * columns_per_deg_);
}

int ZoneIndex::row_of(double lat_deg) const {
  return clamped_cell((lat_deg - extent_.south_deg) * rows_per_deg_);
}

void ZoneIndex::add_to_grid(std::uint32_t shape_index, std::vector<std::vector<Candidate>>& cells) const {
  const Shape& shape = shapes_[shape_index];
  const int west = column_of(shape.box.west_deg);
  const int east = column_of(shape.box.east_deg);
  const int south = row_of(shape.box.south_deg);
  const int north = row_of(shape.box.north_deg);
  const auto width = static_cast<std::size_t>(east - west + 1);
  std::vector<bool> has_border(width * static_cast<std::size_t>(north - south + 1));
  const auto slot = [&](int row, int column) {
    return static_cast<std::size_t>(row - south) * width + static_cast<std::size_t>(column - west);
  };
  for (std::uint32_t band = 0; band < shape.bands; ++band) {
    for (const Edge& edge : edges_of_band(shape, band)) {
      const auto [low, high] = std::minmax(edge.from.lat_deg, edge.to.lat_deg);
      const auto [left, right] = std::minmax(edge.from.lon_deg, edge.to.lon_deg);
      for (int row = row_of(low); row <= row_of(high); ++row) {
        for (int column = column_of(left); column <= column_of(right); ++column)
          has_border[slot(row, column)] = true;
      }
    }
  }
  for (int row = south; row <= north; ++row) {
    for (int column = west; column <= east; ++column) {
      const bool border = has_border[slot(row, column)];
      const geo::LonLat middle{extent_.west_deg + (column + 0.5) / columns_per_deg_,
                               extent_.south_deg + (row + 0.5) / rows_per_deg_};
      if (!border && !contains(shape, middle)) continue;
      cells[static_cast<std::size_t>(row * kGridSide + column)].push_back({shape_index, !border});
    }
  }
}

void ZoneIndex::build_grid() {
  if (shapes_.empty()) return;
  const auto per_deg = [](double size_deg) { return size_deg > 0 ? kGridSide / size_deg : 1.0; };
  columns_per_deg_ = per_deg(extent_.east_deg - extent_.west_deg);
  rows_per_deg_ = per_deg(extent_.north_deg - extent_.south_deg);
  std::vector<std::vector<Candidate>> cells(static_cast<std::size_t>(kGridSide) * kGridSide);
  for (std::uint32_t i = 0; i < shapes_.size(); ++i) add_to_grid(i, cells);
  for (const auto& cell : cells) {
    cell_starts_.push_back(static_cast<std::uint32_t>(candidates_.size()));
    candidates_.insert(candidates_.end(), cell.begin(), cell.end());
  }
  cell_starts_.push_back(static_cast<std::uint32_t>(candidates_.size()));
}

void ZoneIndex::zones_at(geo::LonLat at, std::vector<std::uint16_t>& found) const {
  found.clear();
  if (shapes_.empty() || !extent_.contains(at)) return;
  const auto cell = static_cast<std::size_t>(row_of(at.lat_deg) * kGridSide + column_of(at.lon_deg));
  for (std::uint32_t i = cell_starts_[cell]; i < cell_starts_[cell + 1]; ++i) {
    const Candidate& candidate = candidates_[i];
    const Shape& shape = shapes_[candidate.shape];
    if (!found.empty() && found.back() == shape.zone) continue;
    if (candidate.whole || contains(shape, at)) found.push_back(shape.zone);
  }
}

}  // namespace forecast
