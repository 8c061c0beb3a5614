#include "api/revision.hpp"

#include "core/error.hpp"
#include "core/hash.hpp"
#include "core/text.hpp"
#include "http/conditional.hpp"

#include <charconv>

namespace api {

std::string revision_etag(int revision) { return http::strong_etag(std::to_string(revision)); }

std::optional<int> read_if_match(const http::Request& request) {
  const auto header = request.header("If-Match");
  if (!header) return std::nullopt;
  const auto text = core::trimmed(*header);
  if (text == "*") return std::nullopt;
  int revision = -1;
  if (text.size() > 2 && text.front() == '"' && text.back() == '"') {
    const auto digits = text.substr(1, text.size() - 2);
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), revision);
    if (fault == std::errc{} && end == digits.data() + digits.size() && revision >= 0) return revision;
  }
  throw core::Error(core::ErrorKind::conflict, "precondition_failed",
                    "If-Match names no revision: send one ETag as it was given.");
}

int require_if_match(const http::Request& request) {
  if (const auto revision = read_if_match(request)) return *revision;
  throw core::Error(core::ErrorKind::invalid_input, "precondition_required",
                    "Say in If-Match which revision the change was made for: the ETag as it was given.");
}

std::string request_fingerprint(const http::Request& request) {
  std::string text(http::to_string(request.method()));
  text += ' ';
  text += request.route();
  text += ' ';
  text += request.body();
  const auto digest = core::sha256(text);
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace api
