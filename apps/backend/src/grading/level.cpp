#include "grading/level.hpp"

#include <span>

namespace grading {
namespace {

constexpr std::array<std::string_view, kLevelCount> kLevelNames = {
    "low", "moderate", "scary_moderate", "considerable", "high", "extreme"};
constexpr std::array<std::string_view, 4> kGradeNames = {"green", "orange", "unknown", "red"};
constexpr std::array<std::string_view, kUnknownCodeCount> kCodeNames = {
    "NO_FORECAST",  "FORECAST_EXPIRED", "OFF_SEASON", "OUTSIDE_ZONES",      "NO_RATING", "NOT_FORECAST",
    "EARLY_SEASON", "SPRING",           "NO_SNOW",    "UNRECOGNISED_VALUE", "DEM_GAP",   "LINE_GAP"};

template <typename Enum>
std::optional<Enum> find_name(std::span<const std::string_view> names, std::string_view text) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == text) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(Level value) { return kLevelNames[static_cast<std::size_t>(value)]; }
std::string_view to_string(Grade value) { return kGradeNames[static_cast<std::size_t>(value)]; }
std::string_view to_string(UnknownCode value) { return kCodeNames[static_cast<std::size_t>(value)]; }
std::optional<Level> level_from(std::string_view text) { return find_name<Level>(kLevelNames, text); }
std::optional<Grade> grade_from(std::string_view text) { return find_name<Grade>(kGradeNames, text); }

}  // namespace grading
