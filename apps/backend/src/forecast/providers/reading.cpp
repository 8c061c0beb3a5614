#include "forecast/providers/reading.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace forecast::providers {
namespace {

constexpr std::size_t kMaxDriftBytes = 200;
constexpr std::size_t kMaxDrifts = 1000;

/// Cuts at a UTF-8 character's start.
std::string cut(std::string text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  std::size_t end = max_bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
  return text;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const auto from = text.find_first_not_of(kSpace);
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(kSpace) - from + 1);
}

}  // namespace

void DriftLog::add(std::string_view path, core::JsonView value) {
  if (found_.size() >= kMaxDrifts) return;
  found_.push_back({std::string(path), value.exists() ? cut(value.canonical(), kMaxDriftBytes) : "(absent)"});
}

void DriftLog::absent(std::string_view path) { add(path, {}); }

std::string text_or_empty(core::JsonView value) { return std::string(value.string().value_or("")); }

std::string trimmed_text(core::JsonView value) { return std::string(trimmed(value.string().value_or(""))); }

std::optional<double> loose_number(core::JsonView value) {
  if (const auto number = value.number()) return number;
  const auto text = value.string();
  if (!text) return std::nullopt;
  const std::string_view digits = trimmed(*text);
  double number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size() || !std::isfinite(number))
    return std::nullopt;
  return number;
}

std::optional<int> loose_integer(core::JsonView value) {
  const auto number = loose_number(value);
  if (!number || std::abs(*number) > 1e9 || *number != std::floor(*number)) return std::nullopt;
  return static_cast<int>(*number);
}

std::string id_text(core::JsonView value) {
  if (value.string()) return trimmed_text(value);
  if (const auto number = value.integer()) return std::to_string(*number);
  return {};
}

std::string native_text(core::JsonView value) {
  if (!value.exists()) return {};
  if (const auto text = value.string()) return cut(std::string(*text), kMaxDriftBytes);
  return cut(value.canonical(), kMaxDriftBytes);
}

std::optional<core::Timestamp> read_time(core::JsonView value, std::string_view path, DriftLog& drift,
                                         core::NoOffset no_offset) {
  if (!value.exists() || value.is_null()) return std::nullopt;
  const auto text = value.string();
  const auto time = text ? core::parse_time(trimmed(*text), no_offset) : std::nullopt;
  if (!time) {
    drift.add(path, value);
    return std::nullopt;
  }
  return std::chrono::floor<std::chrono::seconds>(*time);
}

std::string read_word(core::JsonView value, std::span<const std::string_view> known, std::string_view path,
                      DriftLog& drift) {
  if (!value.exists() || value.is_null()) return {};
  std::string word = native_text(value);
  if (std::ranges::find(known, std::string_view(word)) == known.end()) drift.add(path, value);
  return word;
}

std::string slug(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const char folded = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    const bool plain = (folded >= 'a' && folded <= 'z') || (folded >= '0' && folded <= '9');
    if (plain) {
      out.push_back(folded);
    } else if (!out.empty() && out.back() != '-') {
      out.push_back('-');
    }
  }
  if (!out.empty() && out.back() == '-') out.pop_back();
  return out;
}

}  // namespace forecast::providers
