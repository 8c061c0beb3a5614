#include "http/error_codes.hpp"

#include <algorithm>
#include <array>

namespace http {
namespace {

constexpr auto kCodes = std::to_array<ErrorCode>({
    {"invalid_request", 400, "The request is not acceptable"},
    {"not_found", 404, "There is no such thing"},
    {"method_not_allowed", 405, "This method is not allowed here"},
    {"request_timeout", 408, "The request did not arrive in time"},
    {"payload_too_large", 413, "The body is too large"},
    {"target_too_long", 414, "The address is too long"},
    {"expectation_failed", 417, "This expectation is not known"},
    {"misdirected_request", 421, "This host name is not served here"},
    {"header_too_large", 431, "The request header is too large"},
    {"internal", 500, "Something went wrong on our side"},
    {"not_implemented", 501, "This is not implemented"},
    {"unavailable", 503, "The service cannot answer now"},
    {"http_version_not_supported", 505, "This version of HTTP is not served here"},
});

}  // namespace

std::span<const ErrorCode> protocol_errors() { return kCodes; }

const ErrorCode* find_protocol_error(std::string_view slug) {
  const auto found = std::ranges::find(kCodes, slug, &ErrorCode::slug);
  return found == kCodes.end() ? nullptr : &*found;
}

}  // namespace http
