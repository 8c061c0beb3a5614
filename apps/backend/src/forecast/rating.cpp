#include "forecast/rating.hpp"

#include <algorithm>
#include <array>

namespace forecast {
namespace {

constexpr int kOctants = 8;
constexpr int kCellsPerInterval = 9;
constexpr std::size_t kMaxProblems = 32;

/// Which reason wins when several states meet at one place; higher is worse, `rated` is the best.
int severity(RatingState state) {
  switch (state) {
    case RatingState::rated:
      return 0;
    case RatingState::not_forecast:
      return 1;
    case RatingState::no_snow:
      return 2;
    case RatingState::spring:
      return 3;
    case RatingState::early_season:
      return 4;
    case RatingState::no_rating:
      return 5;
    case RatingState::unrecognised:
      return 6;
    case RatingState::no_forecast:
      return 7;
    case RatingState::off_season:
      return 8;
  }
  return 6;
}

RatingState worse(RatingState a, RatingState b) { return severity(b) > severity(a) ? b : a; }

/// True when the coverage cannot be laid out: it may apply anywhere, it certainly applies nowhere.
bool unreadable(const Coverage& where) {
  using Kind = ElevationBound::Kind;
  if (where.rose) return false;
  if (where.lower.kind == Kind::unrecognised || where.upper.kind == Kind::unrecognised) return true;
  return where.lower.kind == Kind::metres && where.upper.kind == Kind::metres &&
         where.lower.metres > where.upper.metres;
}

/// One way the unknown heights may be at a given elevation.
struct World {
  enum class Treeline : std::uint8_t { above_place, at_place, below_place };
  Treeline treeline = Treeline::at_place;
  int band = 0;
};

bool covers(const Coverage& where, double elevation_m, int octant, const World& world) {
  using Kind = ElevationBound::Kind;
  if (where.rose) return ((*where.rose >> (world.band * kOctants + octant)) & 1U) != 0;
  if (((where.aspects >> octant) & 1) == 0) return false;
  if (unreadable(where)) return true;
  if (where.lower.kind == Kind::metres && elevation_m < where.lower.metres) return false;
  if (where.upper.kind == Kind::metres && elevation_m > where.upper.metres) return false;
  if (where.lower.kind == Kind::treeline && world.treeline == World::Treeline::above_place) return false;
  return !(where.upper.kind == Kind::treeline && world.treeline == World::Treeline::below_place);
}

HeightRange ordered(HeightRange range) {
  return {std::min(range.from_m, range.to_m), std::max(range.from_m, range.to_m)};
}

/// What one day of a forecast says, ready to be asked place by place.
class DayView {
 public:
  DayView(const Forecast& forecast, core::Day day, const BandHeights& heights) : heights_(heights) {
    for (const Rating& rating : forecast.ratings) {
      if (rating.day == day) ratings_.push_back(&rating);
    }
    const std::size_t count = std::min(forecast.problems.size(), kMaxProblems);
    for (std::size_t i = 0; i < count; ++i) {
      const Problem& problem = forecast.problems[i];
      if (!problem.day || *problem.day == day) problems_.push_back({&problem, 1U << i});
    }
    nothing_said_ = forecast.off_season ? RatingState::off_season : RatingState::no_forecast;
    for (const Rating* rating : ratings_) note(rating->where);
    for (const auto& [problem, bit] : problems_) note(problem->where);
  }

  std::vector<int> breaks() const {
    std::vector<int> found;
    const auto add = [&found](const std::optional<HeightRange>& range) {
      if (!range) return;
      found.push_back(range->from_m);
      found.push_back(range->to_m);
    };
    const auto add_metres = [&found](const Coverage& where) {
      if (where.rose) return;
      if (where.lower.kind == ElevationBound::Kind::metres) found.push_back(where.lower.metres);
      if (where.upper.kind == ElevationBound::Kind::metres) found.push_back(where.upper.metres);
    };
    for (const Rating* rating : ratings_) add_metres(rating->where);
    for (const auto& [problem, bit] : problems_) add_metres(problem->where);
    if (uses_treeline_) add(heights_.treeline);
    if (uses_bands_) {
      add(heights_.upper_begins);
      add(heights_.middle_begins);
    }
    std::ranges::sort(found);
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
  }

