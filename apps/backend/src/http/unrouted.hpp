#pragma once
// The answers to requests that no handler takes: 404, 405 with Allow, and OPTIONS. Internal.

#include "http/request.hpp"
#include "http/response.hpp"
#include "http/router.hpp"

#include <optional>

namespace http {

/// nullopt when the matched route is to answer.
std::optional<Response> answer_unrouted(const Router& router, const Request& request,
                                        const RouteMatch& match);

/// The 404 for a path without anything behind it.
Response nothing_here(const Request& request);

}  // namespace http
