#pragma once
// Takes a request body off the wire: by length or chunked, within its limits. Pure.

#include "http/guard.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace http {

/// Decodes one body. Trailers are read, bounded, and dropped unseen.
class BodyReader {
 public:
  BodyReader() = default;
  /// `limit`: largest decoded body. Chunked bodies may use 2 × limit + 64 KiB on the wire.
  BodyReader(const Framing& framing, std::size_t limit);

  /// Appends to `body` what `bytes` holds of it and returns how many bytes were used (all of them unless
  /// done() or fault()).
  std::size_t take(std::string_view bytes, std::string& body);

  bool done() const { return phase_ == Phase::done; }
  /// Set once and for all when the body is malformed (400) or too large (413).
  const std::optional<Fault>& fault() const { return fault_; }
  std::uint64_t wire_bytes() const { return wire_bytes_; }

 private:
  enum class Phase {
    length,
    size,
    extension,
    size_lf,
    data,
    data_cr,
    data_lf,
    trailer,
    trailer_lf,
    end_lf,
    done
  };

  std::size_t take_data(std::string_view bytes, std::string& body);
  void take_syntax(char c, std::size_t body_bytes);
  void take_size(char c);
  void end_of_size_line(std::size_t body_bytes);
  void fail(int status, std::string_view code, const char* detail);

  Phase phase_ = Phase::done;
  std::uint64_t left_ = 0;
  std::uint64_t wire_bytes_ = 0;
  std::uint64_t wire_limit_ = 0;
  std::size_t limit_ = 0;
  std::size_t line_bytes_ = 0;
  std::size_t trailer_bytes_ = 0;
  std::optional<Fault> fault_;
};

}  // namespace http
