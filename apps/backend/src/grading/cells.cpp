#include "grading/cells.hpp"

#include <algorithm>
#include <cmath>

namespace grading {
namespace {

constexpr std::size_t kProblemBits = 32;

constexpr std::uint16_t bit(Flag flag) { return static_cast<std::uint16_t>(flag); }

UnknownCode code_of(forecast::RatingState state) {
  using forecast::RatingState;
  switch (state) {
    case RatingState::no_rating:
      return UnknownCode::no_rating;
    case RatingState::not_forecast:
      return UnknownCode::not_forecast;
    case RatingState::no_forecast:
      return UnknownCode::no_forecast;
    case RatingState::early_season:
      return UnknownCode::early_season;
    case RatingState::spring:
      return UnknownCode::spring;
    case RatingState::off_season:
      return UnknownCode::off_season;
    case RatingState::no_snow:
      return UnknownCode::no_snow;
    case RatingState::rated:
    case RatingState::unrecognised:
      break;
  }
  return UnknownCode::unrecognised_value;
}

Level level_of(int danger) {
  constexpr std::array<Level, 6> levels = {Level::low,          Level::low,  Level::moderate,
                                           Level::considerable, Level::high, Level::extreme};
  return levels[static_cast<std::size_t>(danger)];
}

/// One zone's forecast, read with the rules: what a cell of it means.
class ZoneReader {
 public:
  ZoneReader(const ZoneInForce& zone, const Input& input, const Ruleset& ruleset, const Limits& limits)
      : table_(zone.table), limits_(limits), unusable_(why_unusable(zone, input.at)) {
    if (zone.forecast == nullptr) return;
    const auto& problems = zone.forecast->problems;
    problems_unknown_ = !zone.forecast->problems_stated || problems.size() > kProblemBits;
    bool core_stated = false;
    const core::Day day = zone.day.value_or(input.day);
    for (std::size_t i = 0; i < problems.size() && i < kProblemBits; ++i) {
      const auto& problem = problems[i];
      if (problem.day && *problem.day != day) continue;
      types_[i] = 1u << static_cast<unsigned>(problem.type);
      core_stated = core_stated || problem.type != forecast::ProblemType::no_distinct_problem;
      if (!ruleset.scary(problem.type)) continue;
      scary_problems_ |= 1u << i;
      problems_unknown_ = problems_unknown_ || !problem.coverage_complete;
    }
    const bool in_scope = zone.scale == forecast::Scale::eaws ? ruleset.one_level_rule.eaws
                                                              : ruleset.one_level_rule.north_american;
    one_level_ = ruleset.one_level_rule.enabled && in_scope && core_stated && table_ != nullptr &&
                 table_->problems_complete();
  }

  const forecast::RatingTable* table() const { return unusable_ ? nullptr : table_; }

  Cell cell(double elevation_m, int octant) const {
    if (unusable_) return unusable_cell(elevation_m, octant);
    const forecast::CellRating& rating = table_->at(elevation_m, octant);
    Cell cell;
    cell.problem_types = types_in(rating.problems);
    if (rating.state != forecast::RatingState::rated) cell.unknown = grading::bit(code_of(rating.state));
    if (!rating.level) {
      if (cell.unknown == 0) cell.unknown = grading::bit(UnknownCode::unrecognised_value);
      return cell;
    }
    const int danger = static_cast<int>(*rating.level);
    if (rating.official) cell.official = static_cast<std::uint8_t>(*rating.official);
    if (rating.overlaid) cell.flags |= bit(Flag::overridden);
    if (rating.height_uncertain) cell.flags |= bit(Flag::height_uncertain);
    if (rating.conflicting) cell.flags |= bit(Flag::conflicting_ratings);
    const Level level = judge(rating, danger, cell.flags);
    std::uint16_t not_reported = 0;
    const Level up = judge(rating, std::min(danger + 1, 5), not_reported);
    cell.level = static_cast<std::int8_t>(level);
    cell.level_danger_up = static_cast<std::int8_t>(up);
    cell.limit_mdeg = limits_.at(level);
    cell.limit_danger_up_mdeg = limits_.at(up);
    return cell;
  }

 private:
  static std::optional<UnknownCode> why_unusable(const ZoneInForce& zone, core::Timestamp at) {
    using forecast::Freshness;
    switch (zone.freshness) {
      case Freshness::expired:
        return UnknownCode::forecast_expired;
      case Freshness::off_season:
        return UnknownCode::off_season;
      case Freshness::no_rating:
        return UnknownCode::no_rating;
      case Freshness::unavailable:
        return UnknownCode::no_forecast;
      case Freshness::current:
      case Freshness::expiring:
        break;
    }
    if (zone.table == nullptr || zone.forecast == nullptr) return UnknownCode::no_forecast;
    // The caller's freshness may have been computed a moment ago; expiry is never taken on trust.
    if (!zone.expires_at || at >= *zone.expires_at) return UnknownCode::forecast_expired;
    return std::nullopt;
  }

