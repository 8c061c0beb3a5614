#include "forecast/overlay.hpp"

#include <algorithm>
#include <iterator>

namespace forecast {

bool is_unreadable(const Coverage& where) {
  using Kind = ElevationBound::Kind;
  if (where.rose) return false;
  if (where.lower.kind == Kind::unrecognised || where.upper.kind == Kind::unrecognised) return true;
  return where.lower.kind == Kind::metres && where.upper.kind == Kind::metres &&
         where.lower.metres > where.upper.metres;
}

bool can_be_placed(const Problem& problem) {
  return problem.coverage_complete && problem.type != ProblemType::unrecognised &&
         !is_unreadable(problem.where);
}

std::vector<Problem> problems_under(const Forecast& official, const Overlay& overlay) {
  if (!overlay.problems) return official.problems;
  std::vector<Problem> counted;
  std::ranges::copy_if(official.problems, std::back_inserter(counted),
                       [](const Problem& problem) { return !can_be_placed(problem); });
  for (const ChosenProblem& chosen : *overlay.problems) {
    auto& added = counted.emplace_back();
    added.type = chosen.type;
    added.where = chosen.where;
    added.rank = static_cast<int>(counted.size());
  }
  return counted;
}

}  // namespace forecast