  CellRating answer(double elevation_m, int octant) const {
    CellRating cell;
    bool first = true;
    for (const World& world : worlds_at(elevation_m)) {
      const CellRating here = answer_in(world, elevation_m, octant);
      if (first) {
        cell = here;
        first = false;
        continue;
      }
      const bool differs =
          here.level != cell.level || here.state != cell.state || here.problems != cell.problems;
      cell.height_uncertain = cell.height_uncertain || here.height_uncertain || differs;
      if (here.level > cell.level) {
        cell.level = here.level;
        cell.aspects_stated = here.aspects_stated;
      } else if (here.level == cell.level) {
        cell.aspects_stated = cell.aspects_stated || here.aspects_stated;
      }
      cell.state = worse(cell.state, here.state);
      cell.problems |= here.problems;
      cell.conflicting = cell.conflicting || here.conflicting;
    }
    return cell;
  }

 private:
  struct NumberedProblem {
    const Problem* problem;
    std::uint32_t bit;
  };

  void note(const Coverage& where) {
    uses_bands_ = uses_bands_ || where.rose.has_value();
    if (where.rose) return;
    uses_treeline_ = uses_treeline_ || where.lower.kind == ElevationBound::Kind::treeline ||
                     where.upper.kind == ElevationBound::Kind::treeline;
  }

  std::vector<World::Treeline> treelines_at(double elevation_m) const {
    using Treeline = World::Treeline;
    if (!uses_treeline_) return {Treeline::at_place};
    if (!heights_.treeline) return {Treeline::above_place, Treeline::below_place};
    const HeightRange range = ordered(*heights_.treeline);
    if (range.from_m == range.to_m && elevation_m == range.from_m) return {Treeline::at_place};
    std::vector<Treeline> possible;
    if (elevation_m <= range.to_m) possible.push_back(Treeline::above_place);
    if (elevation_m >= range.from_m) possible.push_back(Treeline::below_place);
    return possible;
  }

  std::vector<int> bands_at(double elevation_m) const {
    if (!uses_bands_) return {0};
    const auto reaches = [elevation_m](const std::optional<HeightRange>& begins) {
      return !begins || elevation_m >= ordered(*begins).from_m;
    };
    const auto stays_below = [elevation_m](const std::optional<HeightRange>& begins) {
      return !begins || elevation_m <= ordered(*begins).to_m;
    };
    std::vector<int> possible;
    if (reaches(heights_.upper_begins)) possible.push_back(static_cast<int>(Band::upper));
    if (stays_below(heights_.upper_begins) && reaches(heights_.middle_begins)) {
      possible.push_back(static_cast<int>(Band::middle));
    }
    if (stays_below(heights_.middle_begins)) possible.push_back(static_cast<int>(Band::lower));
    return possible;
  }

  std::vector<World> worlds_at(double elevation_m) const {
    std::vector<World> worlds;
    for (const World::Treeline treeline : treelines_at(elevation_m)) {
      for (const int band : bands_at(elevation_m)) worlds.push_back({treeline, band});
    }
    return worlds;
  }

