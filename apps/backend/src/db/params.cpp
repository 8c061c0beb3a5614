#include "db/params.hpp"

#include <charconv>
#include <cmath>
#include <cstdio>

namespace db {
namespace {

void append_quoted(std::string& out, std::string_view item) {
  out += '"';
  for (const char c : item) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

void append_item(std::string& out, const std::string& item) { append_quoted(out, item); }
void append_item(std::string& out, std::string_view item) { append_quoted(out, item); }
void append_item(std::string& out, const core::Uuid& item) { out += core::to_string(item); }
void append_item(std::string& out, std::int64_t item) { out += std::to_string(item); }
void append_item(std::string& out, double item) {
  const Param printed(item);
  out += printed.content();
}

template <typename T>
std::string array_text(std::span<const T> items) {
  std::string out = "{";
  for (const auto& item : items) {
    if (out.size() > 1) out += ',';
    append_item(out, item);
  }
  out += '}';
  return out;
}

}  // namespace

ArrayText::ArrayText(std::span<const std::string> items) : text_(array_text(items)) {}
ArrayText::ArrayText(std::span<const std::string_view> items) : text_(array_text(items)) {}
ArrayText::ArrayText(std::span<const core::Uuid> items) : text_(array_text(items)) {}
ArrayText::ArrayText(std::span<const std::int64_t> items) : text_(array_text(items)) {}
ArrayText::ArrayText(std::span<const double> items) : text_(array_text(items)) {}

void Param::print_integer(std::int64_t value) {
  const auto end = std::to_chars(printed_.data(), printed_.data() + printed_.size(), value).ptr;
  printed_size_ = static_cast<std::uint8_t>(end - printed_.data());
}

void Param::print_real(double value) {
  if (!std::isfinite(value)) {
    kind_ = Kind::text;
    content_ = std::isnan(value) ? "NaN" : (value > 0 ? "Infinity" : "-Infinity");
    return;
  }
  const auto end = std::to_chars(printed_.data(), printed_.data() + printed_.size(), value).ptr;
  printed_size_ = static_cast<std::uint8_t>(end - printed_.data());
}

Param::Param(const core::Uuid& value) : kind_(Kind::printed) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::size_t at = 0;
  for (std::size_t i = 0; i < value.bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) printed_[at++] = '-';
    printed_[at++] = kDigits[value.bytes[i] >> 4];
    printed_[at++] = kDigits[value.bytes[i] & 15];
  }
  printed_size_ = static_cast<std::uint8_t>(at);
}

Param::Param(core::Timestamp value) : kind_(Kind::printed) {
  if (value == core::Timestamp::min() || value == core::Timestamp::max()) {
    kind_ = Kind::text;
    content_ = value == core::Timestamp::min() ? "-infinity" : "infinity";
    return;
  }
  const auto day = std::chrono::floor<std::chrono::days>(value);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(value - day);
  const int size = std::snprintf(
      printed_.data(), printed_.size(), "%04d-%02u-%02u %02d:%02d:%02d.%06d+00",
      static_cast<int>(date.year()), static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
      static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count()));
  printed_size_ = static_cast<std::uint8_t>(size);
}

Param::Param(core::Day value) : kind_(Kind::printed) {
  const int size =
      std::snprintf(printed_.data(), printed_.size(), "%04d-%02u-%02u", static_cast<int>(value.year()),
                    static_cast<unsigned>(value.month()), static_cast<unsigned>(value.day()));
  printed_size_ = static_cast<std::uint8_t>(size);
}

}  // namespace db
