#include "http/response_head.hpp"

#include <array>
#include <charconv>

namespace http {
namespace {

template <typename Number>
void append_number(std::string& out, Number number) {
  std::array<char, 20> text{};
  out.append(text.data(), std::to_chars(text.data(), text.data() + text.size(), number).ptr);
}

}  // namespace

bool status_has_body(int status) { return status >= 200 && status != 204 && status != 304; }

void write_response_head(const Response& response, const HeadOptions& options, std::string& out) {
  out.assign("HTTP/1.1 ");
  append_number(out, response.status);
  out.append(" ").append(reason_phrase(response.status)).append("\r\n");
  out += options.date_line;
  if (options.close) out += "Connection: close\r\n";
  if (status_has_body(response.status)) {
    if (!response.content_type.empty())
      out.append("Content-Type: ").append(response.content_type).append("\r\n");
    out += "Content-Length: ";
    append_number(out, response.body.size());
    out += "\r\n";
  }
  if (!options.request_id.empty()) out.append("X-Request-Id: ").append(options.request_id).append("\r\n");
  if (options.strict_transport) out += "Strict-Transport-Security: max-age=63072000; includeSubDomains\r\n";
  if (options.default_headers != nullptr) options.default_headers->append_to(out, response.headers);
  out.append(response.headers.wire()).append("\r\n");
}

}  // namespace http
