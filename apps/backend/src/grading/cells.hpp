#pragma once
// Internal to grading: the level in force for every (height, aspect) of one set of overlapping zones.

#include "grading/assessment.hpp"
#include "grading/input.hpp"
#include "grading/ruleset.hpp"

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace grading {

/// Slopes are compared as whole thousandths of a degree, so that 39.9999 from a float is 40.
inline constexpr std::int32_t kNoLimit_mdeg = std::numeric_limits<std::int32_t>::max();
std::int32_t to_mdeg(double slope_deg);

/// The ruleset's minimum slopes by level, ready to compare.
class Limits {
 public:
  explicit Limits(const Ruleset& ruleset);
  std::int32_t at(Level level) const { return mdeg_[index_of(level)]; }

 private:
  std::array<std::int32_t, kLevelCount> mdeg_{};
};

/// What holds in a cell. With unknown codes, the level is a lower bound.
struct Cell {
  std::int32_t limit_mdeg = kNoLimit_mdeg;            ///< terrain at or above is no-go
  std::int32_t limit_danger_up_mdeg = kNoLimit_mdeg;  ///< the same if the official level were one higher
  std::uint32_t problem_types = 0;
  std::uint16_t flags = 0;
  UnknownCodes unknown = 0;
  std::int8_t level = -1;  ///< Level, −1: none
  std::int8_t level_danger_up = -1;
  std::uint8_t official = 0;  ///< forecast::DangerLevel, 0: none

  bool operator==(const Cell&) const = default;
  /// Takes the more dangerous of both, and every doubt.
  void merge(const Cell& other);
};

/// Which octants a piece counts for: one; two, near their common edge; or all. As index into a row.
using AspectClass = std::uint8_t;
inline constexpr AspectClass kAllOctants = 16;
inline constexpr std::size_t kAspectClasses = 33;

/// 0…7 one octant; 8…15 octant i − 8 and the next. `aspect_deg` 0…360.
AspectClass aspect_class(double aspect_deg, double edge_tolerance_deg);
/// The class one octant wider on both sides.
AspectClass widened(AspectClass value);
/// Its octants.
forecast::AspectMask octants(AspectClass value);

/// Cells of one zone set, by height and aspect class.
class CellTable {
 public:
  /// `set` are indexes into `zones`, which belong to `input`.
  CellTable(const Input& input, std::span<const ZoneInForce> zones, std::span<const std::uint16_t> set,
            const Ruleset& ruleset, const Limits& limits);

  std::size_t row_of(double elevation_m) const;
  /// The reasons for unknown that hold at every height and aspect.
  UnknownCodes unknown_everywhere() const;
  const Cell& at(std::size_t row, AspectClass aspects) const {
    return cells_[row * kAspectClasses + aspects];
  }

 private:
  std::vector<int> breaks_m_;
  std::vector<Cell> cells_;
};

}  // namespace grading
