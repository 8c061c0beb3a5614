#include "account/token.hpp"

#include "core/base64.hpp"
#include "core/crypto.hpp"
#include "core/hash.hpp"

#include <sodium.h>

#include <array>
#include <cstdio>

namespace account {
namespace {

constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kTokenText = 43;
constexpr std::size_t kPrefix = 4;
constexpr std::string_view kReadable = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::array kKinds = {TokenKind::session, TokenKind::api, TokenKind::link,
                               TokenKind::operator_session};

}  // namespace

std::string_view prefix_of(TokenKind kind) {
  switch (kind) {
    case TokenKind::session:
      return "avs_";
    case TokenKind::api:
      return "avk_";
    case TokenKind::link:
      return "avl_";
    case TokenKind::operator_session:
      return "avo_";
  }
  return "";
}

std::string make_token(TokenKind kind) {
  return std::string(prefix_of(kind)) + core::to_base64url(core::random_bytes(kTokenBytes));
}

std::optional<TokenKind> kind_of(std::string_view token) {
  if (token.size() != kPrefix + kTokenText) return std::nullopt;
  const auto random = token.substr(kPrefix);
  if (random.find_first_of("+/=") != std::string_view::npos || !core::parse_base64(random))
    return std::nullopt;
  for (const auto kind : kKinds) {
    if (token.starts_with(prefix_of(kind))) return kind;
  }
  return std::nullopt;
}

std::string hash_of(std::string_view token) {
  const auto digest = core::sha256(token);
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string make_code() {
  std::array<char, 9> digits{};
  std::snprintf(digits.data(), digits.size(), "%08u", randombytes_uniform(100'000'000));
  return digits.data();
}

std::string make_readable_code(std::size_t characters) {
  std::string code;
  for (const char byte : core::random_bytes(characters))
    code += kReadable[static_cast<unsigned char>(byte) % kReadable.size()];
  return code;
}

std::string normalise_readable_code(std::string_view typed) {
  std::string code;
  for (char c : typed) {
    if (c == '-' || c == ' ') continue;
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == 'I' || c == 'L') c = '1';
    if (c == 'O') c = '0';
    code += c;
  }
  return code;
}

}  // namespace account
