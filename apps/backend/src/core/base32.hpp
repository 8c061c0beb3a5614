#pragma once
// Base32 (RFC 4648 §6): what authenticator apps read.

#include <optional>
#include <string>
#include <string_view>

namespace core {

/// Upper case, no padding.
std::string to_base32(std::string_view bytes);

/// Accepts either case, with or without full padding; nullopt for anything else, also for a text whose unused
/// last bits are not zero.
std::optional<std::string> parse_base32(std::string_view text);

}  // namespace core
