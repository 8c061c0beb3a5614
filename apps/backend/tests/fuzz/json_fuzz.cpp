// Any bytes: JSON is parsed or refused with a core::Error; canonical() is a fixed point of parsing.

#include "core/error.hpp"
#include "core/json.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  try {
    std::size_t trailing = 0;
    const auto document = core::JsonDocument::parse_first(bytes, &trailing);
    if (trailing > size) std::abort();
    const auto canonical = document.root().canonical();
    if (core::JsonDocument::parse(canonical).root().canonical() != canonical) std::abort();
  } catch (const core::Error&) {
    return 0;
  }
  return 0;
}
