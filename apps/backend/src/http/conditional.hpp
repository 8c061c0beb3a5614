#pragma once
// Validators and conditional requests (RFC 9110 §8.8.3, §13.1).

#include "http/request.hpp"
#include "http/response.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace http {

/// `"<opaque>"`. Throws core::Error(internal) when `opaque` has a quote, a space or a control character.
std::string strong_etag(std::string_view opaque);

/// True when the If-None-Match value `list` ("*" or a list) names `etag` by weak comparison.
bool if_none_match_matches(std::string_view list, std::string_view etag);
/// True when the If-Match value `list` ("*" or a list) names `etag` by strong comparison. `etag` is empty
/// when there is no current representation.
bool if_match_matches(std::string_view list, std::string_view etag);

/// A 304 with ETag, and Cache-Control and Vary where not empty, if the GET or HEAD request already has
/// `etag`.
std::optional<Response> not_modified(const Request& request, std::string_view etag,
                                     std::string_view cache_control = {}, std::string_view vary = {});

}  // namespace http