  /// A product without a rating may still say why: early season, spring, no snow.
  Cell unusable_cell(double elevation_m, int octant) const {
    Cell cell;
    UnknownCode code = *unusable_;
    if (code == UnknownCode::no_rating && table_ != nullptr) {
      const auto state = table_->at(elevation_m, octant).state;
      if (state != forecast::RatingState::rated) code = code_of(state);
    }
    cell.unknown = grading::bit(code);
    return cell;
  }

  Level judge(const forecast::CellRating& rating, int danger, std::uint16_t& flags) const {
    const bool outside_core = one_level_ && rating.problems == 0 && !rating.aspects_stated &&
                              rating.state == forecast::RatingState::rated;
    if (outside_core) {
      if (danger > 1) flags |= bit(Flag::derived_one_level_rule);
      return level_of(std::max(danger - 1, 1));
    }
    const Level level = level_of(danger);
    if (level != Level::moderate) return level;
    if ((rating.problems & scary_problems_) != 0) return Level::scary_moderate;
    if (!problems_unknown_) return level;
    flags |= bit(Flag::problems_unknown);
    return Level::scary_moderate;
  }

  std::uint32_t types_in(std::uint32_t problems) const {
    std::uint32_t types = 0;
    for (std::size_t i = 0; problems != 0; ++i, problems >>= 1) {
      if ((problems & 1u) != 0) types |= types_[i];
    }
    return types;
  }

  const forecast::RatingTable* table_;
  const Limits& limits_;
  std::optional<UnknownCode> unusable_;
  std::array<std::uint32_t, kProblemBits> types_{};
  std::uint32_t scary_problems_ = 0;
  bool problems_unknown_ = false;
  bool one_level_ = false;
};

/// Two forecasts of one zone that name different levels contradict each other; two zones have two opinions.
std::uint16_t flags_of_several(std::span<const ZoneInForce> zones, std::span<const std::uint16_t> set,
                               std::span<const ZoneReader> readers, double elevation_m, int octant) {
  std::uint16_t flags = 0;
  for (std::size_t i = 1; i < readers.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const ZoneInForce& a = zones[set[i]];
      const ZoneInForce& b = zones[set[j]];
      if (a.zone_key != b.zone_key || a.provider != b.provider) {
        flags |= bit(Flag::overlapping_zones);
        continue;
      }
      const auto level = readers[i].cell(elevation_m, octant).official;
      const auto other = readers[j].cell(elevation_m, octant).official;
      if (level != 0 && other != 0 && level != other) flags |= bit(Flag::conflicting_ratings);
    }
  }
  return flags;
}

/// An elevation of row i: rows alternate between the open intervals and the breaks themselves.
double elevation_of_row(const std::vector<int>& breaks, std::size_t row) {
  const std::size_t i = row / 2;
  if (row % 2 == 1) return breaks[i];
  if (breaks.empty()) return 0;
  if (i == 0) return breaks.front() - 1.0;
  if (i == breaks.size()) return breaks.back() + 1.0;
  return (static_cast<double>(breaks[i - 1]) + breaks[i]) / 2;
}

/// A level that closes all ground closes it on every aspect: otherwise gentle ground without an aspect could
/// be closed where steeper ground with one is open.
void close_all_ground(std::span<Cell> octant_cells) {
  const Cell* worst = nullptr;
  const Cell* worst_up = nullptr;
  for (const Cell& cell : octant_cells) {
    if (cell.limit_mdeg == 0) worst = &cell;
    if (cell.limit_danger_up_mdeg == 0) worst_up = &cell;
  }
  if (worst_up != nullptr) {
    const auto level = worst_up->level_danger_up;
    for (Cell& cell : octant_cells) {
      cell.limit_danger_up_mdeg = 0;
      cell.level_danger_up = std::max(cell.level_danger_up, level);
    }
  }
  if (worst == nullptr) return;
  const Cell closing = *worst;
  for (Cell& cell : octant_cells) {
    cell.limit_mdeg = 0;
    cell.level = std::max(cell.level, closing.level);
    cell.official = std::max(cell.official, closing.official);
    cell.flags |= bit(Flag::all_ground_closed);
  }
}

Cell merged(std::span<const Cell> octant_cells, AspectClass aspects) {
  const auto mask = octants(aspects);
  Cell cell;
  for (std::size_t octant = 0; octant < 8; ++octant) {
    if (((mask >> octant) & 1) != 0) cell.merge(octant_cells[octant]);
  }
  return cell;
}

}  // namespace

std::int32_t to_mdeg(double slope_deg) { return static_cast<std::int32_t>(std::lround(slope_deg * 1000)); }

