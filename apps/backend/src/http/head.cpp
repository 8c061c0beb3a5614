#include "http/head.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace http {
namespace {

constexpr std::size_t kMaxMethodBytes = 32;

constexpr std::array<bool, 256> kTokenByte = [] {
  std::array<bool, 256> table{};
  for (unsigned c = '0'; c <= '9'; ++c) table[c] = true;
  for (unsigned c = 'A'; c <= 'Z'; ++c) table[c] = true;
  for (unsigned c = 'a'; c <= 'z'; ++c) table[c] = true;
  for (const char c : {'!', '#', '$', '%', '&', '\'', '*', '+', '-', '.', '^', '_', '`', '|', '~'}) {
    table[static_cast<unsigned char>(c)] = true;
  }
  return table;
}();

Fault refuse(const char* detail) { return {400, "invalid_request", detail}; }

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<Fault> parse_version(std::string_view version, Head& head) {
  const bool well_formed = version.size() == 8 && version.starts_with("HTTP/") && is_digit(version[5]) &&
                           version[6] == '.' && is_digit(version[7]);
  if (!well_formed) return refuse("The request line does not end in HTTP/1.1.");
  if (version[5] != '1' || version[7] > '1') {
    return Fault{505, "http_version_not_supported", "Only HTTP/1.1 and HTTP/1.0 are served here."};
  }
  head.minor_version = version[7] - '0';
  return std::nullopt;
}

std::optional<Fault> parse_request_line(std::string_view line, Head& head) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) {
    return refuse("The request line is not \"METHOD target HTTP/1.1\".");
  }
  head.method = line.substr(0, first);
  head.target = line.substr(first + 1, last - first - 1);
  if (head.method.size() > kMaxMethodBytes || !is_token(head.method))
    return refuse("The method is malformed.");
  return parse_version(line.substr(last + 1), head);
}

std::optional<Fault> parse_field(std::string_view line, Head& head) {
  if (line.front() == ' ' || line.front() == '\t') return refuse("Folded header lines are not accepted.");
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return refuse("A header line has no colon.");
  const Field field{line.substr(0, colon), trim(line.substr(colon + 1))};
  if (!is_token(field.name)) return refuse("A header name is malformed.");
  if (!is_field_value(field.value)) return refuse("A header value has a control character.");
  head.fields.push_back(field);
  return std::nullopt;
}

}  // namespace

bool is_token(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return kTokenByte[static_cast<unsigned char>(c)]; });
}

bool is_field_value(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte != 0x7F) || byte == '\t';
  });
}

HeadScanner::State HeadScanner::scan(std::string_view bytes) {
  while (seen_ < bytes.size()) {
    const void* found = std::memchr(bytes.data() + seen_, '\n', bytes.size() - seen_);
    if (found == nullptr) {
      seen_ = bytes.size();
      break;
    }
    const auto newline = static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
    if (newline == line_start_ || bytes[newline - 1] != '\r') return State::malformed;
    const bool empty_line = newline - line_start_ == 1;
    if (empty_line && line_start_ == 0) return State::malformed;
    seen_ = newline + 1;
    line_start_ = seen_;
    if (empty_line) {
      length_ = seen_;
      return State::complete;
    }
  }
  return State::incomplete;
}

std::optional<Fault> parse_head(std::string_view bytes, std::size_t max_fields, Head& head) {
  head.fields.clear();
  bool first = true;
  while (true) {
    const auto newline = bytes.find('\n');
    if (newline == std::string_view::npos || newline == 0 || bytes[newline - 1] != '\r') {
      return refuse("Lines must end in CRLF.");
    }
    const auto line = bytes.substr(0, newline - 1);
    bytes.remove_prefix(newline + 1);
    if (line.empty()) break;
    if (first) {
      if (auto fault = parse_request_line(line, head)) return fault;
      first = false;
      continue;
    }
    if (head.fields.size() == max_fields) {
      return Fault{431, "header_too_large", "The request has too many header fields."};
    }
    if (auto fault = parse_field(line, head)) return fault;
  }
  if (first) return refuse("The request line is missing.");
  return std::nullopt;
}

}  // namespace http
