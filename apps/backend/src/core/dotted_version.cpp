#include "core/dotted_version.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

namespace core {
namespace {

/// The numbers of "2.10.3"; nullopt for anything else.
std::optional<std::vector<unsigned>> version_parts(std::string_view text) {
  std::vector<unsigned> parts;
  while (true) {
    const auto dot = text.find('.');
    const auto part = text.substr(0, dot);
    unsigned number = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
    if (error != std::errc() || end != part.data() + part.size()) return std::nullopt;
    parts.push_back(number);
    if (dot == std::string_view::npos) return parts;
    text.remove_prefix(dot + 1);
  }
}

}  // namespace

std::optional<std::strong_ordering> compare_versions(std::string_view a, std::string_view b) {
  auto left = version_parts(a);
  auto right = version_parts(b);
  if (!left || !right) return std::nullopt;
  const auto size = std::max(left->size(), right->size());
  left->resize(size);
  right->resize(size);
  return *left <=> *right;
}

}  // namespace core