Limits::Limits(const Ruleset& ruleset) {
  for (const Level level : kLevels) {
    const auto& limit = ruleset.min_slope_deg[index_of(level)];
    mdeg_[index_of(level)] = limit ? to_mdeg(*limit) : kNoLimit_mdeg;
  }
}

void Cell::merge(const Cell& other) {
  limit_mdeg = std::min(limit_mdeg, other.limit_mdeg);
  limit_danger_up_mdeg = std::min(limit_danger_up_mdeg, other.limit_danger_up_mdeg);
  problem_types |= other.problem_types;
  // Derived or not is said of the level that counts; an official rating of that level makes it official.
  constexpr auto derived = bit(Flag::derived_one_level_rule);
  std::uint16_t is_derived = flags & derived;
  if (other.level == level) is_derived &= other.flags;
  if (other.level > level) is_derived = other.flags & derived;
  flags = static_cast<std::uint16_t>(((flags | other.flags) & ~derived) | is_derived);
  unknown |= other.unknown;
  level = std::max(level, other.level);
  level_danger_up = std::max(level_danger_up, other.level_danger_up);
  official = std::max(official, other.official);
}

AspectClass aspect_class(double aspect_deg, double edge_tolerance_deg) {
  const int octant = forecast::octant_of(aspect_deg);
  const double into_octant_deg = aspect_deg + 22.5 - 45 * std::floor((aspect_deg + 22.5) / 45);
  if (45 - into_octant_deg <= edge_tolerance_deg) return static_cast<AspectClass>(8 + octant);
  if (into_octant_deg <= edge_tolerance_deg) return static_cast<AspectClass>(8 + ((octant + 7) & 7));
  return static_cast<AspectClass>(octant);
}

AspectClass widened(AspectClass value) {
  return value < kAllOctants ? static_cast<AspectClass>(value + 17) : kAllOctants;
}

forecast::AspectMask octants(AspectClass value) {
  const auto rotated = [](unsigned mask, unsigned by) {
    return static_cast<forecast::AspectMask>(((mask << by) | (mask >> (8 - by))) & 0xFF);
  };
  const unsigned index = value & 7u;
  if (value < 8) return rotated(0b1, index);
  if (value < 16) return rotated(0b11, index);
  if (value == kAllOctants) return forecast::kAllAspects;
  // 17…24 widen one octant, 25…32 two; both begin one octant earlier.
  const unsigned from = (value - 17u) & 7u;
  return rotated(value < 25 ? 0b111 : 0b1111, (from + 7) & 7);
}

CellTable::CellTable(const Input& input, std::span<const ZoneInForce> zones,
                     std::span<const std::uint16_t> set, const Ruleset& ruleset, const Limits& limits) {
  std::vector<ZoneReader> readers;
  readers.reserve(set.size());
  for (const std::uint16_t zone : set) {
    const auto& reader = readers.emplace_back(zones[zone], input, ruleset, limits);
    if (reader.table() == nullptr) continue;
    const auto& more = reader.table()->breaks_m();
    breaks_m_.insert(breaks_m_.end(), more.begin(), more.end());
  }
  std::sort(breaks_m_.begin(), breaks_m_.end());
  breaks_m_.erase(std::unique(breaks_m_.begin(), breaks_m_.end()), breaks_m_.end());
  const std::size_t rows = 2 * breaks_m_.size() + 1;
  cells_.resize(rows * kAspectClasses);
  for (std::size_t row = 0; row < rows; ++row) {
    const std::span<Cell> cells(&cells_[row * kAspectClasses], kAspectClasses);
    for (int octant = 0; octant < 8; ++octant) {
      Cell& cell = cells[static_cast<std::size_t>(octant)];
      if (readers.empty()) cell.unknown = grading::bit(UnknownCode::outside_zones);
      const double elevation_m = elevation_of_row(breaks_m_, row);
      for (const auto& reader : readers) cell.merge(reader.cell(elevation_m, octant));
      cell.flags |= flags_of_several(zones, set, readers, elevation_m, octant);
    }
    close_all_ground(cells.first(8));
    for (AspectClass aspects = 8; aspects < kAspectClasses; ++aspects) {
      cells[aspects] = merged(cells.first(8), aspects);
      if (aspects < kAllOctants) cells[aspects].flags |= bit(Flag::aspect_ambiguous);
      if (aspects == kAllOctants) cells[aspects].flags |= bit(Flag::no_aspect);
    }
  }
}

UnknownCodes CellTable::unknown_everywhere() const {
  UnknownCodes codes = cells_.front().unknown;
  for (const Cell& cell : cells_) codes &= cell.unknown;
  return codes;
}

std::size_t CellTable::row_of(double elevation_m) const {
  std::size_t i = 0;
  while (i < breaks_m_.size() && elevation_m > breaks_m_[i]) ++i;
  const bool on_break = i < breaks_m_.size() && elevation_m == breaks_m_[i];
  return 2 * i + (on_break ? 1 : 0);
}

}  // namespace grading
