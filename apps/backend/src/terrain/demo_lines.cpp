#include "core/error.hpp"
#include "geo/line.hpp"
#include "terrain/demo_massif.hpp"
#include "terrain/least_effort.hpp"
#include "terrain/projection.hpp"
#include "terrain/sampler.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

namespace terrain {
namespace {

constexpr std::uint32_t kLatticeSide = 400;
constexpr std::size_t kStarts = 12;
constexpr std::size_t kGoalsPerStart = 160;
constexpr double kShortest_m = 3000;
constexpr double kLongest_m = 8000;

/// Rounds the corners of a way on the lattice (Chaikin 1974), ends kept.
std::vector<GridPoint> round_corners(std::vector<GridPoint> points) {
  for (int pass = 0; pass < 2 && points.size() > 2; ++pass) {
    std::vector<GridPoint> rounded = {points.front()};
    for (std::size_t i = 0; i + 1 < points.size(); ++i) {
      const GridPoint a = points[i];
      const GridPoint b = points[i + 1];
      rounded.push_back({0.75 * a.column + 0.25 * b.column, 0.75 * a.row + 0.25 * b.row});
      rounded.push_back({0.25 * a.column + 0.75 * b.column, 0.25 * a.row + 0.75 * b.row});
    }
    rounded.push_back(points.back());
    points = std::move(rounded);
  }
  return points;
}

/// The middle of every four neighbours in place of a lattice point: staircases become slanting lines.
std::vector<GridPoint> relax(const std::vector<GridPoint>& points) {
  std::vector<GridPoint> relaxed = points;
  for (std::size_t i = 2; i + 2 < points.size(); ++i) {
    GridPoint sum;
    for (std::size_t j = i - 2; j <= i + 2; ++j) {
      sum.column += points[j].column;
      sum.row += points[j].row;
    }
    relaxed[i] = {sum.column / 5, sum.row / 5};
  }
  return relaxed;
}

double distance_to_chord(GridPoint p, GridPoint a, GridPoint b) {
  const double dx = b.column - a.column;
  const double dy = b.row - a.row;
  const double length = std::sqrt(dx * dx + dy * dy);
  if (length == 0)
    return std::sqrt((p.column - a.column) * (p.column - a.column) + (p.row - a.row) * (p.row - a.row));
  return std::abs((p.column - a.column) * dy - (p.row - a.row) * dx) / length;
}

/// Leaves out points less than `tolerance` cells from the line without them (Douglas & Peucker 1973).
void thin_out(const std::vector<GridPoint>& points, std::size_t first, std::size_t last, double tolerance,
              std::vector<GridPoint>& out) {
  double largest = 0;
  std::size_t farthest = first;
  for (std::size_t i = first + 1; i < last; ++i) {
    const double distance = distance_to_chord(points[i], points[first], points[last]);
    if (distance > largest) {
      largest = distance;
      farthest = i;
    }
  }
  if (largest <= tolerance) return out.push_back(points[last]);
  thin_out(points, first, farthest, tolerance, out);
  thin_out(points, farthest, last, tolerance, out);
}

class Search {
 public:
  explicit Search(const Store& store)
      : dataset_(store.datasets().front()),
        lattice_(dataset_, kLatticeSide),
        projection_(dataset_.info().pipeline),
        sampler_(std::shared_ptr<const Store>(std::shared_ptr<const Store>(), &store)) {
    pick_starts();
  }

  /// The first line, over all starts and goals in order, of which `wanted` approves.
  std::optional<geo::Line> find(const std::string& name, double limit_deg, double min_climb_m,
                                const std::function<bool(const std::vector<LinePiece>&)>& wanted) const {
    for (const auto start : starts_) {
      const EffortTree tree = find_ways(lattice_, start, limit_deg);
      for (const auto goal : goals(tree, start, min_climb_m)) {
        geo::Line line = line_of(tree.way_to(goal));
        const auto pieces = sampler_.sample(line);
        const double length_m = pieces.empty() ? 0 : pieces.back().to_m;
        if (length_m < kShortest_m || length_m > kLongest_m || !wanted(pieces)) continue;
        line.name = name;
        return line;
      }
    }
    return std::nullopt;
  }

