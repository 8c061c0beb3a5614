#pragma once
// What a forecast says about one place: elevation and aspect in, official level out.

#include "forecast/model.hpp"
#include "forecast/overlay.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace forecast {

/// Heights that a feed leaves out: where the North American bands begin and where the treeline runs.
/// Known exactly, known as a range (the border lies somewhere inside), or not at all.
struct HeightRange {
  int from_m = 0;
  int to_m = 0;
  bool operator==(const HeightRange&) const = default;
};
struct BandHeights {
  std::optional<HeightRange> upper_begins;   ///< border between middle and upper
  std::optional<HeightRange> middle_begins;  ///< border between lower and middle
  std::optional<HeightRange> treeline;
  std::string source;  ///< "feed", "operator", "default", ""
  bool operator==(const BandHeights&) const = default;
};

/// The answer for one cell of (elevation interval × octant).
struct CellRating {
  RatingState state = RatingState::not_forecast;
  std::optional<DangerLevel> level;  ///< maximum of every rating that applies (all periods of the day) and of
                                     ///< the levels that problems imply where they apply
  std::optional<DangerLevel> official;  ///< `level` as it is without an overlay
  bool overlaid = false;                ///< an overlay decides `level`
  std::uint32_t problems = 0;  ///< bit i: Forecast::problems[i] covers the cell (or may cover it); under an
                               ///< overlay, problems_under()[i]
  bool conflicting = false;    ///< ratings of one period disagree here, or a problem implies a higher
                               ///< level (kept: the maximum)
  bool height_uncertain = false;  ///< a band border or treeline decides and is not known well enough here:
                                  ///< level is the maximum of what could apply
  bool aspects_stated = false;    ///< the deciding rating names aspects itself
  bool operator==(const CellRating&) const = default;
};

/// A forecast laid out for fast look-up on one day. Value type; build once per (forecast, day, heights).
/// More ratings never lower a level; removing knowledge of heights never lowers a level.
class RatingTable {
 public:
  static RatingTable build(const Forecast& forecast, core::Day day, const BandHeights& heights);
  /// The same with a person's danger laid over it. States, and so everything unknown, are those of the
  /// forecast. A level that is chosen counts as it is, whatever problems imply.
  static RatingTable build(const Forecast& forecast, core::Day day, const BandHeights& heights,
                           const Overlay& overlay);

  /// `octant` 0…7. Any finite elevation.
  const CellRating& at(double elevation_m, int octant) const;
  /// For ground without an aspect: the highest level of all octants, the union of problems.
  const CellRating& flat(double elevation_m) const;

  /// False when some problem's coverage could not be read completely, the forecast states no problems, or a
  /// person chose them: then no rule may treat a place as outside the problems.
  bool problems_complete() const { return problems_complete_; }
  /// Elevations at which the answer may change, ascending.
  const std::vector<int>& breaks_m() const { return breaks_m_; }

 private:
  static RatingTable lay_out(const Forecast& forecast, core::Day day, const BandHeights& heights,
                             const Overlay* overlay);
  std::size_t interval_of(double elevation_m) const;

  std::vector<int> breaks_m_;
  std::vector<CellRating> cells_;  ///< (breaks + 1 intervals, and each break itself) × 9: octants, then flat
  bool problems_complete_ = false;
};

/// What a forecast says of one band on one day, over all its heights and octants.
struct BandFacts {
  std::optional<DangerLevel> highest;  ///< official
  bool complete = true;                ///< false: something in it has no rating
  bool operator==(const BandFacts&) const = default;
};

/// By Band, with the borders that the bands of `overlay` have.
std::array<BandFacts, 3> official_by_band(const Forecast& forecast, core::Day day, const BandHeights& heights,
                                          const Overlay& overlay);

}  // namespace forecast
