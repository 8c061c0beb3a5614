#pragma once
// The settings that a person may choose: the one table of them, with types, ranges and defaults.

#include "core/json.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace user {

enum class SettingType { boolean, integer, number, text, choice };
std::string_view to_string(SettingType type);

struct SettingDefinition {
  std::string_view key;  ///< "map.slope_opacity": area, then name
  SettingType type = SettingType::boolean;
  std::string_view fallback;   ///< the default, as JSON
  double min = 0;              ///< of a number; of a text its fewest characters
  double max = 0;              ///< likewise
  std::string_view unit = {};  ///< of a number: "percent", "minutes"
  std::span<const std::string_view> choices = {};
  std::string_view description;
};

/// In the order in which a page of settings shows them.
std::span<const SettingDefinition> setting_table();
/// nullptr for a key that is none.
const SettingDefinition* find_setting(std::string_view key);

/// What is wrong with the value, in words that follow "must "; nullopt: nothing.
std::optional<std::string> fault_of(const SettingDefinition& definition, core::JsonView value);

}  // namespace user
