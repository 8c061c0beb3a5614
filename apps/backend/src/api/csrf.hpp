#pragma once
// Whether a request that changes something was meant by the person in whose name it comes. Pure.

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace api {

/// By what a request says who it is. Where Authorization stands, cookies are not looked at.
enum class Credential { none, bearer, cookie };

struct CsrfFacts {
  bool is_unsafe_method = false;  ///< anything but GET, HEAD, OPTIONS
  Credential credential = Credential::none;
  std::optional<std::string_view> origin = {};      ///< the Origin header
  std::optional<std::string_view> fetch_site = {};  ///< the Sec-Fetch-Site header
  std::string_view own_origin = {};                 ///< scheme://host[:port] by which this request came
  bool is_native_usable = false;                    ///< apps call it, without a session: sign-in and the like
};

/// A safe method changes nothing; a bearer token is never sent by a browser of itself. Everything else needs
/// an Origin that is our own or listed, byte for byte; without one Sec-Fetch-Site must say same-origin;
/// without either only a call that carries no cookie and is one that apps make (OWASP CSRF cheat sheet).
bool is_meant(const CsrfFacts& facts, std::span<const std::string> allowed_origins);

}  // namespace api
