#include "forecast/day_view.hpp"

#include <algorithm>

namespace forecast {
namespace {

constexpr int kOctants = 8;

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

std::optional<HeightRange> exactly(std::optional<int> at_m) {
  return at_m ? std::optional(HeightRange{*at_m, *at_m}) : std::nullopt;
}

HeightRange ordered(HeightRange range) {
  return {std::min(range.from_m, range.to_m), std::max(range.from_m, range.to_m)};
}

}  // namespace

RatingState worse(RatingState a, RatingState b) { return severity(b) > severity(a) ? b : a; }

DayView::DayView(const Forecast& forecast, core::Day day, const BandHeights& heights, const Overlay* overlay)
    : heights_(heights), overlay_(overlay) {
  for (const Rating& rating : forecast.ratings) {
    if (rating.day == day) ratings_.push_back(&rating);
  }
  problems_ = problems_of_day(forecast.problems, day);
  if (overlay_ != nullptr) take_overlay(forecast, day);
  nothing_said_ = forecast.off_season ? RatingState::off_season : RatingState::no_forecast;
  for (const Rating* rating : ratings_) note(rating->where);
  for (const auto& [problem, bit] : problems_) note(problem->where);
  for (const auto& [problem, bit] : chosen_problems_) note(problem->where);
}

std::vector<DayView::NumberedProblem> DayView::problems_of_day(const std::vector<Problem>& problems,
                                                               core::Day day) {
  std::vector<NumberedProblem> found;
  const std::size_t count = std::min(problems.size(), kMaxProblems);
  for (std::size_t i = 0; i < count; ++i) {
    if (!problems[i].day || *problems[i].day == day) found.push_back({&problems[i], 1U << i});
  }
  return found;
}

void DayView::take_overlay(const Forecast& forecast, core::Day day) {
  chosen_borders_.upper_begins = exactly(overlay_->upper_begins_m);
  chosen_borders_.middle_begins = exactly(overlay_->middle_begins_m);
  uses_bands_ = overlay_->has_bands() && !overlay_->has_own_borders();
  if (!overlay_->problems) return;
  counted_ = problems_under(forecast, *overlay_);
  chosen_problems_ = problems_of_day(counted_, day);
}

void DayView::note(const Coverage& where) {
  uses_bands_ = uses_bands_ || where.rose.has_value();
  if (where.rose) return;
  uses_treeline_ = uses_treeline_ || where.lower.kind == ElevationBound::Kind::treeline ||
                   where.upper.kind == ElevationBound::Kind::treeline;
}

std::vector<int> DayView::breaks() const {
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
  for (const auto& [problem, bit] : chosen_problems_) add_metres(problem->where);
  if (uses_treeline_) add(heights_.treeline);
  if (uses_bands_) {
    add(heights_.upper_begins);
    add(heights_.middle_begins);
  }
  add(chosen_borders_.upper_begins);
  add(chosen_borders_.middle_begins);
  std::ranges::sort(found);
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

CellRating DayView::answer(double elevation_m, int octant) const {
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
      cell.overlaid = here.overlaid;
    } else if (here.level == cell.level) {
      cell.aspects_stated = cell.aspects_stated || here.aspects_stated;
      cell.overlaid = cell.overlaid || here.overlaid;
    }
    cell.official = std::max(cell.official, here.official);
    cell.state = worse(cell.state, here.state);
    cell.problems |= here.problems;
    cell.conflicting = cell.conflicting || here.conflicting;
  }
  return cell;
}

void DayView::add_facts(double elevation_m, int octant, std::array<BandFacts, 3>& bands) const {
  for (const World& world : worlds_at(elevation_m)) {
    const CellRating here = answer_in(world, elevation_m, octant);
    auto& facts = bands[static_cast<std::size_t>(world.chosen_band)];
    facts.highest = std::max(facts.highest, here.official);
    facts.complete = facts.complete && here.state == RatingState::rated;
  }
}

