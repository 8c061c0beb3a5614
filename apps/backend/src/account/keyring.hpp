#pragma once
// Keys made of SESSION_SECRET, one for each purpose, so that no output of one is of use to another.

#include "core/hash.hpp"
#include "core/secret.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace account {

/// The secrets in force: the first makes, all check. So an operator replaces a secret by putting the new one
/// before the old, and takes the old one away when what it made has expired.
class KeyRing {
 public:
  /// Each at least 32 bytes. Throws core::Error(invalid_input, "config.invalid").
  explicit KeyRing(const std::vector<core::Secret>& secrets);

  /// HMAC-SHA-256 with the newest key of this purpose, e.g. "csrf/v1".
  core::Sha256 mac(std::string_view purpose, std::string_view message) const;
  /// Whether any key of this purpose made this MAC. Compares in constant time.
  bool is_mac(std::string_view purpose, std::string_view message, std::string_view mac) const;

  std::string seal(std::string_view purpose, std::string_view plain, std::string_view context) const;
  std::optional<std::string> unseal(std::string_view purpose, std::string_view sealed,
                                    std::string_view context) const;

  /// Pseudonym of an address for counters and lists: MAC of the client's prefix.
  std::string ip_hash(std::string_view address) const;

 private:
  std::vector<core::Secret> secrets_;
};

}  // namespace account