 private:
  /// The lowest gentle point of each of a few large squares.
  void pick_starts() {
    const auto squares = static_cast<std::uint32_t>(std::ceil(std::sqrt(kStarts)));
    for (std::uint32_t i = 0; i < squares * squares; ++i) {
      std::optional<std::uint32_t> best;
      const auto from_row = i / squares * lattice_.rows() / squares;
      const auto to_row = (i / squares + 1) * lattice_.rows() / squares;
      const auto from_column = i % squares * lattice_.columns() / squares;
      const auto to_column = (i % squares + 1) * lattice_.columns() / squares;
      for (auto row = from_row; row < to_row; ++row) {
        for (auto column = from_column; column < to_column; ++column) {
          const std::uint32_t point = row * lattice_.columns() + column;
          if (lattice_.steepest(point) > kGentle) continue;
          if (!best || lattice_.elevation(point) < lattice_.elevation(*best)) best = point;
        }
      }
      if (best) starts_.push_back(*best);
    }
  }

  /// Points whose way has a fitting length and climb, thinned out evenly from near to far.
  std::vector<std::uint32_t> goals(const EffortTree& tree, std::uint32_t start, double min_climb_m) const {
    const double stride_m =
        dataset_.info().cell_north_m * (lattice_.cell_of(1).column - lattice_.cell_of(0).column);
    const double climb_codes = min_climb_m / static_cast<double>(kElevationStep_m);
    std::vector<std::uint32_t> fitting;
    for (const auto point : tree.in_order) {
      const double length_m = tree.length[point] * stride_m / 10;
      const double climb = double{1} * lattice_.elevation(point) - lattice_.elevation(start);
      if (length_m >= kShortest_m * 1.15 && length_m <= kLongest_m * 0.9 && climb >= climb_codes) {
        fitting.push_back(point);
      }
    }
    const std::size_t every = std::max<std::size_t>(1, fitting.size() / kGoalsPerStart);
    std::vector<std::uint32_t> chosen;
    for (std::size_t i = every - 1; i < fitting.size(); i += every) chosen.push_back(fitting[i]);
    return chosen;
  }

  geo::Line line_of(const std::vector<std::uint32_t>& way) const {
    std::vector<GridPoint> points;
    for (const auto point : way) points.push_back(lattice_.cell_of(point));
    points = round_corners(relax(points));
    std::vector<GridPoint> thin = {points.front()};
    thin_out(points, 0, points.size() - 1, 0.5, thin);
    const GridFrame& frame = dataset_.info().frame;
    geo::Line line;
    for (const auto point : thin) {
      const auto place = projection_.inverse(
          {frame.left_x + point.column * frame.cell_width, frame.top_y - point.row * frame.cell_height});
      // As a client would send it: seven decimals, a centimetre.
      line.points.push_back({std::round(place.lon_deg * 1e7) / 1e7, std::round(place.lat_deg * 1e7) / 1e7});
    }
    return line;
  }

  static constexpr std::uint8_t kGentle = 30;  // 12°

  const Dataset& dataset_;
  EffortLattice lattice_;
  Projection projection_;
  Sampler sampler_;
  std::vector<std::uint32_t> starts_;
};

bool all_known_below(const std::vector<LinePiece>& pieces, float slope_deg) {
  return std::ranges::all_of(pieces, [&](const LinePiece& piece) {
    return piece.state == PieceState::known && piece.slope_deg < slope_deg;
  });
}

bool all_known(const std::vector<LinePiece>& pieces) { return all_known_below(pieces, 91); }

geo::Line require(std::optional<geo::Line> line, const std::string& what) {
  if (line) return *std::move(line);
  throw core::Error(core::ErrorKind::not_found, "terrain.no_demo_line",
                    "This terrain holds no demo line of the kind \"" + what + "\".");
}

}  // namespace

double longest_stretch_m(std::span<const LinePiece> pieces, double slope_deg) {
  double longest = 0;
  double current = 0;
  for (const auto& piece : pieces) {
    const bool steep = piece.state == PieceState::known && static_cast<double>(piece.slope_deg) >= slope_deg;
    current = steep ? current + piece.length_m() : 0;
    longest = std::max(longest, current);
  }
  return longest;
}

DemoLines demo_lines(const Store& store) {
  const Search search(store);
  const auto stretch_between = [](double low_m, double high_m) {
    return [low_m, high_m](const std::vector<LinePiece>& pieces) {
      const double longest = longest_stretch_m(pieces, 35);
      return all_known(pieces) && longest >= low_m && longest <= high_m;
    };
  };
  DemoLines lines;
  lines.valley = require(search.find("Valley floor", 22, -500,
                                     [](const auto& pieces) { return all_known_below(pieces, 24.5F); }),
                         "valley");
  // Well inside 12…40 m and beyond 40 m, so that the grade does not hang on the last metre.
  lines.traverse =
      require(search.find("Shoulder with a steep step", 48, 250, stretch_between(18, 33)), "traverse");
  lines.steep_face =
      require(search.find("Summit by the steep face", 55, 600, stretch_between(60, 400)), "steep face");
  return lines;
}

}  // namespace terrain
