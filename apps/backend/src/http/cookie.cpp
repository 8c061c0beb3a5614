#include "http/cookie.hpp"

#include "core/text.hpp"

namespace http {
namespace {

void read_line(std::string_view line, std::string_view name, CookieReading& found) {
  while (!line.empty()) {
    const auto end = line.find(';');
    const auto pair = core::trimmed(line.substr(0, end));
    line = end == std::string_view::npos ? std::string_view{} : line.substr(end + 1);
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos || pair.substr(0, equals) != name) continue;
    found.is_ambiguous = found.is_ambiguous || found.value.has_value();
    found.value = std::string(pair.substr(equals + 1));
  }
}

}  // namespace

CookieReading read_cookie(const Request& request, std::string_view name) {
  CookieReading found;
  for (const auto& field : request.headers()) {
    if (equal_ignoring_case(field.name, "Cookie")) read_line(field.value, name, found);
  }
  return found;
}

}  // namespace http
