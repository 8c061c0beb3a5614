#pragma once
// Internal to grading: continuous no-go runs of pieces, and what their lengths mean.

#include "grading/level.hpp"
#include "grading/ruleset.hpp"
#include "grading/track.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace grading {

/// Lengths are whole millimetres of (end − start), never sums: the same whatever the direction and the cuts.
inline std::int64_t to_mm(double length_m) { return std::llround(length_m * 1000); }

class LengthRule {
 public:
  explicit LengthRule(const Ruleset& ruleset)
      : orange_mm_(to_mm(ruleset.orange_m)), red_mm_(to_mm(ruleset.red_m)) {}
  Grade grade(std::int64_t length_mm) const {
    if (length_mm >= red_mm_) return Grade::red;
    return length_mm >= orange_mm_ ? Grade::orange : Grade::green;
  }

 private:
  std::int64_t orange_mm_;
  std::int64_t red_mm_;
};

/// Pieces first … last, both included.
struct Run {
  std::size_t first = 0;
  std::size_t last = 0;
  std::int64_t length_mm = 0;
  Grade grade = Grade::green;
};

/// The runs of a line under one set of limits.
struct Scan {
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  std::vector<Run> runs;
  std::size_t longest = kNone;        ///< index into runs; the first of equals
  std::size_t first_unknown = kNone;  ///< piece
  Grade grade = Grade::green;         ///< of the line

  Grade length_grade() const { return longest == kNone ? Grade::green : runs[longest].grade; }
};

/// `no_go(i)` and `unknown(i)` answer for piece i; a piece that is both is no-go. `scan` is reused.
template <typename NoGo, typename Unknown>
void find_runs(const Track& track, const LengthRule& lengths, NoGo no_go, Unknown unknown, Scan& scan) {
  scan.runs.clear();
  scan.longest = Scan::kNone;
  scan.first_unknown = Scan::kNone;
  const std::size_t count = track.size();
  for (std::size_t i = 0; i < count; ++i) {
    if (!no_go(i)) {
      if (scan.first_unknown == Scan::kNone && unknown(i)) scan.first_unknown = i;
      continue;
    }
    const std::size_t first = i;
    while (i + 1 < count && no_go(i + 1)) ++i;
    const std::int64_t length_mm = to_mm(track.border_m[i + 1] - track.border_m[first]);
    scan.runs.push_back({first, i, length_mm, lengths.grade(length_mm)});
    if (scan.longest == Scan::kNone || length_mm > scan.runs[scan.longest].length_mm) {
      scan.longest = scan.runs.size() - 1;
    }
  }
  scan.grade = std::max(scan.length_grade(),
                        scan.first_unknown == Scan::kNone && count > 0 ? Grade::green : Grade::unknown);
}

}  // namespace grading
