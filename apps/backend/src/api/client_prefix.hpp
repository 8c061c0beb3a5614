#pragma once
// By what of an address limits count: one IPv4 address, or the /64 of IPv6 that one household has.

#include "http/ip_address.hpp"

#include <string>

namespace api {

/// "192.0.2.7" or "2001:db8:1:2::".
std::string client_prefix(http::IpAddress address);

}  // namespace api
