#include "core/json_writer.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <optional>

namespace core {
namespace {

void append_quoted(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  std::size_t clean_from = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, clean_from, i - clean_from);
    clean_from = i + 1;
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        out += "\\u00";
        out += kHex[c >> 4];
        out += kHex[c & 0x0F];
    }
  }
  out.append(text, clean_from, text.size() - clean_from);
  out += '"';
}

template <typename Number>
void append_number(std::string& out, Number number) {
  char text[40];
  const auto result = std::to_chars(text, text + sizeof text, number);
  out.append(text, result.ptr);
}

/// The number as a whole count of 10^-decimals, where that is certain to be what exact rounding gives: the
/// product errs by less than 2^-12, so only what lies close to halfway between two counts is in doubt.
std::optional<std::int64_t> as_count(double number, int decimals) {
  constexpr std::array<double, 10> kPowers = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
  constexpr double kLargest = 1099511627776;  // 2^40
  if (decimals < 0 || decimals >= static_cast<int>(kPowers.size())) return std::nullopt;
  const double scaled = number * kPowers[static_cast<std::size_t>(decimals)];
  if (!(std::abs(scaled) < kLargest)) return std::nullopt;
  const auto nearest = static_cast<std::int64_t>(scaled + (scaled < 0 ? -0.5 : 0.5));
  if (std::abs(scaled - static_cast<double>(nearest)) > 0.49) return std::nullopt;
  return nearest;
}

/// A count of 10^-decimals as a decimal number without trailing zeros.
void append_count(std::string& out, std::int64_t count, int decimals) {
  while (decimals > 0 && count % 10 == 0) {
    count /= 10;
    --decimals;
  }
  std::array<char, 32> text;
  char* begin = text.data() + text.size();
  auto rest = static_cast<std::uint64_t>(count < 0 ? -count : count);
  for (int i = 0; i < decimals; ++i, rest /= 10) *--begin = static_cast<char>('0' + rest % 10);
  if (decimals > 0) *--begin = '.';
  do *--begin = static_cast<char>('0' + rest % 10);
  while ((rest /= 10) > 0);
  if (count < 0) *--begin = '-';
  out.append(begin, text.data() + text.size());
}

}  // namespace

void JsonWriter::separate() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (has_element_.empty()) return;
  if (has_element_.back()) out_ += ',';
  has_element_.back() = true;
}

JsonWriter& JsonWriter::begin_object() {
  separate();
  out_ += '{';
  has_element_.push_back(false);
  return *this;
}

JsonWriter& JsonWriter::end_object() {
  out_ += '}';
  has_element_.pop_back();
  return *this;
}

JsonWriter& JsonWriter::begin_array() {
  separate();
  out_ += '[';
  has_element_.push_back(false);
  return *this;
}

JsonWriter& JsonWriter::end_array() {
  out_ += ']';
  has_element_.pop_back();
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  separate();
  append_quoted(out_, name);
  out_ += ':';
  after_key_ = true;
  return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
  separate();
  append_quoted(out_, text);
  return *this;
}

JsonWriter& JsonWriter::value(double number) {
  if (!std::isfinite(number)) return null();
  separate();
  append_number(out_, number == 0 ? 0.0 : number);
  return *this;
}

JsonWriter& JsonWriter::fixed(double number, int decimals) {
  if (!std::isfinite(number)) return null();
  separate();
  if (const auto count = as_count(number, decimals)) {
    append_count(out_, *count, decimals);
    return *this;
  }
  char text[64];
  const auto result = std::to_chars(text, text + sizeof text, number, std::chars_format::fixed, decimals);
  if (result.ec != std::errc{}) {
    append_number(out_, number);
    return *this;
  }
  std::string_view digits(text, static_cast<std::size_t>(result.ptr - text));
  if (digits.find('.') != std::string_view::npos) {
    while (digits.back() == '0') digits.remove_suffix(1);
    if (digits.back() == '.') digits.remove_suffix(1);
  }
  out_ += digits == "-0" ? "0" : digits;
  return *this;
}

JsonWriter& JsonWriter::integer(std::int64_t number) {
  separate();
  append_number(out_, number);
  return *this;
}

JsonWriter& JsonWriter::unsigned_integer(std::uint64_t number) {
  separate();
  append_number(out_, number);
  return *this;
}

JsonWriter& JsonWriter::null() { return raw("null"); }

JsonWriter& JsonWriter::raw(std::string_view json) {
  separate();
  out_ += json;
  return *this;
}

std::string json_quote(std::string_view text) {
  std::string out;
  append_quoted(out, text);
  return out;
}

}  // namespace core