std::vector<DayView::World::Treeline> DayView::treelines_at(double elevation_m) const {
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

std::vector<int> DayView::bands_at(double elevation_m, const BandHeights& borders) {
  const auto reaches = [elevation_m](const std::optional<HeightRange>& begins) {
    return !begins || elevation_m >= ordered(*begins).from_m;
  };
  const auto stays_below = [elevation_m](const std::optional<HeightRange>& begins) {
    return !begins || elevation_m <= ordered(*begins).to_m;
  };
  std::vector<int> possible;
  if (reaches(borders.upper_begins)) possible.push_back(static_cast<int>(Band::upper));
  if (stays_below(borders.upper_begins) && reaches(borders.middle_begins)) {
    possible.push_back(static_cast<int>(Band::middle));
  }
  if (stays_below(borders.middle_begins)) possible.push_back(static_cast<int>(Band::lower));
  return possible;
}

std::vector<DayView::World> DayView::worlds_at(double elevation_m) const {
  std::vector<World> worlds;
  const auto bands = uses_bands_ ? bands_at(elevation_m, heights_) : std::vector{0};
  const bool own_borders = overlay_ != nullptr && overlay_->has_own_borders();
  for (const World::Treeline treeline : treelines_at(elevation_m)) {
    for (const int band : bands) {
      const auto chosen_bands = own_borders ? bands_at(elevation_m, chosen_borders_) : std::vector{band};
      for (const int chosen_band : chosen_bands) worlds.push_back({treeline, band, chosen_band});
    }
  }
  return worlds;
}

bool DayView::covers(const Coverage& where, double elevation_m, int octant, const World& world) {
  using Kind = ElevationBound::Kind;
  if (where.rose) return ((*where.rose >> (world.band * kOctants + octant)) & 1U) != 0;
  if (((where.aspects >> octant) & 1) == 0) return false;
  if (is_unreadable(where)) return true;
  if (where.lower.kind == Kind::metres && elevation_m < where.lower.metres) return false;
  if (where.upper.kind == Kind::metres && elevation_m > where.upper.metres) return false;
  if (where.lower.kind == Kind::treeline && world.treeline == World::Treeline::above_place) return false;
  return !(where.upper.kind == Kind::treeline && world.treeline == World::Treeline::below_place);
}

CellRating DayView::answer_in(const World& world, double elevation_m, int octant) const {
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
    if (!is_unreadable(rating->where)) certain_level = std::max(certain_level, rating->level);
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
  cell.official = cell.level;
  if (overlay_ != nullptr) lay_over(cell, world, elevation_m, octant);
  return cell;
}

void DayView::lay_over(CellRating& cell, const World& world, double elevation_m, int octant) const {
  if (overlay_->problems) {
    cell.problems = 0;
    for (const auto& [problem, bit] : chosen_problems_) {
      if (covers(problem->where, elevation_m, octant, world)) cell.problems |= bit;
    }
  }
  const auto& chosen = overlay_->bands[static_cast<std::size_t>(world.chosen_band)];
  // What the forecast leaves open stays open.
  if (!chosen || cell.state != RatingState::rated) return;
  cell.level = chosen;
  cell.overlaid = true;
  cell.aspects_stated = true;
  cell.conflicting = false;
  cell.height_uncertain = false;
}

/// A problem may name a level for its own aspects and heights. It can only raise what the ratings say, and
/// grades nothing that they leave open.
void DayView::raise_to_implied(const Problem& problem, CellRating& cell,
                               std::optional<DangerLevel>& certain_level) {
  if (!cell.level || !problem.level_implied || *problem.level_implied <= *cell.level) return;
  cell.level = problem.level_implied;
  cell.aspects_stated = problem.where.aspects_stated;
  cell.conflicting = true;
  if (problem.coverage_complete && !is_unreadable(problem.where))
    certain_level = std::max(certain_level, problem.level_implied);
}

/// Both halves of the day must be rated: what says nothing about the afternoon does not grade the day.
RatingState DayView::rating_state_in(const World& world, double elevation_m, int octant) const {
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
    if (is_unreadable(rating->where)) {
      perhaps = true;
      continue;
    }
    if (rating->period != Period::later) covered[0] = true;
    if (rating->period != Period::earlier) covered[1] = true;
  }
  if (covered[0] && covered[1]) return state;
  return worse(state, perhaps ? RatingState::unrecognised : RatingState::not_forecast);
}

}  // namespace forecast
