#include "grading/fragility.hpp"

#include <algorithm>

namespace grading {
namespace {

class Trial {
 public:
  Trial(const Track& track, const LineGeometry& geometry, const Ruleset& ruleset, const Scan& base)
      : track_(track), geometry_(geometry), lengths_(ruleset), base_(base) {
    result_.runs.resize(base.runs.size());
  }

  void change_limits(ChangeKind kind, double amount, const std::vector<std::int32_t>& limits,
                     const auto& unknown) {
    find_runs(
        track_, lengths_, [&](std::size_t i) { return track_.slope_mdeg[i] >= limits[i]; },
        [&](std::size_t i) { return unknown[i] != 0; }, scan_);
    note(kind, amount);
  }

  void steepen(double by_deg) {
    const std::int32_t by_mdeg = to_mdeg(by_deg);
    find_runs(
        track_, lengths_,
        [&](std::size_t i) { return track_.slope_mdeg[i] + by_mdeg >= track_.limit_mdeg[i]; },
        [&](std::size_t i) { return track_.unknown[i] != 0; }, scan_);
    note(ChangeKind::slope, by_deg);
    note_margin(result_.line, base_.length_grade(), scan_.length_grade(), by_deg);
    for_each_run([&](std::size_t run, const Run& grown) {
      note_margin(result_.runs[run], base_.runs[run].grade, grown.grade, by_deg);
    });
  }

  FragilityResult take(double slope_max_deg) {
    const auto sort = [&](Fragility& fragility) {
      std::stable_sort(fragility.changes.begin(), fragility.changes.end(), [&](const auto& a, const auto& b) {
        const auto share = [&](const Change& c) {
          return c.kind == ChangeKind::slope ? c.amount / slope_max_deg : 1;
        };
        return share(a) != share(b) ? share(a) < share(b) : a.kind < b.kind;
      });
    };
    sort(result_.line);
    for (Fragility& run : result_.runs) sort(run);
    return std::move(result_);
  }

 private:
  /// Every trial takes the worst within its change, so each run of the base lies inside one of the trial's.
  template <typename Visit>
  void for_each_run(Visit visit) const {
    std::size_t at = 0;
    for (std::size_t run = 0; run < base_.runs.size(); ++run) {
      while (scan_.runs[at].last < base_.runs[run].last) ++at;
      visit(run, scan_.runs[at]);
    }
  }

  static bool known(const Fragility& fragility, ChangeKind kind) {
    return std::any_of(fragility.changes.begin(), fragility.changes.end(),
                       [&](const Change& change) { return change.kind == kind; });
  }

  void note(ChangeKind kind, double amount) {
    if (scan_.grade > base_.grade && !known(result_.line, kind)) {
      result_.line.changes.push_back({kind, amount, scan_.grade, deciding_span()});
    }
    for_each_run([&](std::size_t run, const Run& grown) {
      if (grown.grade <= base_.runs[run].grade || known(result_.runs[run], kind)) return;
      result_.runs[run].changes.push_back(
          {kind, amount, grown.grade, geometry_.span(grown.first, grown.last)});
    });
  }

  Span deciding_span() const {
    if (scan_.grade == Grade::unknown) return geometry_.span(scan_.first_unknown, scan_.first_unknown);
    const Run& longest = scan_.runs[scan_.longest];
    return geometry_.span(longest.first, longest.last);
  }

  static void note_margin(Fragility& fragility, Grade before, Grade after, double by_deg) {
    if (before < Grade::orange && after >= Grade::orange && !fragility.slope_to_orange_deg) {
      fragility.slope_to_orange_deg = by_deg;
    }
    if (before < Grade::red && after == Grade::red && !fragility.slope_to_red_deg) {
      fragility.slope_to_red_deg = by_deg;
    }
  }

  const Track& track_;
  const LineGeometry& geometry_;
  LengthRule lengths_;
  const Scan& base_;
  Scan scan_;
  FragilityResult result_;
};

}  // namespace

FragilityResult fragility_of(const Track& track, const LineGeometry& geometry, const Ruleset& ruleset,
                             const Scan& base) {
  Trial trial(track, geometry, ruleset, base);
  const bool all_red =
      base.grade == Grade::red &&
      std::all_of(base.runs.begin(), base.runs.end(), [](const Run& run) { return run.grade == Grade::red; });
  const FragilitySteps& steps = ruleset.fragility;
  if (all_red || track.size() == 0) return trial.take(steps.slope_max_deg);
  trial.change_limits(ChangeKind::danger, 1, track.limit_danger_up_mdeg, track.unknown);
  trial.change_limits(ChangeKind::elevation, steps.elevation_m, track.limit_elevation_mdeg,
                      track.unknown_elevation);
  trial.change_limits(ChangeKind::aspect, 1, track.limit_aspect_mdeg, track.unknown_aspect);
  const auto count = static_cast<int>(std::ceil(steps.slope_max_deg / steps.slope_step_deg - 1e-9));
  for (int step = 1; step <= count; ++step) {
    trial.steepen(std::min(step * steps.slope_step_deg, steps.slope_max_deg));
  }
  return trial.take(steps.slope_max_deg);
}

}  // namespace grading
