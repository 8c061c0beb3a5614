#pragma once
// The words of a grade: danger levels as the rules see them, colours, and the reasons for "unknown".
// Vocabulary: docs/concepts/levels.md and docs/concepts/grades.md.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace grading {

/// Ordered: a later level is more dangerous. `scary_moderate` is an official moderate in a cell that a
/// problem of the ruleset's list (persistent slabs) covers.
enum class Level : std::uint8_t { low, moderate, scary_moderate, considerable, high, extreme };
inline constexpr std::size_t kLevelCount = 6;
inline constexpr std::array<Level, kLevelCount> kLevels = {
    Level::low, Level::moderate, Level::scary_moderate, Level::considerable, Level::high, Level::extreme};
constexpr std::size_t index_of(Level level) { return static_cast<std::size_t>(level); }

/// Ordered by precedence: when parts of a route differ, the later one is the route's grade. Green means "no
/// stretch crossed the rule", nothing more.
enum class Grade : std::uint8_t { green, orange, unknown, red };

/// Why something is unknown; bit positions of UnknownCodes. The wire names are upper case (NO_FORECAST).
enum class UnknownCode : std::uint8_t {
  no_forecast,
  forecast_expired,
  off_season,
  outside_zones,
  no_rating,
  not_forecast,
  early_season,
  spring,
  no_snow,
  unrecognised_value,
  dem_gap,
  line_gap,
};
inline constexpr std::size_t kUnknownCodeCount = 12;

/// A set of UnknownCode.
using UnknownCodes = std::uint16_t;
constexpr UnknownCodes bit(UnknownCode code) {
  return static_cast<UnknownCodes>(1u << static_cast<unsigned>(code));
}

std::string_view to_string(Level value);        ///< "scary_moderate"
std::string_view to_string(Grade value);        ///< "green"
std::string_view to_string(UnknownCode value);  ///< "NO_FORECAST"
std::optional<Level> level_from(std::string_view text);
std::optional<Grade> grade_from(std::string_view text);

}  // namespace grading
