#pragma once
// The cookie that carries a browser's session.
//
// Its name says its scope, so that a cookie of an older configuration never meets one of the new:
// "__Secure-avs" when it is shared by the hosts of SESSION_COOKIE_DOMAIN, "__Host-avs" when it belongs to one
// host, "avs_dev" on plain http on loopback in local mode. HttpOnly, SameSite=Lax (the link in a mail is a
// cross-site navigation, and the page behind it needs to see an existing session).

#include "http/request.hpp"
#include "http/response.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace api {

struct SessionCookieOptions {
  std::string domain = {};  ///< empty: this host alone
  bool is_secure = true;    ///< false only in local mode
};

/// What a request carries under one cookie name.
struct CookieReading {
  std::optional<std::string> value;
  /// Two of the same name: somebody who controls a sibling host has tossed one in. Nobody is signed in then.
  bool is_ambiguous = false;
};

/// Reads the cookie `name` of all Cookie header lines.
CookieReading read_cookie(const http::Request& request, std::string_view name);

class SessionCookie {
 public:
  explicit SessionCookie(SessionCookieOptions options);

  const std::string& name() const { return name_; }
  CookieReading read(const http::Request& request) const { return read_cookie(request, name_); }

  void set(http::Response& response, std::string_view token, std::chrono::seconds life) const;
  /// In both scopes that the cookie may ever have had.
  void clear(http::Response& response) const;

 private:
  std::string line(std::string_view value, std::chrono::seconds life, bool with_domain) const;

  SessionCookieOptions options_;
  std::string name_;
};

}  // namespace api
