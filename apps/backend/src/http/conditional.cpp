#include "http/conditional.hpp"

#include "core/error.hpp"

#include <algorithm>

namespace http {
namespace {

bool is_etag_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == 0x21 || (byte >= 0x23 && byte != 0x7F);
}

std::string_view opaque(std::string_view etag) { return etag.starts_with("W/") ? etag.substr(2) : etag; }

/// Calls `see(entity_tag)` for each tag of the list until it returns true. Stops at the first malformed one:
/// what follows can not be told apart from text inside it.
template <typename See>
bool any_tag(std::string_view list, See&& see) {
  while (true) {
    const auto start = list.find_first_not_of(", \t");
    if (start == std::string_view::npos) return false;
    list.remove_prefix(start);
    const std::size_t quote = list.starts_with("W/") ? 2 : 0;
    if (quote >= list.size() || list[quote] != '"') return false;
    const auto end = list.find('"', quote + 1);
    if (end == std::string_view::npos) return false;
    if (see(list.substr(0, end + 1))) return true;
    list.remove_prefix(end + 1);
  }
}

bool is_star(std::string_view list) {
  const auto first = list.find_first_not_of(" \t");
  return first != std::string_view::npos && list[first] == '*' &&
         list.find_first_not_of(" \t", first + 1) == std::string_view::npos;
}

}  // namespace

std::string strong_etag(std::string_view text) {
  if (!std::ranges::all_of(text, is_etag_byte)) {
    throw core::Error(core::ErrorKind::internal, "internal", "Internal error.", "malformed entity tag");
  }
  std::string etag;
  etag.reserve(text.size() + 2);
  etag.append("\"").append(text).append("\"");
  return etag;
}

bool if_none_match_matches(std::string_view list, std::string_view etag) {
  if (is_star(list)) return true;
  return any_tag(list, [&](std::string_view tag) { return opaque(tag) == opaque(etag); });
}

bool if_match_matches(std::string_view list, std::string_view etag) {
  if (etag.empty()) return false;
  if (is_star(list)) return true;
  if (etag.starts_with("W/")) return false;
  return any_tag(list, [&](std::string_view tag) { return tag == etag; });
}

std::optional<Response> not_modified(const Request& request, std::string_view etag,
                                     std::string_view cache_control, std::string_view vary) {
  if (request.method() != Method::get && request.method() != Method::head) return std::nullopt;
  // Several lines are one list; each can be read alone, since a match in any of them decides.
  const bool matches = std::ranges::any_of(request.headers(), [&](const Field& field) {
    return equal_ignoring_case(field.name, "if-none-match") && if_none_match_matches(field.value, etag);
  });
  if (!matches) return std::nullopt;
  Response response;
  response.status = 304;
  response.headers.add("ETag", etag);
  if (!cache_control.empty()) response.headers.add("Cache-Control", cache_control);
  if (!vary.empty()) response.headers.add("Vary", vary);
  return response;
}

}  // namespace http
