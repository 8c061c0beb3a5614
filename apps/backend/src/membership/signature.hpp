#pragma once
// Signed messages in the form of Standard Webhooks (standardwebhooks.com): an HMAC-SHA-256 over id, time and
// the body as it was sent. Pure.

#include "core/secret.hpp"
#include "core/time.hpp"

#include <chrono>
#include <span>
#include <string>
#include <string_view>

namespace membership {

/// How far a message's time may lie from ours, either way.
inline constexpr std::chrono::minutes kSignatureAge{5};

/// The three headers.
struct SignedHeaders {
  std::string_view id;         ///< webhook-id
  std::string_view timestamp;  ///< webhook-timestamp: seconds since 1970
  std::string_view signature;  ///< webhook-signature: "v1,<base64>", several with spaces between
};

enum class SignatureVerdict {
  good,
  malformed,  ///< a header is missing or is none
  stale,      ///< signed too long ago, or by a clock that runs ahead
  wrong,      ///< by none of the secrets
};

/// "v1,<base64>". A secret that begins with "whsec_" is the base64 behind it; any other counts as it is.
std::string sign(const core::Secret& secret, std::string_view id, std::string_view timestamp,
                 std::string_view body);

/// Any of the secrets may have signed, so that one can be replaced while both are in use. Compares in
/// constant time.
SignatureVerdict check_signature(const SignedHeaders& headers, std::string_view body,
                                 std::span<const core::Secret> secrets, core::Timestamp now);

/// At least 24 bytes, as it counts for sign().
bool is_strong_secret(const core::Secret& secret);

}  // namespace membership
