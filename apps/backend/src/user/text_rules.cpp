#include "user/text_rules.hpp"

#include <algorithm>
#include <array>

namespace user {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

/// U+202A–U+202E and U+2066–U+2069 in UTF-8.
bool turns_direction(std::string_view text) {
  for (std::size_t i = 0; i + 2 < text.size(); ++i) {
    if (text[i] != '\xe2') continue;
    const auto second = text[i + 1];
    const auto third = static_cast<unsigned char>(text[i + 2]);
    if (second == '\x80' && third >= 0xAA && third <= 0xAE) return true;
    if (second == '\x81' && third >= 0xA6 && third <= 0xA9) return true;
  }
  return false;
}

bool has_control(std::string_view text, bool may_break) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '\n' && may_break) continue;
    if (c < 0x20 || c == 0x7F) return true;
    // U+0080–U+009F.
    if (c == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0) return true;
  }
  return false;
}

std::string range(const LineRule& rule) {
  if (rule.min == 0) return "at most " + std::to_string(rule.max);
  return std::to_string(rule.min) + " to " + std::to_string(rule.max);
}

}  // namespace

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return !is_continuation(c); }));
}

void check_text(std::string_view field, std::string_view text, LineRule rule, Faults& faults) {
  const auto count = characters(text);
  if (count < rule.min || count > rule.max) {
    faults.push_back({std::string(field), "out_of_range",
                      "must have " + range(rule) + " characters (has " + std::to_string(count) + ")"});
  } else if (has_control(text, rule.may_break) || turns_direction(text)) {
    faults.push_back({std::string(field), "invalid",
                      rule.may_break ? "must not have control characters except line feeds"
                                     : "must not have line breaks or control characters"});
  }
}

void require_none(Faults faults) {
  if (faults.empty()) return;
  throw core::Error::invalid("validation_failed", "A value is not acceptable.", std::move(faults));
}

std::string normalised_phone(std::string_view typed) {
  constexpr std::size_t kFewest = 3;
  constexpr std::size_t kMost = 15;
  std::string number;
  for (const char c : typed) {
    if (is_digit(c) || (c == '+' && number.empty())) {
      number += c;
    } else if (std::string_view(" -.()/").find(c) == std::string_view::npos) {
      return {};
    }
  }
  const auto digits = static_cast<std::size_t>(std::ranges::count_if(number, is_digit));
  return digits >= kFewest && digits <= kMost ? number : std::string{};
}

}  // namespace user
