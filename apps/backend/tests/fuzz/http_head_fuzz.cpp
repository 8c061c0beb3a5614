// A request as bytes through scanner, parser, guard and target: no crash, and what is accepted has one
// meaning.

#include "http/head.hpp"
#include "http/request_reader.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check_accepted(const http::Request& request, const http::Framing& framing) {
  require(request.header_count("host") == 1);
  require(request.header_count("content-length") <= 1);
  require(request.header_count("transfer-encoding") <= 1);
  require(!framing.chunked || request.header_count("content-length") == 0);
  require(framing.chunked == (request.header_count("transfer-encoding") == 1));
  for (const auto& field : request.headers()) {
    require(http::is_token(field.name));
    require(http::is_field_value(field.value));
  }
  for (const auto segment : request.segments()) {
    require(segment != "." && segment != "..");
    require(segment.find_first_of(std::string_view("/\\\0\r\n", 5)) == std::string_view::npos);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  http::HeadScanner whole;
  const auto state = whole.scan(bytes);
  http::HeadScanner bytewise;
  auto grown = http::HeadScanner::State::incomplete;
  for (std::size_t i = 1; i <= size && grown == http::HeadScanner::State::incomplete; ++i) {
    grown = bytewise.scan(bytes.substr(0, i));
  }
  require(grown == state);
  if (state != http::HeadScanner::State::complete) return 0;
  require(whole.length() == bytewise.length());

  const http::ReadPolicy policy{http::HostPolicy({}, true), http::TrustedProxies::parse("10.0.0.0/8"), 100};
  http::RequestReader reader;
  http::Request request;
  const auto fault =
      reader.load(request, bytes.substr(0, whole.length()), *http::parse_ip("10.0.0.1"), policy);
  if (fault) {
    require(fault->status >= 400 && fault->status < 600 && !fault->code.empty());
  } else {
    check_accepted(request, reader.framing());
  }
  return 0;
}
