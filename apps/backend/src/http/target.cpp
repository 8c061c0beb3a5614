#include "http/target.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <cstdint>

namespace http {
namespace {

std::uint8_t byte_at(std::string_view text, std::size_t i) { return static_cast<std::uint8_t>(text[i]); }

/// Length of the well-formed UTF-8 sequence at `i`, 0 if there is none (Unicode 15, table 3-7).
std::size_t utf8_sequence(std::string_view text, std::size_t i) {
  const std::uint8_t lead = byte_at(text, i);
  if (lead < 0x80) return 1;
  std::size_t length = 0;
  std::uint8_t low = 0x80;
  std::uint8_t high = 0xBF;
  if (lead >= 0xC2 && lead <= 0xDF) {
    length = 2;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    length = 3;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    length = 4;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
  }
  if (length == 0 || i + length > text.size()) return 0;
  for (std::size_t k = 1; k < length; ++k) {
    const std::uint8_t next = byte_at(text, i + k);
    if (next < low || next > high) return 0;
    low = 0x80;
    high = 0xBF;
  }
  return length;
}

bool is_clean_text(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const std::uint8_t byte = byte_at(text, i);
    if (byte < 0x20 || byte == 0x7F) return false;
    const std::size_t length = utf8_sequence(text, i);
    if (length == 0) return false;
    i += length;
  }
  return true;
}

Fault refuse(std::string detail) { return {400, "invalid_request", std::move(detail)}; }

}  // namespace

std::optional<Fault> Target::assign(std::string_view raw) {
  segments_.clear();
  params_.clear();
  decoded_.clear();
  path_ = {};
  if (raw.size() > kMaxBytes) return Fault{414, "target_too_long", "The request target exceeds 4096 bytes."};
  if (raw.empty() || raw.front() != '/') return refuse("The request target must start with '/'.");
  const bool printable = std::ranges::all_of(
      raw, [](char c) { return c >= 0x21 && c <= 0x7e && c != '#' && c != '\\' && c != '"'; });
  if (!printable) return refuse("The request target has a byte that must be percent-encoded.");
  decoded_.reserve(raw.size());
  const auto mark = raw.find('?');
  path_ = raw.substr(0, mark);
  if (auto fault = split_path()) return fault;
  if (mark == std::string_view::npos) return std::nullopt;
  return split_query(raw.substr(mark + 1));
}

std::optional<Fault> Target::split_path() {
  std::string_view rest = path_.substr(1);
  if (rest.empty()) return std::nullopt;
  for (bool more = true; more;) {
    const auto slash = rest.find('/');
    const auto segment = decode(rest.substr(0, slash), false);
    if (!segment) return refuse("The path has a malformed percent-escape.");
    if (segment->find_first_of("/\\") != std::string_view::npos) {
      return refuse("The path has an encoded '/' or '\\'.");
    }
    if (*segment == "." || *segment == "..") return refuse("The path has a '.' or '..' segment.");
    if (!is_clean_text(*segment)) return refuse("The path is not UTF-8 text without control characters.");
    segments_.push_back(*segment);
    more = slash != std::string_view::npos;
    if (more) rest.remove_prefix(slash + 1);
  }
  return std::nullopt;
}

std::optional<Fault> Target::split_query(std::string_view query) {
  while (!query.empty()) {
    const auto amp = query.find('&');
    const auto pair = query.substr(0, amp);
    query = amp == std::string_view::npos ? std::string_view{} : query.substr(amp + 1);
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    const auto name = decode(pair.substr(0, equals), true);
    const auto value =
        equals == std::string_view::npos ? std::string_view{} : decode(pair.substr(equals + 1), true);
    if (!name || !value) return refuse("The query has a malformed percent-escape.");
    if (!is_clean_text(*name) || !is_clean_text(*value)) {
      return refuse("The query is not UTF-8 text without control characters.");
    }
    if (std::ranges::any_of(params_, [&](const QueryParam& known) { return known.name == *name; })) {
      return refuse("The query parameter \"" + std::string(*name) + "\" is given twice; give it once.");
    }
    if (params_.size() == kMaxParams) return refuse("The query has more than 64 parameters.");
    params_.push_back({*name, *value});
  }
  return std::nullopt;
}

std::optional<std::string_view> Target::decode(std::string_view text, bool plus_is_space) {
  if (text.find('%') == std::string_view::npos &&
      (!plus_is_space || text.find('+') == std::string_view::npos)) {
    return text;
  }
  const std::size_t start = decoded_.size();
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '+' && plus_is_space) {
      c = ' ';
    } else if (c == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = core::hex_value(text[i + 1]);
      const int low = core::hex_value(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high << 4 | low);
      i += 2;
    }
    decoded_.push_back(c);
  }
  return std::string_view(decoded_.data() + start, decoded_.size() - start);
}

}  // namespace http
