#pragma once
// The hidden field by which a form is known to be one that we gave to this browser (OWASP CSRF cheat sheet:
// signed double submit, bound to the session).

#include "http/cookie.hpp"
#include "http/request.hpp"
#include "http/response.hpp"

#include "account/keyring.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace hosted {

/// Makes and checks the field. `who`: the session's token, or the nonce of a browser without a session.
class FormGuard {
 public:
  /// `keys` must outlive it.
  explicit FormGuard(const account::KeyRing& keys) : keys_(keys) {}

  /// hex(HMAC("csrf/v1", len(who)!who!len(r)!r)).r, with a new random r at each call.
  std::string field_for(std::string_view who) const;
  bool is_field_of(std::string_view who, std::string_view field) const;

 private:
  const account::KeyRing& keys_;
};

/// The cookie that tells browsers without a session apart: "__Host-avs_pre", on plain http in local mode
/// "avs_pre". It opens nothing and is never made into a session.
class BrowserNonce {
 public:
  explicit BrowserNonce(bool is_secure) : is_secure_(is_secure) {}

  /// nullopt without one, with two, or with one that we would not have made.
  std::optional<std::string> read(const http::Request& request) const;
  static std::string make();
  void set(http::Response& response, std::string_view nonce) const;

 private:
  std::string_view name() const { return is_secure_ ? "__Host-avs_pre" : "avs_pre"; }
  bool is_secure_;
};

}  // namespace hosted
