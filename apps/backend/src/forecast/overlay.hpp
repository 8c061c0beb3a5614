#pragma once
// A danger that a person chose, laid over an official forecast. The forecast itself is never changed.

#include "forecast/model.hpp"

#include <array>
#include <optional>
#include <vector>

namespace forecast {

struct ChosenProblem {
  ProblemType type = ProblemType::persistent_slab;
  Coverage where;
  bool operator==(const ChosenProblem&) const = default;
};

/// What takes the place of the official values. Whatever the official forecast leaves unknown stays unknown
/// under it.
struct Overlay {
  std::array<std::optional<DangerLevel>, 3> bands;  ///< by Band; none: the official ratings stay
  /// Where the chosen bands begin, in metres; both none: where the zone's own do.
  std::optional<int> upper_begins_m;
  std::optional<int> middle_begins_m;
  /// In place of the official problems; none: those stay.
  std::optional<std::vector<ChosenProblem>> problems;

  bool has_bands() const { return bands[0] || bands[1] || bands[2]; }
  bool has_own_borders() const { return upper_begins_m || middle_begins_m; }
  bool operator==(const Overlay&) const = default;
};

/// True when a coverage cannot be laid out: it may apply anywhere, it certainly applies nowhere.
bool is_unreadable(const Coverage& where);

/// False when it cannot be said where a problem applies, or what it is.
bool can_be_placed(const Problem& problem);

/// The problems that count under an overlay: the chosen ones, behind the official ones that cannot be placed,
/// which nobody can choose away. Without chosen problems the official ones.
std::vector<Problem> problems_under(const Forecast& official, const Overlay& overlay);

}  // namespace forecast
