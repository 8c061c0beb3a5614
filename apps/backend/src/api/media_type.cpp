#include "api/media_type.hpp"

#include "core/text.hpp"

#include <algorithm>

namespace api {

std::string media_type(const http::Request& request) {
  const auto header = request.header("Content-Type").value_or("");
  return core::lower_ascii(core::trimmed(header.substr(0, std::min(header.size(), header.find(';')))));
}

}  // namespace api
