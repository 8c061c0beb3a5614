#pragma once
// The password hash of Firebase Authentication: scrypt (RFC 7914) makes a key, the key enciphers the
// project's signer key, and the cipher text is what is kept. Only ever checked, never made: it is weaker than
// ours.

#include "core/error.hpp"
#include "core/secret.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace account {

/// The parameters of one Firebase project, as its console shows them.
struct FirebaseScrypt {
  core::Secret signer_key = {};     ///< raw bytes
  std::string salt_separator = {};  ///< raw bytes, may be empty
  unsigned rounds = 8;              ///< 1 to 8: scrypt's r
  unsigned mem_cost = 14;           ///< 1 to 14: scrypt's N is 2^mem_cost

  /// Of base64 texts, either alphabet, with or without padding. Adds a fault for each that is not acceptable:
  /// "signerKey", "saltSeparator", "rounds", "memCost".
  static FirebaseScrypt read(std::string_view signer_key, std::string_view salt_separator, long rounds,
                             long mem_cost, std::vector<core::FieldError>& faults);

  /// Whether `hash` (raw bytes) is that of `password`. 50 ms and 16 MiB at the usual parameters; compares in
  /// constant time. Throws core::Error(internal) where the crypto library fails, or for parameters out of
  /// range.
  bool is_hash_of(std::string_view password, std::string_view salt, std::string_view hash) const;
};

}  // namespace account
