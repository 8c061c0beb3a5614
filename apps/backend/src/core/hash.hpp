#pragma once
// SHA-256 of bytes, as raw digest and as lower-case hex: content hashes, receipts, migrations. HMAC over it.

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace core {

using Sha256 = std::array<std::uint8_t, 32>;

Sha256 sha256(std::string_view bytes);

/// Lower-case hex, 64 characters.
std::string sha256_hex(std::string_view bytes);

/// Standard base64, 44 characters: for Content-Security-Policy.
std::string sha256_base64(std::string_view bytes);

/// HMAC-SHA-256 (RFC 2104).
Sha256 hmac_sha256(std::string_view key, std::string_view message);

std::string to_hex(std::span<const std::uint8_t> bytes);

/// SHA-256 of a stream of pieces.
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(const Sha256Stream&) = delete;
  Sha256Stream& operator=(const Sha256Stream&) = delete;

  void update(std::span<const std::byte> bytes);
  void update(std::string_view bytes);
  /// May be called once.
  Sha256 finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Compares two secrets in time that depends on their lengths only.
bool equal_constant_time(std::string_view a, std::string_view b);

}  // namespace core
