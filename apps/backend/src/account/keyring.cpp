#include "account/keyring.hpp"

#include "core/crypto.hpp"
#include "core/error.hpp"
#include "core/hash.hpp"

namespace account {
namespace {

constexpr std::size_t kMinSecretBytes = 32;

std::string_view as_text(const core::Sha256& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

KeyRing::KeyRing(const std::vector<core::Secret>& secrets) : secrets_(secrets) {
  if (secrets_.empty()) {
    throw core::Error(core::ErrorKind::invalid_input, "config.invalid", "SESSION_SECRET is required.");
  }
  for (const auto& secret : secrets_) {
    if (secret.size() >= kMinSecretBytes) continue;
    throw core::Error(
        core::ErrorKind::invalid_input, "config.invalid",
        "SESSION_SECRET: must be at least 32 bytes (got " + std::to_string(secret.size()) + ").");
  }
}

core::Sha256 KeyRing::mac(std::string_view purpose, std::string_view message) const {
  return core::hmac_sha256(core::derive_key(secrets_.front().reveal(), purpose), message);
}

bool KeyRing::is_mac(std::string_view purpose, std::string_view message, std::string_view mac) const {
  bool found = false;
  for (const auto& secret : secrets_) {
    const auto expected = core::hmac_sha256(core::derive_key(secret.reveal(), purpose), message);
    found = core::equal_constant_time(as_text(expected), mac) || found;
  }
  return found;
}

std::string KeyRing::seal(std::string_view purpose, std::string_view plain, std::string_view context) const {
  return core::seal(core::derive_key(secrets_.front().reveal(), purpose), plain, context);
}

std::optional<std::string> KeyRing::unseal(std::string_view purpose, std::string_view sealed,
                                           std::string_view context) const {
  for (const auto& secret : secrets_) {
    if (auto plain = core::unseal(core::derive_key(secret.reveal(), purpose), sealed, context)) return plain;
  }
  return std::nullopt;
}

std::string KeyRing::ip_hash(std::string_view address) const {
  return std::string(as_text(mac("ip-hash/v1", address)));
}

}  // namespace account
