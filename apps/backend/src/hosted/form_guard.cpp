#include "hosted/form_guard.hpp"

#include "core/crypto.hpp"
#include "core/hash.hpp"
#include "core/text.hpp"

#include <algorithm>

namespace hosted {
namespace {

constexpr std::string_view kPurpose = "csrf/v1";
constexpr std::size_t kNonce_bytes = 16;
constexpr std::size_t kMac_bytes = 32;
/// A day: a form that was left open over night still works.
constexpr std::string_view kNonceLife_s = "86400";

std::string random_hex() {
  const auto bytes = core::random_bytes(kNonce_bytes);
  return core::to_hex({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

bool is_hex_of(std::string_view text, std::size_t bytes) {
  return text.size() == 2 * bytes &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

/// Lengths before the parts, so that no two pairs of parts make one message.
std::string message_of(std::string_view who, std::string_view nonce) {
  return std::to_string(who.size()) + "!" + std::string(who) + "!" + std::to_string(nonce.size()) + "!" +
         std::string(nonce);
}

std::string bytes_of_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(core::hex_value(hex[i]) * 16 + core::hex_value(hex[i + 1]));
  return bytes;
}

}  // namespace

std::string FormGuard::field_for(std::string_view who) const {
  const auto nonce = random_hex();
  return core::to_hex(keys_.mac(kPurpose, message_of(who, nonce))) + "." + nonce;
}

bool FormGuard::is_field_of(std::string_view who, std::string_view field) const {
  const auto dot = field.find('.');
  if (dot == std::string_view::npos) return false;
  const auto mac = field.substr(0, dot);
  const auto nonce = field.substr(dot + 1);
  if (!is_hex_of(mac, kMac_bytes) || !is_hex_of(nonce, kNonce_bytes)) return false;
  return keys_.is_mac(kPurpose, message_of(who, nonce), bytes_of_hex(mac));
}

std::optional<std::string> BrowserNonce::read(const http::Request& request) const {
  auto cookie = http::read_cookie(request, name());
  if (cookie.is_ambiguous || !cookie.value || !is_hex_of(*cookie.value, kNonce_bytes)) return std::nullopt;
  return std::move(cookie.value);
}

std::string BrowserNonce::make() { return random_hex(); }

void BrowserNonce::set(http::Response& response, std::string_view nonce) const {
  std::string line(name());
  line.append("=").append(nonce).append("; Path=/; Max-Age=").append(kNonceLife_s);
  line.append("; HttpOnly; SameSite=Lax");
  if (is_secure_) line += "; Secure";
  response.headers.add("Set-Cookie", line);
}

}  // namespace hosted
