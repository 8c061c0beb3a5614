#pragma once
// Versions of apps: whole numbers between dots.

#include <compare>
#include <optional>
#include <string_view>

namespace core {

/// Compares part by part, a missing one as 0: "2.10" is newer than "2.9", "2" is "2.0". nullopt when one of
/// them is no such text.
std::optional<std::strong_ordering> compare_versions(std::string_view a, std::string_view b);

}  // namespace core
