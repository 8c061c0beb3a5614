// A Cookie header and a version as an app says it: what is read is a part of what was sent.

#include "core/dotted_version.hpp"
#include "http/cookie.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto order = core::compare_versions(text, "2.10.3");
  const auto reversed = core::compare_versions("2.10.3", text);
  require(order.has_value() == reversed.has_value());
  if (order) require((*order < 0) == (*reversed > 0) && (*order == 0) == (*reversed == 0));

  http::RequestParts parts;
  parts.headers = {{"Cookie", text}};
  try {
    const auto request = http::make_request(parts);
    const auto found = http::read_cookie(request, "avs");
    require(!found.is_ambiguous || found.value);
    if (found.value) require(text.find("avs=" + *found.value) != std::string::npos);
  } catch (const std::exception&) {
    // The guard refuses what is no header.
  }
  return 0;
}