  CellRating answer_in(const World& world, double elevation_m, int octant) const {
    CellRating cell;
    cell.state = rating_state_in(world, elevation_m, octant);
    std::optional<DangerLevel> certain_level;
    std::array<std::optional<DangerLevel>, 3> seen{};
    for (const Rating* rating : ratings_) {
      if (rating->state != RatingState::rated || !rating->level) continue;
      if (!covers(rating->where, elevation_m, octant, world)) continue;
      auto& of_period = seen[static_cast<std::size_t>(rating->period)];
      cell.conflicting = cell.conflicting || (of_period && *of_period != *rating->level);
      of_period = rating->level;
      if (!unreadable(rating->where)) certain_level = std::max(certain_level, rating->level);
      const bool states_aspects = rating->where.aspects_stated || rating->where.rose.has_value();
      if (rating->level == cell.level) cell.aspects_stated = cell.aspects_stated || states_aspects;
      if (rating->level > cell.level) cell.aspects_stated = states_aspects;
      cell.level = std::max(cell.level, rating->level);
    }
    for (const auto& [problem, bit] : problems_) {
      if (!covers(problem->where, elevation_m, octant, world)) continue;
      cell.problems |= bit;
      raise_to_implied(*problem, cell, certain_level);
    }
    cell.height_uncertain = cell.level != certain_level;
    return cell;
  }

  /// A problem may name a level for its own aspects and heights. It can only raise what the ratings say, and
  /// grades nothing that they leave open.
  static void raise_to_implied(const Problem& problem, CellRating& cell,
                               std::optional<DangerLevel>& certain_level) {
    if (!cell.level || !problem.level_implied || *problem.level_implied <= *cell.level) return;
    cell.level = problem.level_implied;
    cell.aspects_stated = problem.where.aspects_stated;
    cell.conflicting = true;
    if (problem.coverage_complete && !unreadable(problem.where))
      certain_level = std::max(certain_level, problem.level_implied);
  }

  /// Both halves of the day must be rated: what says nothing about the afternoon does not grade the day.
  RatingState rating_state_in(const World& world, double elevation_m, int octant) const {
    if (ratings_.empty()) return nothing_said_;
    RatingState state = RatingState::rated;
    std::array<bool, 2> covered{};
    bool perhaps = false;
    for (const Rating* rating : ratings_) {
      if (!covers(rating->where, elevation_m, octant, world)) continue;
      const bool usable = rating->state == RatingState::rated && rating->level;
      if (!usable) {
        state = worse(state, rating->state == RatingState::rated ? RatingState::unrecognised : rating->state);
      }
      if (unreadable(rating->where)) {
        perhaps = true;
        continue;
      }
      if (rating->period != Period::later) covered[0] = true;
      if (rating->period != Period::earlier) covered[1] = true;
    }
    if (covered[0] && covered[1]) return state;
    return worse(state, perhaps ? RatingState::unrecognised : RatingState::not_forecast);
  }

  const BandHeights& heights_;
  std::vector<const Rating*> ratings_;
  std::vector<NumberedProblem> problems_;
  RatingState nothing_said_ = RatingState::no_forecast;
  bool uses_treeline_ = false;
  bool uses_bands_ = false;
};

bool can_be_placed(const Problem& problem) {
  return problem.coverage_complete && problem.type != ProblemType::unrecognised && !unreadable(problem.where);
}

CellRating over_all_octants(const CellRating* octants) {
  CellRating flat = octants[0];
  for (int i = 1; i < kOctants; ++i) {
    const CellRating& cell = octants[i];
    flat.state = worse(flat.state, cell.state);
    flat.level = std::max(flat.level, cell.level);
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

}  // namespace

RatingTable RatingTable::build(const Forecast& forecast, core::Day day, const BandHeights& heights) {
  const DayView view(forecast, day, heights);
  RatingTable table;
  table.breaks_m_ = view.breaks();
  table.problems_complete_ = forecast.problems_stated && forecast.problems.size() <= kMaxProblems &&
                             std::ranges::all_of(forecast.problems, can_be_placed);
  const std::size_t rows = 2 * table.breaks_m_.size() + 1;
  table.cells_.resize(rows * kCellsPerInterval);
  for (std::size_t row = 0; row < rows; ++row) {
    const bool is_break = row % 2 == 1;
    const double elevation_m = is_break ? table.breaks_m_[row / 2] : inside(table.breaks_m_, row / 2);
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
