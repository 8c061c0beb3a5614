#pragma once
// What a request says its body is.

#include "http/request.hpp"

#include <string>

namespace api {

/// Content-Type without parameters, in lower case; empty when there is none.
std::string media_type(const http::Request& request);

}  // namespace api
