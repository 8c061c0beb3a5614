#pragma once
// The slugs that the server itself puts into a problem's `code`, before or instead of a handler.
// api/error_codes.hpp goes on with those of the endpoints.

#include <span>
#include <string_view>

namespace http {

struct ErrorCode {
  std::string_view slug;
  int status;
  std::string_view title;  ///< the same for every occurrence
};

std::span<const ErrorCode> protocol_errors();

/// nullptr when it is not one of protocol_errors().
const ErrorCode* find_protocol_error(std::string_view slug);

}  // namespace http
