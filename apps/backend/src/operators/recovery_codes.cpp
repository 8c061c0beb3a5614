#include "operators/recovery_codes.hpp"

#include "account/token.hpp"

namespace operators {
namespace {

constexpr std::size_t kCharacters = 10;
/// Some milliseconds: 2^50 tries of it are out of anybody's reach.
constexpr account::PasswordCost kCost{.memory_kib = 4096, .passes = 2};

}  // namespace

RecoveryCodes::RecoveryCodes() : hasher_(kCost, 1) {}

std::vector<std::string> RecoveryCodes::make() {
  std::vector<std::string> codes;
  codes.reserve(kRecoveryCodes);
  while (codes.size() < kRecoveryCodes)
    codes.push_back(account::make_readable_code(kCharacters).insert(kCharacters / 2, "-"));
  return codes;
}

std::vector<RecoveryCodeHash> RecoveryCodes::hash(std::span<const std::string> codes) {
  std::vector<RecoveryCodeHash> hashes;
  hashes.reserve(codes.size());
  for (const auto& code : codes) {
    const auto position = static_cast<int>(hashes.size()) + 1;
    hashes.push_back({position, hasher_.hash(account::normalise_readable_code(code))});
  }
  return hashes;
}

std::optional<int> RecoveryCodes::find(std::span<const RecoveryCodeHash> hashes, std::string_view typed) {
  const auto code = account::normalise_readable_code(typed);
  std::optional<int> found;
  for (std::size_t i = 0; i < kRecoveryCodes; ++i) {
    const bool is_one = i < hashes.size();
    if (hasher_.verify(is_one ? hashes[i].phc : "", code)) found = hashes[i].position;
  }
  return found;
}

}  // namespace operators
