#include "core/base64.hpp"

#include <sodium.h>

namespace core {
namespace {

std::string encode(std::string_view bytes, int variant) {
  std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), variant);
  text.pop_back();  // the terminating zero
  return text;
}

std::optional<std::string> decode(std::string_view text, int variant) {
  std::string bytes(text.size() / 4 * 3 + 3, '\0');
  std::size_t size = 0;
  const char* end = nullptr;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                        text.size(), nullptr, &size, &end, variant) != 0 ||
      end != text.data() + text.size()) {
    return std::nullopt;
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace

std::string to_base64url(std::string_view bytes) {
  return encode(bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

std::string to_base64(std::string_view bytes) { return encode(bytes, sodium_base64_VARIANT_ORIGINAL); }

std::optional<std::string> parse_base64(std::string_view text) {
  const auto padding = text.find('=');
  const bool padded = padding != std::string_view::npos;
  if (padded && text.size() % 4 != 0) return std::nullopt;
  const auto content = text.substr(0, padding);
  if (padded && text.substr(padding).find_first_not_of('=') != std::string_view::npos) return std::nullopt;
  if (padded && text.size() - content.size() > 2) return std::nullopt;
  const bool url_safe = content.find_first_of("-_") != std::string_view::npos;
  return decode(content, url_safe ? sodium_base64_VARIANT_URLSAFE_NO_PADDING
                                  : sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
}

}  // namespace core
