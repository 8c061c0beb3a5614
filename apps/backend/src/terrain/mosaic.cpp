#include "terrain/mosaic.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>

namespace terrain {
namespace {

/// Offset of one grid's first cell from another's, in cells; nullopt if their cells do not coincide.
struct Offset {
  std::int64_t columns = 0;
  std::int64_t rows = 0;
};
std::optional<Offset> offset_between(const TileFrame& from, const TileFrame& to) {
  const GridFrame& a = from.frame;
  const GridFrame& b = to.frame;
  const auto same_size = [](double x, double y) { return std::abs(x - y) <= 1e-9 * x; };
  if (from.crs != to.crs || !same_size(a.cell_width, b.cell_width) ||
      !same_size(a.cell_height, b.cell_height)) {
    return std::nullopt;
  }
  const double columns = (b.left_x - a.left_x) / a.cell_width;
  const double rows = (a.top_y - b.top_y) / a.cell_height;
  constexpr double kTolerance_cells = 0.01;
  if (std::abs(columns - std::round(columns)) > kTolerance_cells ||
      std::abs(rows - std::round(rows)) > kTolerance_cells) {
    return std::nullopt;
  }
  return Offset{std::llround(columns), std::llround(rows)};
}

bool touch(const TileFrame& a, const TileFrame& b) {
  const auto offset = offset_between(a, b);
  return offset && offset->columns <= a.frame.columns && -offset->columns <= b.frame.columns &&
         offset->rows <= a.frame.rows && -offset->rows <= b.frame.rows;
}

Mosaic merge(const std::vector<TileFrame>& tiles, const std::vector<std::size_t>& members) {
  const TileFrame& first = tiles[members.front()];
  std::vector<Offset> offsets;
  std::int64_t left = 0;
  std::int64_t top = 0;
  std::int64_t right = 0;
  std::int64_t bottom = 0;
  for (const auto member : members) {
    const Offset offset = *offset_between(first, tiles[member]);
    offsets.push_back(offset);
    left = std::min(left, offset.columns);
    top = std::min(top, offset.rows);
    right = std::max(right, offset.columns + tiles[member].frame.columns);
    bottom = std::max(bottom, offset.rows + tiles[member].frame.rows);
  }
  Mosaic mosaic;
  mosaic.frame = first.frame;
  mosaic.frame.left_x += static_cast<double>(left) * first.frame.cell_width;
  mosaic.frame.top_y -= static_cast<double>(top) * first.frame.cell_height;
  mosaic.frame.columns = static_cast<std::uint32_t>(right - left);
  mosaic.frame.rows = static_cast<std::uint32_t>(bottom - top);
  for (std::size_t i = 0; i < members.size(); ++i) {
    mosaic.tiles.push_back({members[i], static_cast<std::uint32_t>(offsets[i].columns - left),
                            static_cast<std::uint32_t>(offsets[i].rows - top)});
  }
  return mosaic;
}

class MosaicRows : public ElevationRows {
 public:
  MosaicRows(const Mosaic& mosaic, std::vector<GridFrame> frames,
             std::vector<std::unique_ptr<ElevationRows>> parts)
      : mosaic_(mosaic), frames_(std::move(frames)), parts_(std::move(parts)), row_(mosaic.frame.columns) {}

  void read(std::uint32_t first_row, std::uint32_t count, float* out, std::size_t stride) override {
    for (std::uint32_t i = 0; i < count; ++i) {
      float* const target = out + i * stride;
      std::fill_n(target, mosaic_.frame.columns, std::numeric_limits<float>::quiet_NaN());
      for (std::size_t part = 0; part < parts_.size(); ++part) overlay(part, first_row + i, target);
    }
  }

 private:
  void overlay(std::size_t part, std::uint32_t row, float* target) {
    const MosaicTile& tile = mosaic_.tiles[part];
    const GridFrame& frame = frames_[part];
    if (row < tile.top || row - tile.top >= frame.rows) return;
    parts_[part]->read(row - tile.top, 1, row_.data(), row_.size());
    float* const at = target + tile.left;
    for (std::uint32_t column = 0; column < frame.columns; ++column) {
      at[column] = at[column] == at[column] ? at[column] : row_[column];
    }
  }

  Mosaic mosaic_;
  std::vector<GridFrame> frames_;
  std::vector<std::unique_ptr<ElevationRows>> parts_;
  std::vector<float> row_;
};

}  // namespace

std::vector<Mosaic> group_into_mosaics(const std::vector<TileFrame>& tiles) {
  std::vector<std::size_t> group(tiles.size());
  std::iota(group.begin(), group.end(), std::size_t{0});
  const auto root = [&](std::size_t i) {
    while (group[i] != i) i = group[i];
    return i;
  };
  // Of neighbours that are each a little off, the last may be far off the first: then it stays apart.
  const auto all_lie_on_grid_of = [&](std::size_t first, std::size_t joining) {
    for (std::size_t k = 0; k < tiles.size(); ++k) {
      if (root(k) == joining && !offset_between(tiles[first], tiles[k])) return false;
    }
    return true;
  };
  for (std::size_t i = 0; i < tiles.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const std::size_t first = std::min(root(i), root(j));
      const std::size_t joining = std::max(root(i), root(j));
      if (first == joining || !touch(tiles[j], tiles[i]) || !all_lie_on_grid_of(first, joining)) continue;
      group[joining] = first;
    }
  }
  std::vector<Mosaic> mosaics;
  for (std::size_t i = 0; i < tiles.size(); ++i) {
    if (root(i) != i) continue;
    std::vector<std::size_t> members;
    for (std::size_t j = i; j < tiles.size(); ++j) {
      if (root(j) == i) members.push_back(j);
    }
    mosaics.push_back(merge(tiles, members));
  }
  return mosaics;
}

std::unique_ptr<ElevationRows> mosaic_rows(const Mosaic& mosaic, std::vector<GridFrame> frames,
                                           std::vector<std::unique_ptr<ElevationRows>> parts) {
  if (parts.size() == 1) return std::move(parts.front());
  return std::make_unique<MosaicRows>(mosaic, std::move(frames), std::move(parts));
}

}  // namespace terrain
