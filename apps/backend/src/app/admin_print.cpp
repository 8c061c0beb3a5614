#include "app/admin_print.hpp"

#include <algorithm>
#include <cstdio>

namespace app {
namespace {

/// Characters of UTF-8; what is wide on a terminal is not looked at.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

/// What a terminal would act on is shown as "?".
std::string harmless(std::string_view text) {
  std::string shown(text);
  std::ranges::replace_if(
      shown, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
  return shown;
}

void print_row(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const auto cell = harmless(cells[i]);
    line += cell;
    if (i + 1 < cells.size()) line.append(widths[i] - width_of(cell) + 2, ' ');
  }
  std::printf("%s\n", line.c_str());
}

}  // namespace

void print_json(const std::string& json) { std::printf("%s\n", json.c_str()); }

void print_table(const std::vector<std::string>& headings, const std::vector<std::vector<std::string>>& rows,
                 std::string_view empty) {
  if (rows.empty()) {
    std::printf("%s\n", std::string(empty).c_str());
    return;
  }
  std::vector<std::size_t> widths;
  widths.reserve(headings.size());
  for (const auto& heading : headings) widths.push_back(width_of(heading));
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  print_row(headings, widths);
  for (const auto& row : rows) print_row(row, widths);
}

void print_facts(const std::vector<std::pair<std::string, std::string>>& facts) {
  std::size_t width = 0;
  for (const auto& [name, value] : facts) width = std::max(width, width_of(name) + 1);
  for (const auto& [name, value] : facts) print_row({name + ":", value}, {width});
}

std::string shown(const std::optional<core::Timestamp>& at) { return at ? core::format_utc(*at) : "–"; }

std::string shown(bool truth) { return truth ? "yes" : "no"; }

}  // namespace app
