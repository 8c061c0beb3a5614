#pragma once
// Reading cookies of a request.

#include "http/request.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace http {

/// What a request carries under one cookie name.
struct CookieReading {
  std::optional<std::string> value;
  /// Two of the same name: somebody who controls a sibling host has tossed one in. Nobody is signed in then.
  bool is_ambiguous = false;
};

/// Reads the cookie `name` of all Cookie header lines.
CookieReading read_cookie(const Request& request, std::string_view name);

}  // namespace http
