#include "api/session_cookie.hpp"

#include "core/text.hpp"

namespace api {
namespace {

std::string name_for(const SessionCookieOptions& options) {
  if (!options.is_secure) return "avs_dev";
  return options.domain.empty() ? "__Host-avs" : "__Secure-avs";
}

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

CookieReading read_cookie(const http::Request& request, std::string_view name) {
  CookieReading found;
  for (const auto& field : request.headers()) {
    if (http::equal_ignoring_case(field.name, "Cookie")) read_line(field.value, name, found);
  }
  return found;
}

SessionCookie::SessionCookie(SessionCookieOptions options)
    : options_(std::move(options)), name_(name_for(options_)) {}

std::string SessionCookie::line(std::string_view value, std::chrono::seconds life, bool with_domain) const {
  std::string text = name_ + "=" + std::string(value) + "; Path=/; Max-Age=" + std::to_string(life.count()) +
                     "; HttpOnly; SameSite=Lax";
  if (with_domain) text += "; Domain=" + options_.domain;
  if (options_.is_secure) text += "; Secure";
  return text;
}

void SessionCookie::set(http::Response& response, std::string_view token, std::chrono::seconds life) const {
  response.headers.add("Set-Cookie", line(token, life, !options_.domain.empty()));
}

void SessionCookie::clear(http::Response& response) const {
  response.headers.add("Set-Cookie", line("", std::chrono::seconds(0), false));
  if (!options_.domain.empty()) response.headers.add("Set-Cookie", line("", std::chrono::seconds(0), true));
}

}  // namespace api
