#pragma once
// Errors on the wire: RFC 9457 problem details with our members `code`, `requestId` and `errors`.

#include "core/error.hpp"
#include "http/response.hpp"
#include "http/target.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace http {

struct Problem {
  int status = 500;
  /// Stable slug that clients switch on: "not_found".
  std::string_view code = "internal";
  /// Short, the same for every occurrence; when empty, the one of http/error_codes.hpp.
  std::string_view title = {};
  /// This occurrence, for a human; left out when empty.
  std::string_view detail = {};
  /// URI of the thing in question; left out when empty. Never a coordinate or a token.
  std::string_view instance = {};
  std::vector<core::FieldError> errors = {};
};

/// application/problem+json with {"type","title","status","detail","instance","code","requestId","errors"}.
/// `type` is "/docs#error-<code>".
Response problem_response(const Problem& problem, std::string_view request_id);

Response problem_response(int status, std::string_view code, std::string_view detail,
                          std::string_view request_id);

/// The answer to a refused request.
Response fault_response(const Fault& fault, std::string_view request_id);

}  // namespace http
