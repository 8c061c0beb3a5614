#pragma once
// Secrets that a client carries: 32 random bytes behind a prefix that says what it is. We keep only the
// SHA-256, which is enough for 256 random bits (OWASP ASVS 5.0, 6.5.2): who reads the database can not sign
// in.

#include <optional>
#include <string>
#include <string_view>

namespace account {

enum class TokenKind { session, api, link, operator_session };

/// "avs_", "avk_", "avl_", "avo_": secret scanners and our own log checks find them.
std::string_view prefix_of(TokenKind kind);

/// Prefix and 43 characters of base64url.
std::string make_token(TokenKind kind);

/// The kind of a well-formed token; nullopt for any other text.
std::optional<TokenKind> kind_of(std::string_view token);

/// 32 raw bytes.
std::string hash_of(std::string_view token);

/// Eight decimal digits, each value equally likely.
std::string make_code();

/// Crockford base32 without the look-alikes I, L, O, U: `characters` of 5 random bits each.
std::string make_readable_code(std::size_t characters);
/// What a person typed of such a code: upper case, look-alikes replaced, spaces and hyphens dropped.
std::string normalise_readable_code(std::string_view typed);

}  // namespace account
