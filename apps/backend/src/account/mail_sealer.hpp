#pragma once
// The key ring as the outbox needs it.

#include "account/keyring.hpp"
#include "mail/outbox.hpp"

namespace account {

/// `keys` must outlive it.
inline mail::Sealer mail_sealer(const KeyRing& keys) {
  static constexpr std::string_view kPurpose = "seal/v1";
  return {.seal = [&keys](std::string_view plain,
                          std::string_view context) { return keys.seal(kPurpose, plain, context); },
          .unseal = [&keys](std::string_view sealed,
                            std::string_view context) { return keys.unseal(kPurpose, sealed, context); }};
}

}  // namespace account
