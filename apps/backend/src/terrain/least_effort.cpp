#include "terrain/least_effort.hpp"

#include <algorithm>
#include <array>
#include <queue>
#include <utility>

namespace terrain {
namespace {

struct Step {
  int columns;
  int rows;
  std::uint32_t length;  ///< tenths of a stride
};
constexpr std::array<Step, 8> kSteps = {
    {{1, 0, 10}, {0, 1, 10}, {-1, 0, 10}, {0, -1, 10}, {1, 1, 14}, {-1, 1, 14}, {-1, -1, 14}, {1, -1, 14}}};

/// How much farther a metre feels on ground of that slope code: gentle ground first, steep ground if it must
/// be.
std::uint64_t effort_factor(std::uint8_t slope_code) {
  const float slope_deg = decode_slope_deg(slope_code);
  if (slope_deg < 18) return 4;
  if (slope_deg < 25) return 6;
  if (slope_deg < 30) return 12;
  if (slope_deg < 35) return 24;
  return 60;
}

}  // namespace

EffortLattice::EffortLattice(const Dataset& dataset, std::uint32_t side)
    : stride_(std::max(1U, std::max(dataset.columns(), dataset.rows()) / side)),
      columns_(dataset.columns() / stride_),
      rows_(dataset.rows() / stride_),
      steepest_(size()),
      elevation_(size()) {
  for (std::uint32_t point = 0; point < size(); ++point) {
    const std::uint32_t left = point % columns_ * stride_;
    const std::uint32_t top = point / columns_ * stride_;
    std::uint8_t steepest = 0;
    for (std::uint32_t row = top; row < top + stride_; ++row) {
      for (std::uint32_t column = left; column < left + stride_; ++column) {
        const std::uint8_t slope = dataset.cell(column, row).slope;
        steepest = std::max(steepest, slope == kFlatSlope ? std::uint8_t{0} : slope);
      }
    }
    steepest_[point] = steepest;
    elevation_[point] = elevation_of(dataset.code(left + stride_ / 2, top + stride_ / 2));
  }
}

GridPoint EffortLattice::cell_of(std::uint32_t point) const {
  return {(point % columns_) * stride_ + stride_ / 2 + 0.5, (point / columns_) * stride_ + stride_ / 2 + 0.5};
}

std::vector<std::uint32_t> EffortTree::way_to(std::uint32_t goal) const {
  std::vector<std::uint32_t> way;
  for (auto point = goal; point != kNone; point = before[point]) way.push_back(point);
  std::ranges::reverse(way);
  return way;
}

EffortTree find_ways(const EffortLattice& lattice, std::uint32_t start, double limit_deg) {
  constexpr std::uint64_t kUnreached = ~std::uint64_t{0};
  EffortTree tree;
  tree.before.assign(lattice.size(), EffortTree::kNone);
  tree.length.assign(lattice.size(), 0);
  std::vector<std::uint64_t> effort(lattice.size(), kUnreached);
  using Entry = std::pair<std::uint64_t, std::uint32_t>;  // effort, then number: ties have one order
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> open;
  effort[start] = 0;
  open.emplace(0, start);
  while (!open.empty()) {
    const auto [so_far, point] = open.top();
    open.pop();
    if (so_far != effort[point]) continue;
    tree.in_order.push_back(point);
    const auto column = static_cast<int>(point % lattice.columns());
    const auto row = static_cast<int>(point / lattice.columns());
    for (const auto& step : kSteps) {
      const int to_column = column + step.columns;
      const int to_row = row + step.rows;
      if (to_column < 0 || to_row < 0 || std::cmp_greater_equal(to_column, lattice.columns()) ||
          std::cmp_greater_equal(to_row, lattice.rows())) {
        continue;
      }
      const auto next =
          static_cast<std::uint32_t>(to_row) * lattice.columns() + static_cast<std::uint32_t>(to_column);
      const std::uint8_t steepest = std::max(lattice.steepest(point), lattice.steepest(next));
      if (steepest == kVoidSlope || static_cast<double>(decode_slope_deg(steepest)) > limit_deg) continue;
      const std::uint64_t total = so_far + step.length * effort_factor(steepest);
      if (total >= effort[next]) continue;
      effort[next] = total;
      tree.before[next] = point;
      tree.length[next] = tree.length[point] + step.length;
      open.emplace(total, next);
    }
  }
  return tree;
}

}  // namespace terrain
