#include "api/client_prefix.hpp"

#include <algorithm>

namespace api {

std::string client_prefix(http::IpAddress address) {
  constexpr std::ptrdiff_t kPrefixBytes = 8;
  if (!address.is_v4()) std::fill(address.bytes.begin() + kPrefixBytes, address.bytes.end(), std::uint8_t{0});
  return http::to_string(address);
}

}  // namespace api
