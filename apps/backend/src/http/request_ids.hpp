#pragma once
// Request ids: UUIDv7 text from a buffer of system randomness, so that a request costs no system call.

#include "core/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace http {

/// For one thread.
class RequestIds {
 public:
  /// A fresh id; the view is valid until the next call.
  std::string_view next(core::Timestamp now);

 private:
  static constexpr std::size_t kRandomBytes = 10;

  std::array<std::uint8_t, kRandomBytes * 256> random_{};
  std::size_t used_ = random_.size();
  std::array<char, 36> text_{};
};

}  // namespace http
