#pragma once
// From the text of one setting to its value.

#include "core/config.hpp"

#include <string>
#include <string_view>

namespace core {

/// A value, or what the text must be ("must be a whole number from 1 to 64").
struct ParsedSetting {
  Config::Value value;
  std::string must_be;

  bool ok() const { return must_be.empty(); }
};

ParsedSetting parse_setting(const ConfigRow& row, std::string_view text);

/// A text that stands in examples, and was not replaced by one's own.
bool is_placeholder(const ConfigRow& row, std::string_view text);

/// Insertions, deletions, substitutions and swaps of neighbours that turn one name into the other.
std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace core
