#pragma once
// What a handler answers. Bodies may be shared: cached bytes are never copied on their way to the socket.

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace http {

/// Bytes with an owner: its own string, or a view into something shared (a cache entry, a mapped tile).
class Body {
 public:
  Body() = default;
  // Implicit on purpose: `response.body = writer.take()` and `= cached` are what handlers write.
  Body(std::string bytes) : content_(std::move(bytes)) {}
  Body(const char* text) : content_(std::string(text)) {}
  Body(std::shared_ptr<const std::string> bytes);
  /// `bytes` must stay valid as long as `owner` lives.
  Body(std::shared_ptr<const void> owner, std::string_view bytes)
      : content_(Shared{std::move(owner), bytes}) {}

  std::string_view view() const;
  std::size_t size() const { return view().size(); }
  bool empty() const { return size() == 0; }

 private:
  struct Shared {
    std::shared_ptr<const void> owner;
    std::string_view bytes;
  };
  std::variant<std::string, Shared> content_;
};

/// Header lines in wire form ("Name: value\r\n"…), so that sending them is one copy.
class HeaderBlock {
 public:
  /// Replaces what stands under `name`. Throws core::Error(internal) for a name that is no token or a value
  /// with control characters: an answer can not be split by data.
  HeaderBlock& set(std::string_view name, std::string_view value);
  /// Adds a further line, e.g. a second Set-Cookie.
  HeaderBlock& add(std::string_view name, std::string_view value);
  void remove(std::string_view name);

  bool has(std::string_view name) const { return get(name).has_value(); }
  std::optional<std::string_view> get(std::string_view name) const;
  std::string_view wire() const { return lines_; }
  bool empty() const { return lines_.empty(); }

 private:
  std::string lines_;
};

struct Response {
  int status = 200;
  /// Content-Type; empty for an answer without a body.
  std::string content_type;
  HeaderBlock headers;
  Body body;

  /// For the access log only: who asked (an id, never an e-mail) and a reference to the session.
  std::string log_user_id;
  std::string log_session_ref;

  /// `status` with a body of application/json.
  static Response json(Body body, int status = 200);
  /// text/plain; charset=utf-8.
  static Response text(Body body, int status = 200);
  static Response html(Body body, int status = 200);
  static Response no_content();

  Response& set(std::string_view name, std::string_view value) & {
    headers.set(name, value);
    return *this;
  }
  Response&& set(std::string_view name, std::string_view value) && {
    headers.set(name, value);
    return std::move(*this);
  }
};

/// The headers that every answer gets unless the handler sets the same name. Built once, shared by all
/// answers.
class DefaultHeaders {
 public:
  DefaultHeaders() = default;
  explicit DefaultHeaders(std::vector<std::pair<std::string, std::string>> lines);

  /// nosniff, CSP default-src 'none', no-referrer, CORP same-site, frames denied, Cache-Control: no-store.
  static DefaultHeaders for_api();
  /// For pages and their files: nosniff, the given policy, COOP same-origin, Permissions-Policy.
  static DefaultHeaders for_pages(std::string content_security_policy, std::string permissions_policy);

  /// Appends to `out` those lines whose name `own` does not set.
  void append_to(std::string& out, const HeaderBlock& own) const;

 private:
  struct Line {
    std::string name;
    std::string wire;
  };
  std::vector<Line> lines_;
  std::string all_;
};

/// "OK", "Not Found"…; "Unknown" for a status without a name here.
std::string_view reason_phrase(int status);

}  // namespace http
