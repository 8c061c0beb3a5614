#include "api/session_cookie.hpp"

namespace api {
namespace {

std::string name_for(const SessionCookieOptions& options) {
  if (!options.is_secure) return "avs_dev";
  return options.domain.empty() ? "__Host-avs" : "__Secure-avs";
}

}  // namespace

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
