#pragma once
// The one place where failures become HTTP: core::Error → RFC 9457 problem. Logged here, once.

#include "http/request.hpp"
#include "http/response.hpp"

#include <exception>

namespace api {

/// For http::RouterOptions::error_mapper. Never throws. What is our fault leaves as a constant text; the log
/// line carries the details and the same request id.
http::Response problem_for(const std::exception& error, const http::Request& request);

}  // namespace api
