#pragma once
// The eight digits beside a magic link, bound to the request that asked for them: worth nothing alone.

#include "core/ids.hpp"

#include "account/keyring.hpp"

#include <string>
#include <string_view>

namespace account {

inline constexpr std::string_view kLinkCodeKey = "link-code/v1";

/// What the MAC of a code is made over.
inline std::string code_message(const core::Uuid& request_id, std::string_view code) {
  return core::to_string(request_id) + ":" + std::string(code);
}

/// 32 raw bytes.
inline std::string code_hash(const KeyRing& keys, const core::Uuid& request_id, std::string_view code) {
  const auto mac = keys.mac(kLinkCodeKey, code_message(request_id, code));
  return {reinterpret_cast<const char*>(mac.data()), mac.size()};
}

}  // namespace account
