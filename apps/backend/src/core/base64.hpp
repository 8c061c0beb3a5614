#pragma once
// Base64 (RFC 4648 §4) and its URL-safe form (§5).

#include <optional>
#include <string>
#include <string_view>

namespace core {

/// URL-safe alphabet, no padding.
std::string to_base64url(std::string_view bytes);

/// Standard alphabet, padded.
std::string to_base64(std::string_view bytes);

/// Accepts either alphabet, with or without padding; nullopt for anything else, also for a text whose unused
/// last bits are not zero, so that equal bytes have one text without padding in each alphabet.
std::optional<std::string> parse_base64(std::string_view text);

}  // namespace core
