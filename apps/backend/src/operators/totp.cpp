#include "operators/totp.hpp"

#include "core/base32.hpp"
#include "core/crypto.hpp"
#include "core/error.hpp"
#include "core/hash.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <span>

namespace operators {
namespace {

constexpr std::size_t kSeedBytes = 20;
constexpr std::chrono::seconds kStep{30};
constexpr std::size_t kSha1Bytes = 20;
constexpr int kDigits = 6;

std::array<unsigned char, kSha1Bytes> hmac_sha1(std::string_view key,
                                                std::span<const unsigned char> message) {
  std::array<unsigned char, kSha1Bytes> code{};
  unsigned size = 0;
  const auto* result = HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), message.data(),
                            message.size(), code.data(), &size);
  if (result == nullptr || size != code.size())
    throw core::Error(core::ErrorKind::internal, "internal", "A cryptographic function failed.",
                      "HMAC-SHA-1");
  return code;
}

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

std::string percent_encoded(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_unreserved(c)) {
      encoded += c;
    } else {
      encoded += {'%', kHex[byte >> 4], kHex[byte & 0x0F]};
    }
  }
  return encoded;
}

}  // namespace

std::string make_totp_seed() { return core::random_bytes(kSeedBytes); }

std::int64_t totp_step(core::Timestamp at) {
  return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count() / kStep.count();
}

std::string totp_code(std::string_view seed, std::int64_t step, int digits) {
  std::array<unsigned char, 8> counter{};
  for (std::size_t i = 0; i < counter.size(); ++i)
    counter[i] =
        static_cast<unsigned char>(static_cast<std::uint64_t>(step) >> (8 * (counter.size() - 1 - i)));
  const auto mac = hmac_sha1(seed, counter);
  // RFC 4226 §5.3: four bytes from where the last half byte says.
  const std::size_t at = mac.back() & 0x0FU;
  std::uint32_t number = ((mac[at] & 0x7FU) << 24) | (static_cast<std::uint32_t>(mac[at + 1]) << 16) |
                         (static_cast<std::uint32_t>(mac[at + 2]) << 8) | mac[at + 3];
  std::string code(static_cast<std::size_t>(digits), '0');
  for (auto place = code.rbegin(); place != code.rend(); ++place, number /= 10)
    *place = static_cast<char>('0' + number % 10);
  return code;
}

std::optional<std::int64_t> match_totp(std::string_view seed, std::string_view code, core::Timestamp now,
                                       std::int64_t last_step) {
  std::string typed(code);
  std::erase(typed, ' ');
  std::optional<std::int64_t> matched;
  const auto present = totp_step(now);
  for (const auto step : {present - 1, present, present + 1}) {
    const bool is_equal = core::equal_constant_time(totp_code(seed, step, kDigits), typed);
    if (is_equal && step > last_step && !matched) matched = step;
  }
  return matched;
}

std::string otpauth_uri(std::string_view issuer, std::string_view account, std::string_view seed) {
  const auto name = percent_encoded(issuer);
  return "otpauth://totp/" + name + ":" + percent_encoded(account) + "?secret=" + core::to_base32(seed) +
         "&issuer=" + name + "&algorithm=SHA1&digits=6&period=30";
}

}  // namespace operators
