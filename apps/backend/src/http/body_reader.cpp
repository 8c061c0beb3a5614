#include "http/body_reader.hpp"

#include "core/text.hpp"

#include <algorithm>

namespace http {
namespace {

constexpr std::size_t kMaxSizeDigits = 8;
constexpr std::size_t kMaxSizeLine = 1024;
constexpr std::size_t kMaxTrailerBytes = 8192;
constexpr std::uint64_t kWireSlack = 64 << 10;

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && byte != '\t') || byte == 0x7F;
}

}  // namespace

BodyReader::BodyReader(const Framing& framing, std::size_t limit)
    : left_(framing.content_length), wire_limit_(2 * limit + kWireSlack), limit_(limit) {
  if (framing.chunked) {
    phase_ = Phase::size;
    left_ = 0;
  } else if (left_ > limit) {
    fail(413, "payload_too_large", "The request body is larger than this endpoint accepts.");
  } else {
    phase_ = left_ == 0 ? Phase::done : Phase::length;
  }
}

std::size_t BodyReader::take(std::string_view bytes, std::string& body) {
  std::size_t used = 0;
  while (used < bytes.size() && phase_ != Phase::done && !fault_) {
    if (phase_ == Phase::length || phase_ == Phase::data) {
      used += take_data(bytes.substr(used), body);
      continue;
    }
    ++wire_bytes_;
    take_syntax(bytes[used++], body.size());
    if (wire_bytes_ > wire_limit_) {
      fail(413, "payload_too_large", "The request body uses too many bytes for what it holds.");
    }
  }
  return used;
}

std::size_t BodyReader::take_data(std::string_view bytes, std::string& body) {
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
  body.append(bytes.substr(0, count));
  wire_bytes_ += count;
  left_ -= count;
  if (left_ == 0) phase_ = phase_ == Phase::length ? Phase::done : Phase::data_cr;
  return count;
}

void BodyReader::take_syntax(char c, std::size_t body_bytes) {
  const auto expect = [&](char wanted, Phase next) {
    if (c != wanted) return fail(400, "invalid_request", "The chunked body is malformed.");
    phase_ = next;
  };
  switch (phase_) {
    case Phase::size:
      return take_size(c);
    case Phase::extension:
      if (c == '\r') {
        phase_ = Phase::size_lf;
      } else if (is_control(c) || ++line_bytes_ > kMaxSizeLine) {
        fail(400, "invalid_request", "A chunk extension is malformed or too long.");
      }
      return;
    case Phase::size_lf:
      expect('\n', Phase::data);
      return fault_ ? void() : end_of_size_line(body_bytes);
    case Phase::data_cr:
      return expect('\r', Phase::data_lf);
    case Phase::data_lf:
      line_bytes_ = 0;
      return expect('\n', Phase::size);
    case Phase::trailer:
      if (++trailer_bytes_ > kMaxTrailerBytes) {
        fail(400, "invalid_request", "The trailers are too long.");
      } else if (c == '\r') {
        phase_ = line_bytes_ == 0 ? Phase::end_lf : Phase::trailer_lf;
      } else if (is_control(c)) {
        fail(400, "invalid_request", "A trailer is malformed.");
      } else {
        ++line_bytes_;
      }
      return;
    case Phase::trailer_lf:
      line_bytes_ = 0;
      return expect('\n', Phase::trailer);
    case Phase::end_lf:
      return expect('\n', Phase::done);
    case Phase::length:
    case Phase::data:
    case Phase::done:
      return;
  }
}

void BodyReader::take_size(char c) {
  const int digit = core::hex_value(c);
  if (digit >= 0 && line_bytes_ < kMaxSizeDigits) {
    left_ = left_ << 4 | static_cast<std::uint64_t>(digit);
    ++line_bytes_;
  } else if (line_bytes_ > 0 && c == '\r') {
    phase_ = Phase::size_lf;
  } else if (line_bytes_ > 0 && c == ';') {
    phase_ = Phase::extension;
  } else {
    fail(400, "invalid_request", "A chunk size is malformed.");
  }
}

void BodyReader::end_of_size_line(std::size_t body_bytes) {
  line_bytes_ = 0;
  if (left_ == 0) {
    phase_ = Phase::trailer;
  } else if (left_ > limit_ - std::min(limit_, body_bytes)) {
    fail(413, "payload_too_large", "The request body is larger than this endpoint accepts.");
  }
}

void BodyReader::fail(int status, std::string_view code, const char* detail) {
  if (!fault_) fault_ = Fault{status, code, detail};
}

}  // namespace http
