#include "forecast/rating.hpp"

#include "forecast/day_view.hpp"

#include <algorithm>

namespace forecast {
namespace {

constexpr int kOctants = 8;
constexpr int kCellsPerInterval = 9;

CellRating over_all_octants(const CellRating* octants) {
  CellRating flat = octants[0];
  for (int i = 1; i < kOctants; ++i) {
    const CellRating& cell = octants[i];
    flat.state = worse(flat.state, cell.state);
    flat.level = std::max(flat.level, cell.level);
    flat.official = std::max(flat.official, cell.official);
    flat.overlaid = flat.overlaid || cell.overlaid;
    flat.problems |= cell.problems;
    flat.conflicting = flat.conflicting || cell.conflicting;
    flat.height_uncertain = flat.height_uncertain || cell.height_uncertain;
    flat.aspects_stated = flat.aspects_stated || cell.aspects_stated;
  }
  return flat;
}

/// An elevation inside interval i of the breaks.
double inside(const std::vector<int>& breaks, std::size_t i) {
  if (breaks.empty()) return 0;
  if (i == 0) return breaks.front() - 1;
  if (i == breaks.size()) return breaks.back() + 1;
  return (breaks[i - 1] + breaks[i]) / 2.0;
}

/// A height of each row of a table: the open intervals and, between them, the breaks.
double elevation_of_row(const std::vector<int>& breaks, std::size_t row) {
  return row % 2 == 1 ? breaks[row / 2] : inside(breaks, row / 2);
}

}  // namespace

std::array<BandFacts, 3> official_by_band(const Forecast& forecast, core::Day day, const BandHeights& heights,
                                          const Overlay& overlay) {
  // Bands are told apart even where nothing is chosen for them.
  Overlay every = overlay;
  every.bands = {DangerLevel::low, DangerLevel::low, DangerLevel::low};
  const DayView view(forecast, day, heights, &every);
  const auto breaks = view.breaks();
  std::array<BandFacts, 3> bands;
  for (std::size_t row = 0; row < 2 * breaks.size() + 1; ++row) {
    for (int octant = 0; octant < kOctants; ++octant)
      view.add_facts(elevation_of_row(breaks, row), octant, bands);
  }
  return bands;
}

RatingTable RatingTable::build(const Forecast& forecast, core::Day day, const BandHeights& heights) {
  return lay_out(forecast, day, heights, nullptr);
}

RatingTable RatingTable::build(const Forecast& forecast, core::Day day, const BandHeights& heights,
                               const Overlay& overlay) {
  return lay_out(forecast, day, heights, &overlay);
}

RatingTable RatingTable::lay_out(const Forecast& forecast, core::Day day, const BandHeights& heights,
                                 const Overlay* overlay) {
  const DayView view(forecast, day, heights, overlay);
  RatingTable table;
  table.breaks_m_ = view.breaks();
  const bool chosen = overlay != nullptr && overlay->problems;
  table.problems_complete_ = !chosen && forecast.problems_stated &&
                             forecast.problems.size() <= kMaxProblems &&
                             std::ranges::all_of(forecast.problems, can_be_placed);
  const std::size_t rows = 2 * table.breaks_m_.size() + 1;
  table.cells_.resize(rows * kCellsPerInterval);
  for (std::size_t row = 0; row < rows; ++row) {
    const double elevation_m = elevation_of_row(table.breaks_m_, row);
    CellRating* cells = &table.cells_[row * kCellsPerInterval];
    for (int octant = 0; octant < kOctants; ++octant) cells[octant] = view.answer(elevation_m, octant);
  }
  // Two ratings that meet at a break both cover it; that is a border, not a disagreement.
  for (std::size_t row = 1; row < rows; row += 2) {
    for (std::size_t octant = 0; octant < kOctants; ++octant) {
      const std::size_t at = row * kCellsPerInterval + octant;
      table.cells_[at].conflicting = table.cells_[at - kCellsPerInterval].conflicting ||
                                     table.cells_[at + kCellsPerInterval].conflicting;
    }
  }
  for (std::size_t row = 0; row < rows; ++row) {
    CellRating* cells = &table.cells_[row * kCellsPerInterval];
    cells[kOctants] = over_all_octants(cells);
  }
  return table;
}

std::size_t RatingTable::interval_of(double elevation_m) const {
  std::size_t i = 0;
  while (i < breaks_m_.size() && elevation_m > breaks_m_[i]) ++i;
  const bool on_break = i < breaks_m_.size() && elevation_m == breaks_m_[i];
  return 2 * i + (on_break ? 1 : 0);
}

const CellRating& RatingTable::at(double elevation_m, int octant) const {
  return cells_[interval_of(elevation_m) * kCellsPerInterval + static_cast<std::size_t>(octant & 7)];
}

const CellRating& RatingTable::flat(double elevation_m) const {
  return cells_[interval_of(elevation_m) * kCellsPerInterval + kOctants];
}

}  // namespace forecast
