#pragma once
// What an operator signs in with who has lost the device: ten codes, each once, kept as Argon2id hashes (50
// random bits are too few for a plain hash: OWASP ASVS 5.0, 6.5.2).

#include "account/password.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace operators {

inline constexpr std::size_t kRecoveryCodes = 10;

/// One that was not used yet.
struct RecoveryCodeHash {
  int position = 0;  ///< 1 … 10
  std::string phc;
};

class RecoveryCodes {
 public:
  RecoveryCodes();

  /// Ten of ten characters, "XXXXX-XXXXX".
  static std::vector<std::string> make();
  std::vector<RecoveryCodeHash> hash(std::span<const std::string> codes);
  /// The position of the code that was typed. Always makes ten hashes: whether there are codes left, and
  /// which one it is, takes equally long.
  std::optional<int> find(std::span<const RecoveryCodeHash> hashes, std::string_view typed);

 private:
  account::PasswordHasher hasher_;
};

}  // namespace operators
