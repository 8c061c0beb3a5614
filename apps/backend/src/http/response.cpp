#include "http/response.hpp"

#include "core/error.hpp"
#include "http/head.hpp"
#include "http/request.hpp"

#include <algorithm>
#include <array>

namespace http {
namespace {

struct Reason {
  int status;
  std::string_view phrase;
};

constexpr auto kReasons = std::to_array<Reason>({
    {100, "Continue"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {207, "Multi-Status"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {423, "Locked"},
    {426, "Upgrade Required"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
});

/// Headers that say where an answer ends are the server's alone.
bool is_framing(std::string_view name) {
  return equal_ignoring_case(name, "content-length") || equal_ignoring_case(name, "transfer-encoding") ||
         equal_ignoring_case(name, "connection") || equal_ignoring_case(name, "date");
}

void check_line(std::string_view name, std::string_view value) {
  if (is_token(name) && is_field_value(value) && !is_framing(name)) return;
  throw core::Error(core::ErrorKind::internal, "internal", "Internal error.",
                    "malformed response header " + std::string(name.substr(0, 64)));
}

/// Calls `see(line, name, value)` for each line until it returns true.
template <typename See>
void each_line(std::string_view lines, See&& see) {
  for (std::size_t at = 0; at < lines.size();) {
    const auto end = lines.find('\n', at) + 1;
    const auto line = lines.substr(at, end - at);
    const auto colon = line.find(':');
    if (see(at, line, line.substr(0, colon), line.substr(colon + 2, line.size() - colon - 4))) return;
    at = end;
  }
}

Response with_body(Body body, int status, const char* content_type) {
  Response response;
  response.status = status;
  response.content_type = content_type;
  response.body = std::move(body);
  return response;
}

}  // namespace

Body::Body(std::shared_ptr<const std::string> bytes) {
  const std::string_view view = *bytes;
  content_ = Shared{std::move(bytes), view};
}

std::string_view Body::view() const {
  if (const auto* own = std::get_if<std::string>(&content_)) return *own;
  return std::get<Shared>(content_).bytes;
}

HeaderBlock& HeaderBlock::set(std::string_view name, std::string_view value) {
  check_line(name, value);
  if (!lines_.empty()) remove(name);
  return add(name, value);
}

HeaderBlock& HeaderBlock::add(std::string_view name, std::string_view value) {
  check_line(name, value);
  lines_.append(name).append(": ").append(value).append("\r\n");
  return *this;
}

void HeaderBlock::remove(std::string_view name) {
  std::string kept;
  bool found = false;
  each_line(lines_, [&](std::size_t, std::string_view line, std::string_view known, std::string_view) {
    if (equal_ignoring_case(known, name)) {
      found = true;
    } else {
      kept += line;
    }
    return false;
  });
  if (found) lines_ = std::move(kept);
}

std::optional<std::string_view> HeaderBlock::get(std::string_view name) const {
  std::optional<std::string_view> found;
  each_line(lines_, [&](std::size_t, std::string_view, std::string_view known, std::string_view value) {
    if (equal_ignoring_case(known, name)) found = value;
    return found.has_value();
  });
  return found;
}

Response Response::json(Body body, int status) {
  return with_body(std::move(body), status, "application/json");
}

Response Response::text(Body body, int status) {
  return with_body(std::move(body), status, "text/plain; charset=utf-8");
}

Response Response::html(Body body, int status) {
  return with_body(std::move(body), status, "text/html; charset=utf-8");
}

Response Response::no_content() {
  Response response;
  response.status = 204;
  return response;
}

DefaultHeaders::DefaultHeaders(std::vector<std::pair<std::string, std::string>> lines) {
  for (auto& [name, value] : lines) {
    check_line(name, value);
    std::string wire = name + ": " + value + "\r\n";
    all_ += wire;
    lines_.push_back({std::move(name), std::move(wire)});
  }
}

DefaultHeaders DefaultHeaders::for_api() {
  return DefaultHeaders({{"X-Content-Type-Options", "nosniff"},
                         {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
                         {"Referrer-Policy", "no-referrer"},
                         {"Cross-Origin-Resource-Policy", "same-site"},
                         {"X-Frame-Options", "DENY"},
                         {"Vary", "Origin"},
                         {"Cache-Control", "no-store"}});
}

DefaultHeaders DefaultHeaders::for_pages(std::string content_security_policy,
                                         std::string permissions_policy) {
  return DefaultHeaders({{"X-Content-Type-Options", "nosniff"},
                         {"Content-Security-Policy", std::move(content_security_policy)},
                         {"Referrer-Policy", "strict-origin-when-cross-origin"},
                         {"Cross-Origin-Opener-Policy", "same-origin"},
                         {"Permissions-Policy", std::move(permissions_policy)},
                         {"X-Frame-Options", "DENY"}});
}

void DefaultHeaders::append_to(std::string& out, const HeaderBlock& own) const {
  if (own.empty()) {
    out += all_;
    return;
  }
  for (const auto& line : lines_) {
    if (!own.has(line.name)) out += line.wire;
  }
}

std::string_view reason_phrase(int status) {
  const auto found = std::ranges::lower_bound(kReasons, status, {}, &Reason::status);
  return found != kReasons.end() && found->status == status ? found->phrase : "Unknown";
}

}  // namespace http
