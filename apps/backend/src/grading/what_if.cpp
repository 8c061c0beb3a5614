#include "grading/what_if.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <bit>

namespace grading {
namespace {

constexpr std::size_t kMaxProblems = 32;

void check(const WhatIfChoice& choice, const Ruleset& ruleset) {
  std::vector<core::FieldError> faults;
  const bool any_band =
      std::any_of(choice.bands.begin(), choice.bands.end(), [](const auto& b) { return b.has_value(); });
  if (choice.level && any_band) {
    faults.push_back({"level", "ambiguous", "must not be given together with bands; choose one of them"});
  }
  if (!choice.level && !any_band) {
    faults.push_back({"level", "missing", "give one level for all ground, or a level for at least one band"});
  }
  if (choice.problems.size() > kMaxProblems) {
    faults.push_back({"problems", "too_many", "must not name more than 32 problems"});
  }
  if (choice.level == Level::scary_moderate && ruleset.scary_problem_types == 0) {
    faults.push_back({"level", "not_accepted", "the ruleset names no problem that makes moderate scary"});
  }
  if (!faults.empty())
    throw core::Error::invalid("what_if.invalid", "The chosen danger has faults.", std::move(faults));
}

forecast::DangerLevel official_of(Level level) {
  using forecast::DangerLevel;
  switch (level) {
    case Level::low:
      return DangerLevel::low;
    case Level::moderate:
    case Level::scary_moderate:
      return DangerLevel::moderate;
    case Level::considerable:
      return DangerLevel::considerable;
    case Level::high:
      return DangerLevel::high;
    case Level::extreme:
      break;
  }
  return DangerLevel::extreme;
}

forecast::Rating rating(core::Day day, forecast::DangerLevel level) {
  forecast::Rating made;
  made.day = day;
  made.level = level;
  made.state = forecast::RatingState::rated;
  made.native = forecast::to_string(level);
  return made;
}

forecast::Forecast forecast_of(const WhatIfLine& what, const WhatIfChoice& choice, const Ruleset& ruleset) {
  forecast::Forecast made;
  made.provider = "what_if";
  made.scale = choice.scale;
  made.zones = {"what_if"};
  made.valid_from = what.at;
  if (choice.level) made.ratings.push_back(rating(what.day, official_of(*choice.level)));
  for (std::size_t band = 0; band < choice.bands.size(); ++band) {
    if (!choice.bands[band]) continue;
    auto& of_band = made.ratings.emplace_back(rating(what.day, *choice.bands[band]));
    of_band.where.rose = 0xFFu << (8 * band);
  }
  for (const WhatIfProblem& problem : choice.problems) {
    auto& added = made.problems.emplace_back();
    added.type = problem.type;
    added.where = problem.where;
    added.rank = static_cast<int>(made.problems.size());
  }
  if (choice.level == Level::scary_moderate) {
    const auto first = std::countr_zero(ruleset.scary_problem_types);
    made.problems.emplace_back().type = static_cast<forecast::ProblemType>(first);
  }
  return made;
}

}  // namespace

Assessment assess_what_if(const WhatIfLine& what, const WhatIfChoice& choice, const Ruleset& ruleset) {
  check(choice, ruleset);
  forecast::Forecast chosen = forecast_of(what, choice, ruleset);
  chosen.expires_at = what.at + std::chrono::hours(24);
  const auto table = forecast::RatingTable::build(chosen, what.day, choice.heights);
  ZoneInForce zone;
  zone.zone_key = "what_if";
  zone.provider = "what_if";
  zone.freshness = forecast::Freshness::current;
  zone.table = &table;
  zone.forecast = &chosen;
  zone.heights = choice.heights;
  zone.scale = choice.scale;
  zone.expires_at = chosen.expires_at;

  const std::vector<std::vector<std::uint16_t>> sets = {{0}};
  const std::vector<std::uint16_t> set_of_piece(what.pieces.size(), 0);
  Input input;
  input.pieces = what.pieces;
  input.line = what.line;
  input.zones = {&zone, 1};
  input.zone_sets = sets;
  input.piece_zone_set = set_of_piece;
  input.at = what.at;
  input.day = what.day;
  input.kind = AssessmentKind::what_if;
  Assessment result = assess(input, ruleset);
  // A choice does not expire and cites nobody.
  result.valid_until.reset();
  result.zones.front().expires_at.reset();
  return result;
}

}  // namespace grading
