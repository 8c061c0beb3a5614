#include "http/request_ids.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <cerrno>
#include <sys/random.h>

namespace http {

std::string_view RequestIds::next(core::Timestamp now) {
  if (used_ == random_.size()) {
    for (std::size_t have = 0; have < random_.size();) {
      const auto got = getrandom(random_.data() + have, random_.size() - have, 0);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) {
        throw core::Error(core::ErrorKind::internal, "internal", "Internal error.", "getrandom failed");
      }
      have += static_cast<std::size_t>(got);
    }
    used_ = 0;
  }
  std::array<std::uint8_t, 16> bytes{};
  const auto millis = static_cast<std::uint64_t>(
      std::chrono::floor<std::chrono::milliseconds>(now.time_since_epoch()).count());
  for (std::size_t i = 0; i < 6; ++i) bytes[i] = static_cast<std::uint8_t>(millis >> (40 - 8 * i));
  std::copy_n(random_.begin() + static_cast<std::ptrdiff_t>(used_), kRandomBytes, bytes.begin() + 6);
  used_ += kRandomBytes;
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0F) | 0x70);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3F) | 0x80);
  static constexpr char kHex[] = "0123456789abcdef";
  std::size_t at = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text_[at++] = '-';
    text_[at++] = kHex[bytes[i] >> 4];
    text_[at++] = kHex[bytes[i] & 0x0F];
  }
  return {text_.data(), text_.size()};
}

}  // namespace http
