#pragma once
// The Date header's form of a time.

#include "core/time.hpp"

#include <string>

namespace http {

/// IMF-fixdate: "Sun, 06 Nov 1994 08:49:37 GMT".
std::string http_date(core::Timestamp at);

}  // namespace http
