#pragma once
// Randomness, key derivation and sealing: what accounts and mail are built of, beside core/hash. Nothing here
// knows what it protects.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace core {

/// From the system's cryptographic source.
std::string random_bytes(std::size_t count);

/// 32 bytes by HKDF-SHA-256 (RFC 5869) without salt: a key for one purpose, named by `info`.
std::string derive_key(std::string_view secret, std::string_view info);

/// XChaCha20-Poly1305: 24 bytes of nonce, then ciphertext and tag. `key` has 32 bytes; `context` is bound to
/// the sealed text and must be given again to open it.
std::string seal(std::string_view key, std::string_view plain, std::string_view context);

/// What was sealed; nullopt when the key, the context or any bit is another.
std::optional<std::string> unseal(std::string_view key, std::string_view sealed, std::string_view context);

}  // namespace core
