#pragma once
// How the commands of operators print for people.

#include "core/time.hpp"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace app {

/// A line of JSON.
void print_json(const std::string& json);

/// Columns as wide as their widest cell, two spaces between; `empty` when there are no rows.
void print_table(const std::vector<std::string>& headings, const std::vector<std::vector<std::string>>& rows,
                 std::string_view empty);

/// "name: value" lines, the values in one column.
void print_facts(const std::vector<std::pair<std::string, std::string>>& facts);

/// "2026-01-12T09:00:00Z", or "–".
std::string shown(const std::optional<core::Timestamp>& at);
std::string shown(bool truth);

}  // namespace app
