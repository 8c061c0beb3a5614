#include "core/config_value.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace core {
namespace {

ParsedSetting good(Config::Value value) { return {std::move(value), {}}; }
ParsedSetting bad(std::string must_be) { return {{}, "must be " + std::move(must_be)}; }

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
  if (result.ec != std::errc{} || result.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

struct Unit {
  std::string_view suffix;
  std::int64_t factor;
};

/// Seconds and bytes: a whole number with one of the units, or of the plain unit.
std::optional<std::int64_t> number_with_unit(std::string_view text, std::span<const Unit> units) {
  const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = whole_number(text.substr(0, digits));
  const auto unit = std::ranges::find(units, text.substr(digits), &Unit::suffix);
  if (!number || unit == units.end()) return std::nullopt;
  if (*number > std::numeric_limits<std::int64_t>::max() / unit->factor) return std::nullopt;
  return *number * unit->factor;
}

constexpr std::array kTimeUnits = {Unit{"", 1}, Unit{"s", 1}, Unit{"m", 60}, Unit{"h", 3600},
                                   Unit{"d", 86'400}};
constexpr std::array kSizeUnits = {Unit{"", 1}, Unit{"B", 1}, Unit{"KiB", 1 << 10}, Unit{"MiB", 1 << 20},
                                   Unit{"GiB", 1 << 30}};

std::string range_text(const ConfigRow& row, std::string_view unit) {
  const std::string end = unit.empty() ? "" : " " + std::string(unit);
  if (row.min && row.max)
    return " from " + std::to_string(*row.min) + " to " + std::to_string(*row.max) + end;
  if (row.min) return " of at least " + std::to_string(*row.min) + end;
  if (row.max) return " of at most " + std::to_string(*row.max) + end;
  return {};
}

bool in_range(const ConfigRow& row, std::int64_t number) {
  return (!row.min || number >= *row.min) && (!row.max || number <= *row.max);
}

ParsedSetting ranged(const ConfigRow& row, std::optional<std::int64_t> number, std::string what,
                     std::string_view unit = {}) {
  if (!number || !in_range(row, *number)) return bad(std::move(what) + range_text(row, unit));
  return good(*number);
}

ParsedSetting parse_text(const ConfigRow& row, std::string_view text) {
  if (!in_range(row, static_cast<std::int64_t>(text.size()))) {
    return bad((row.secret ? "a secret" : "a text") + range_text(row, "bytes"));
  }
  return good(std::string(text));
}

ParsedSetting parse_port(const ConfigRow& row, std::string_view text) {
  ConfigRow limited = row;
  limited.min = row.min.value_or(1);
  limited.max = row.max.value_or(65'535);
  return ranged(limited, whole_number(text), "a port number");
}

ParsedSetting parse_boolean(std::string_view text) {
  const auto word = lower_ascii(text);
  if (word == "true" || word == "yes" || word == "on" || word == "1") return good(true);
  if (word == "false" || word == "no" || word == "off" || word == "0") return good(false);
  return bad("true or false");
}

std::string joined(std::span<const std::string_view> words, std::string_view separator) {
  std::string text;
  for (const auto word : words) {
    if (!text.empty()) text += separator;
    text += word;
  }
  return text;
}

ParsedSetting parse_enumeration(const ConfigRow& row, std::string_view text) {
  if (std::ranges::find(row.choices, text) == row.choices.end())
    return bad("one of " + joined(row.choices, ", "));
  return good(std::string(text));
}

ParsedSetting parse_url(const ConfigRow& row, std::string_view text) {
  const auto colon = text.find("://");
  const auto scheme = text.substr(0, std::min(colon, text.size()));
  const bool known =
      row.choices.empty() ? !scheme.empty() : std::ranges::find(row.choices, scheme) != row.choices.end();
  const bool clean = std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) <= 0x20; });
  const bool has_rest = colon != std::string_view::npos && text.size() > colon + 3;
  if (!known || !clean || !has_rest || !in_range(row, static_cast<std::int64_t>(text.size()))) {
    const std::string schemes =
        row.choices.empty() ? "" : " that starts with " + joined(row.choices, ":// or ") + "://";
    return bad("an address" + schemes + range_text(row, "bytes"));
  }
  return good(std::string(text));
}

ParsedSetting parse_list(const ConfigRow& row, std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    const std::string item(trimmed(text.substr(0, comma)));
    if (!item.empty() && std::ranges::find(items, item) == items.end()) items.push_back(item);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  if (!in_range(row, static_cast<std::int64_t>(items.size()))) {
    return bad("a list with commas" + range_text(row, "items"));
  }
  return good(std::move(items));
}

}  // namespace

namespace {

ParsedSetting parse_by_type(const ConfigRow& row, std::string_view text) {
  switch (row.type) {
    case ConfigType::text:
    case ConfigType::path:
      return parse_text(row, text);
    case ConfigType::url:
      return parse_url(row, text);
    case ConfigType::integer:
      return ranged(row, whole_number(text), "a whole number");
    case ConfigType::boolean:
      return parse_boolean(text);
    case ConfigType::duration:
      return ranged(row, number_with_unit(text, kTimeUnits), "a duration such as 30s, 15m or 12h", "seconds");
    case ConfigType::size:
      return ranged(row, number_with_unit(text, kSizeUnits), "a size such as 64KiB or 20MiB", "bytes");
    case ConfigType::enumeration:
      return parse_enumeration(row, text);
    case ConfigType::list:
      return parse_list(row, text);
    case ConfigType::port:
      return parse_port(row, text);
    case ConfigType::day:
      if (const auto day = parse_day(text)) return good(*day);
      return bad("a day such as 2026-01-31");
    case ConfigType::instant:
      if (const auto at = parse_time(text)) return good(*at);
      return bad("a time such as 2026-01-31T06:00:00Z");
  }
  return bad("of a known type");
}

}  // namespace

ParsedSetting parse_setting(const ConfigRow& row, std::string_view text) {
  auto parsed = parse_by_type(row, text);
  if (!parsed.ok() || row.check == nullptr) return parsed;
  const auto* items = std::get_if<std::vector<std::string>>(&parsed.value);
  if (items == nullptr) {
    if (auto must_be = row.check(text); !must_be.empty()) return bad(std::move(must_be));
    return parsed;
  }
  for (const auto& item : *items) {
    if (auto must_be = row.check(item); !must_be.empty()) return bad(std::move(must_be));
  }
  return parsed;
}

bool is_placeholder(const ConfigRow& row, std::string_view text) {
  if (!row.example.empty() && text == row.example) return true;
  std::string plain = lower_ascii(text);
  std::ranges::replace(plain, '_', '-');
  constexpr std::array<std::string_view, 7> kMarks = {"change-me",   "changeme", "replace-me", "example.com",
                                                      "example.org", "your-",    "placeholder"};
  return std::ranges::any_of(kMarks, [&plain](auto mark) { return plain.find(mark) != std::string::npos; });
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

}  // namespace core
