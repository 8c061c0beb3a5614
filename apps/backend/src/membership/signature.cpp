#include "membership/signature.hpp"

#include "core/base64.hpp"
#include "core/hash.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace membership {
namespace {

constexpr std::string_view kSecretPrefix = "whsec_";
constexpr std::string_view kVersion = "v1,";
constexpr std::size_t kMostIdBytes = 128;
constexpr std::size_t kMostSignatures = 8;
constexpr std::size_t kLeastSecretBytes = 24;
/// 9999-12-31: beyond it nothing counts in microseconds.
constexpr std::int64_t kMostSeconds = 253'402'300'799;

std::string key_of(const core::Secret& secret) {
  const std::string_view text = secret.reveal();
  if (text.starts_with(kSecretPrefix)) {
    if (auto key = core::parse_base64(text.substr(kSecretPrefix.size()))) return *std::move(key);
  }
  return std::string(text);
}

bool is_id(std::string_view id) {
  return !id.empty() && id.size() <= kMostIdBytes &&
         std::ranges::all_of(id, [](char c) { return c > 0x20 && c < 0x7F && c != '.'; });
}

std::optional<core::Timestamp> time_of(std::string_view text) {
  std::int64_t seconds = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, seconds);
  if (read.ec != std::errc{} || read.ptr != end || seconds < 0 || seconds > kMostSeconds) return std::nullopt;
  return core::Timestamp(std::chrono::seconds(seconds));
}

}  // namespace

bool is_strong_secret(const core::Secret& secret) { return key_of(secret).size() >= kLeastSecretBytes; }

std::string sign(const core::Secret& secret, std::string_view id, std::string_view timestamp,
                 std::string_view body) {
  std::string message(id);
  message += '.';
  message += timestamp;
  message += '.';
  message += body;
  const auto mac = core::hmac_sha256(key_of(secret), message);
  return std::string(kVersion) + core::to_base64({reinterpret_cast<const char*>(mac.data()), mac.size()});
}

SignatureVerdict check_signature(const SignedHeaders& headers, std::string_view body,
                                 std::span<const core::Secret> secrets, core::Timestamp now) {
  const auto at = time_of(headers.timestamp);
  if (!is_id(headers.id) || !at || headers.signature.empty()) return SignatureVerdict::malformed;
  if (*at < now - kSignatureAge || *at > now + kSignatureAge) return SignatureVerdict::stale;
  bool is_good = false;
  for (const auto& secret : secrets) {
    const auto expected = sign(secret, headers.id, headers.timestamp, body);
    auto rest = headers.signature;
    for (std::size_t i = 0; i < kMostSignatures && !rest.empty(); ++i) {
      const auto end = std::min(rest.find(' '), rest.size());
      is_good = core::equal_constant_time(expected, rest.substr(0, end)) || is_good;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return is_good ? SignatureVerdict::good : SignatureVerdict::wrong;
}

}  // namespace membership
