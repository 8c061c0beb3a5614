#pragma once
// The cookie that carries a browser's session.
//
// Its name says its scope, so that a cookie of an older configuration never meets one of the new:
// "__Secure-avs" when it is shared by the hosts of SESSION_COOKIE_DOMAIN, "__Host-avs" when it belongs to one
// host, "avs_dev" on plain http on loopback in local mode. HttpOnly, SameSite=Lax (the link in a mail is a
// cross-site navigation, and the page behind it needs to see an existing session).

#include "http/cookie.hpp"
#include "http/request.hpp"
#include "http/response.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace api {

struct SessionCookieOptions {
  std::string domain = {};  ///< empty: this host alone
  bool is_secure = true;    ///< false only in local mode
};

class SessionCookie {
 public:
  explicit SessionCookie(SessionCookieOptions options);

  const std::string& name() const { return name_; }
  http::CookieReading read(const http::Request& request) const { return http::read_cookie(request, name_); }

  void set(http::Response& response, std::string_view token, std::chrono::seconds life) const;
  /// In both scopes that the cookie may ever have had.
  void clear(http::Response& response) const;

 private:
  std::string line(std::string_view value, std::chrono::seconds life, bool with_domain) const;

  SessionCookieOptions options_;
  std::string name_;
};

}  // namespace api
