#include "http/guard.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace http {
namespace {

constexpr std::size_t kMaxLengthDigits = 18;
constexpr std::array<std::string_view, 6> kSingletons = {"authorization", "content-type", "host",
                                                         "origin",        "if-match",     "idempotency-key"};

Fault refuse(std::string detail) { return {400, "invalid_request", std::move(detail)}; }

bool has_token(std::string_view list, std::string_view token) {
  for (bool more = true; more;) {
    const auto comma = list.find(',');
    auto item = list.substr(0, comma);
    while (!item.empty() && (item.front() == ' ' || item.front() == '\t')) item.remove_prefix(1);
    while (!item.empty() && (item.back() == ' ' || item.back() == '\t')) item.remove_suffix(1);
    if (equal_ignoring_case(item, token)) return true;
    more = comma != std::string_view::npos;
    if (more) list.remove_prefix(comma + 1);
  }
  return false;
}

std::optional<std::uint64_t> parse_length(std::string_view text) {
  const bool digits = !text.empty() && text.size() <= kMaxLengthDigits &&
                      std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) return std::nullopt;
  std::uint64_t length = 0;
  std::from_chars(text.data(), text.data() + text.size(), length);
  return length;
}

/// What check_framing gathers in one pass over the fields.
struct Seen {
  std::array<bool, kSingletons.size()> singleton{};
  const Field* content_length = nullptr;
  const Field* transfer_encoding = nullptr;
  const Field* expect = nullptr;
  bool connection_close = false;
};

std::optional<Fault> note_once(const Field*& slot, const Field& field) {
  if (slot != nullptr) return refuse("The header " + std::string(field.name) + " is given twice.");
  slot = &field;
  return std::nullopt;
}

std::optional<Fault> note(const Field& field, Seen& seen) {
  const auto& name = field.name;
  for (std::size_t i = 0; i < kSingletons.size(); ++i) {
    if (!equal_ignoring_case(name, kSingletons[i])) continue;
    if (seen.singleton[i]) return refuse("The header " + std::string(name) + " is given twice.");
    seen.singleton[i] = true;
    return std::nullopt;
  }
  if (equal_ignoring_case(name, "content-length")) return note_once(seen.content_length, field);
  if (equal_ignoring_case(name, "transfer-encoding")) return note_once(seen.transfer_encoding, field);
  if (equal_ignoring_case(name, "expect")) return note_once(seen.expect, field);
  if (equal_ignoring_case(name, "connection") && has_token(field.value, "close"))
    seen.connection_close = true;
  return std::nullopt;
}

std::optional<Fault> read_body_length(const Head& head, const Seen& seen, Framing& framing) {
  if (seen.transfer_encoding != nullptr) {
    if (seen.content_length != nullptr) {
      return refuse("Transfer-Encoding and Content-Length exclude each other.");
    }
    if (head.minor_version == 0) return refuse("HTTP/1.0 has no Transfer-Encoding.");
    const auto coding = seen.transfer_encoding->value;
    if (!equal_ignoring_case(coding, "chunked")) {
      // A list that mentions chunked is a framing trick; a single foreign coding is one we do not have.
      if (!is_token(coding)) return refuse("The only Transfer-Encoding accepted is \"chunked\".");
      return Fault{501, "not_implemented", "The only Transfer-Encoding accepted is \"chunked\"."};
    }
    framing.chunked = true;
    return std::nullopt;
  }
  if (seen.content_length == nullptr) return std::nullopt;
  const auto length = parse_length(seen.content_length->value);
  if (!length) return refuse("Content-Length must be one decimal number.");
  framing.content_length = *length;
  return std::nullopt;
}

bool is_host_byte(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '.' || c == '-' || c == '_';
}

bool is_port(std::string_view text) {
  return text.size() <= 5 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::optional<Fault> HostPolicy::check(std::string_view value, std::string& name) const {
  name.assign(value);
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  const bool bracketed = name.starts_with('[');
  const auto end = bracketed ? name.find(']') : name.find(':');
  if (bracketed && end == std::string::npos) return refuse("The Host header is malformed.");
  const auto after = std::string_view(name).substr(std::min(name.size(), bracketed ? end + 1 : end));
  if (!after.empty() && (after.front() != ':' || !is_port(after.substr(1)))) {
    return refuse("The Host header is malformed.");
  }
  name.resize(name.size() - after.size());
  std::optional<IpAddress> address;
  if (bracketed) {
    address = parse_ip(std::string_view(name).substr(1, name.size() - 2));
    if (!address) return refuse("The Host header is malformed.");
  } else {
    if (name.empty() || !std::ranges::all_of(name, is_host_byte))
      return refuse("The Host header is malformed.");
    if (any_host_ || std::ranges::find(names_, name) != names_.end() || name == "localhost")
      return std::nullopt;
    address = parse_ip(name);
  }
  if (any_host_ || (address && address->is_loopback())) return std::nullopt;
  if (std::ranges::find(names_, name) != names_.end()) return std::nullopt;
  return Fault{421, "misdirected_request", "This server does not answer for the host named in Host."};
}

std::variant<Framing, Fault> check_framing(const Head& head) {
  Seen seen;
  for (const auto& field : head.fields) {
    if (auto fault = note(field, seen)) return std::move(*fault);
  }
  // HTTP/1.0 allows no Host, but every answer of ours depends on it.
  if (!seen.singleton[2]) return refuse("The Host header is missing.");
  Framing framing;
  // Keep-alive is opt-in with HTTP/1.0 and nothing that needs it speaks 1.0.
  framing.keep_alive = head.minor_version == 1 && !seen.connection_close;
  if (auto fault = read_body_length(head, seen, framing)) return std::move(*fault);
  if (seen.expect != nullptr) {
    if (!equal_ignoring_case(seen.expect->value, "100-continue")) {
      return Fault{417, "expectation_failed", "The only expectation known is \"100-continue\"."};
    }
    framing.expect_continue = head.minor_version == 1 && framing.has_body();
  }
  return framing;
}

}  // namespace http
