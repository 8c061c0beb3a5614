// A chunked body: cut anywhere, it decodes to the same bytes, and never beyond its limits.

#include "http/body_reader.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace {

constexpr std::size_t kLimit = 4096;

struct Outcome {
  std::string body;
  std::size_t used = 0;
  bool done = false;
  int status = 0;

  bool operator==(const Outcome&) const = default;
};

Outcome read(std::string_view bytes, std::size_t step) {
  http::Framing framing;
  framing.chunked = true;
  http::BodyReader reader(framing, kLimit);
  Outcome outcome;
  while (outcome.used < bytes.size() && !reader.done() && !reader.fault()) {
    outcome.used += reader.take(bytes.substr(outcome.used, step), outcome.body);
  }
  outcome.done = reader.done();
  outcome.status = reader.fault() ? reader.fault()->status : 0;
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto whole = read(bytes, size + 1);
  if (whole.body.size() > kLimit || !(whole == read(bytes, 1)) || !(whole == read(bytes, 7))) std::abort();
  return 0;
}
