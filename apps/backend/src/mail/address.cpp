#include "mail/address.hpp"

#include "core/text.hpp"

#include <algorithm>

namespace mail {
namespace {

constexpr std::size_t kMaxLocal = 64;
constexpr std::size_t kMaxLabel = 63;
constexpr std::size_t kMaxAddress = 254;

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_local_character(char c) {
  constexpr std::string_view kMarks = ".!#$%&'*+/=?^_`{|}~-";
  return is_alphanumeric(c) || kMarks.find(c) != std::string_view::npos;
}

bool is_local_part(std::string_view local) {
  return !local.empty() && local.size() <= kMaxLocal && local.front() != '.' && local.back() != '.' &&
         local.find("..") == std::string_view::npos && std::ranges::all_of(local, is_local_character);
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= kMaxLabel && label.front() != '-' && label.back() != '-' &&
         std::ranges::all_of(label, [](char c) { return is_alphanumeric(c) || c == '-'; });
}

bool is_domain(std::string_view domain) {
  int labels = 0;
  for (;; ++labels) {
    const auto dot = domain.find('.');
    if (!is_label(domain.substr(0, dot))) return false;
    if (dot == std::string_view::npos) break;
    domain.remove_prefix(dot + 1);
  }
  return labels >= 1;
}

}  // namespace

std::optional<Address> parse_address(std::string_view text) {
  const auto at = text.find('@');
  if (at == std::string_view::npos || text.size() > kMaxAddress) return std::nullopt;
  if (!is_local_part(text.substr(0, at)) || !is_domain(text.substr(at + 1))) return std::nullopt;
  return Address{std::string(text), core::lower_ascii(text)};
}

std::string masked(const Address& address) {
  return address.text.substr(0, 1) + "***@" + std::string(address.domain());
}

}  // namespace mail
