#pragma once
// Exact traversal of a grid along a straight line (after Amanatides & Woo 1987): every cell touched, in
// order, with the part of the line inside it.
//
// The cell of a part is that of its middle, not the result of stepping, so that the way back visits the same
// cells and a line along a cell border stays on one side of it.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace terrain {

/// A place in units of cells: (0, 0) is the outer corner of cell (0, 0), rows grow southward.
struct GridPoint {
  double column = 0;
  double row = 0;
};

struct Interval {
  double from = 0;
  double to = 0;
  bool empty() const { return !(from < to); }
};

/// The part of `within` (parameters on a→b, 0…1) for which the line is inside columns × rows cells.
inline Interval clip_to_grid(GridPoint a, GridPoint b, double columns, double rows, Interval within) {
  const auto clip = [&within](double from, double to, double size) {
    const double step = to - from;
    if (step == 0) {
      if (from < 0 || from >= size) within.to = within.from;
      return;
    }
    const double at_zero = -from / step;
    const double at_size = (size - from) / step;
    within.from = std::max(within.from, std::min(at_zero, at_size));
    within.to = std::min(within.to, std::max(at_zero, at_size));
  };
  clip(a.column, b.column, columns);
  clip(a.row, b.row, rows);
  return within;
}

/// One coordinate's crossings of whole numbers, in the order of the walk.
class Crossings {
 public:
  Crossings(double from, double to, double start) : from_(from), step_(to > from ? 1 : -1) {
    if (to == from) return;
    per_unit_ = 1 / (to - from);
    const double at = from + start * (to - from);
    line_ = step_ > 0 ? std::floor(at) + 1 : std::ceil(at) - 1;
    next_ = (line_ - from_) * per_unit_;
  }
  /// Parameter of the next crossing; infinity if there is none.
  double next() const { return next_; }
  void advance() {
    line_ += step_;
    next_ = (line_ - from_) * per_unit_;
  }

 private:
  double from_;
  double step_;
  double per_unit_ = 0;
  double line_ = 0;
  double next_ = std::numeric_limits<double>::infinity();
};

/// Calls visit(from, to, column, row, middle) for every cell along a→b within `part`, which must lie in the
/// grid.
template <typename Visit>
void walk_grid(GridPoint a, GridPoint b, std::uint32_t columns, std::uint32_t rows, Interval part,
               Visit&& visit) {
  Crossings vertical(a.column, b.column, part.from);
  Crossings horizontal(a.row, b.row, part.from);
  const double last_column = columns - 1.0;
  const double last_row = rows - 1.0;
  double at = part.from;
  while (at < part.to) {
    const double next = std::min({vertical.next(), horizontal.next(), part.to});
    if (vertical.next() <= next) vertical.advance();
    if (horizontal.next() <= next) horizontal.advance();
    if (!(next > at)) continue;
    const double middle = 0.5 * (at + next);
    const GridPoint mid{a.column + middle * (b.column - a.column), a.row + middle * (b.row - a.row)};
    visit(at, next, static_cast<std::uint32_t>(std::clamp(mid.column, 0.0, last_column)),
          static_cast<std::uint32_t>(std::clamp(mid.row, 0.0, last_row)), mid);
    at = next;
  }
}

}  // namespace terrain
