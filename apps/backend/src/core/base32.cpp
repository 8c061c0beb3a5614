#include "core/base32.hpp"

#include <cstdint>

namespace core {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::size_t kGroup = 8;
constexpr unsigned kBits = 5;

std::optional<unsigned> digit_of(char c) {
  if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  const auto at = kAlphabet.find(c);
  if (at == std::string_view::npos) return std::nullopt;
  return static_cast<unsigned>(at);
}

/// The text without its padding; nullopt when that is not what fills the last group.
std::optional<std::string_view> without_padding(std::string_view text) {
  const auto content = text.substr(0, text.find('='));
  const auto padding = text.substr(content.size());
  if (padding.empty()) return content;
  if (padding.find_first_not_of('=') != std::string_view::npos) return std::nullopt;
  if (text.size() % kGroup != 0 || padding.size() >= kGroup) return std::nullopt;
  return content;
}

}  // namespace

std::string to_base32(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() * 8 + kBits - 1) / kBits);
  std::uint32_t buffer = 0;
  unsigned held = 0;
  for (const char byte : bytes) {
    buffer = (buffer << 8) | static_cast<unsigned char>(byte);
    for (held += 8; held >= kBits; held -= kBits) text += kAlphabet[(buffer >> (held - kBits)) & 0x1F];
  }
  if (held > 0) text += kAlphabet[(buffer << (kBits - held)) & 0x1F];
  return text;
}

std::optional<std::string> parse_base32(std::string_view text) {
  const auto content = without_padding(text);
  if (!content) return std::nullopt;
  std::string bytes;
  bytes.reserve(content->size() * kBits / 8);
  std::uint32_t buffer = 0;
  unsigned held = 0;
  for (const char c : *content) {
    const auto digit = digit_of(c);
    if (!digit) return std::nullopt;
    buffer = (buffer << kBits) | *digit;
    held += kBits;
    if (held < 8) continue;
    held -= 8;
    bytes += static_cast<char>((buffer >> held) & 0xFF);
  }
  // A whole digit left over says nothing: no bytes have this length.
  if (held >= kBits || (buffer & ((1U << held) - 1)) != 0) return std::nullopt;
  return bytes;
}

}  // namespace core
