#pragma once
// A request as handlers see it: complete, checked by the guard, independent of the socket and its buffers.
//
// Everything is taken from a copy of the header made before the body was read; trailers are never part of it.
// Views live as long as the Request. A Request is read-only and may be shared between threads.

#include "http/ip_address.hpp"
#include "http/target.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace http {

enum class Method { get, head, post, put, patch, del, options, trace, connect, other };

/// "GET" … ; "OTHER" for a method without a name here.
std::string_view to_string(Method method);
/// Case-sensitive, as HTTP is; Method::other for unknown ones.
Method parse_method(std::string_view text);

enum class Scheme { http, https };

/// One header line; names keep the client's spelling and compare without case.
struct Field {
  std::string_view name;
  std::string_view value;
};

/// ASCII comparison without case, for header names and tokens.
bool equal_ignoring_case(std::string_view a, std::string_view b);

class Request {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  Request() = default;
  Request(Request&&) = default;
  Request& operator=(Request&&) = default;
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;

  Method method() const { return method_; }
  /// The target as sent. Never log it: it may hold coordinates and tokens.
  std::string_view target() const { return raw_target_; }
  /// The path as sent, without the query, not decoded. Never log it either.
  std::string_view path() const { return target_.path(); }
  /// Decoded path segments: "/a/b%20c" → "a", "b c".
  std::span<const std::string_view> segments() const { return target_.segments(); }

  /// Decoded query parameters in the order sent; names are unique.
  std::span<const QueryParam> query() const { return target_.params(); }
  std::optional<std::string_view> query(std::string_view name) const;

  /// Value of `{name}` of the matched template. Throws core::Error(internal) if the template has no such
  /// name.
  std::string_view path_param(std::string_view name) const;
  /// The matched template, e.g. "/api/routes/{id}"; empty when nothing matched. Safe to log.
  std::string_view route() const { return route_; }

  std::span<const Field> headers() const { return fields_; }
  /// The first line of that name. Authorization, Content-Type, Host, Origin, If-Match and Idempotency-Key
  /// occur at most once: the guard refuses a second one.
  std::optional<std::string_view> header(std::string_view name) const;
  /// How many lines have that name.
  std::size_t header_count(std::string_view name) const;
  /// All lines of that name joined with ", ", for list headers such as Accept-Encoding; empty if none.
  std::string header_list(std::string_view name) const;

  std::string_view body() const { return body_; }

  /// The client's address behind trusted proxies.
  const IpAddress& client_ip() const { return client_ip_; }
  /// What the client used, as a trusted proxy reports it; http otherwise.
  Scheme scheme() const { return scheme_; }
  /// The Host header's name without port, lower-case; always one of the allowed hosts. Build links from
  /// configuration, not from this.
  std::string_view host() const { return host_; }

  /// Our own UUIDv7 as text.
  std::string_view request_id() const { return request_id_; }
  /// The client's X-Request-Id if it is well-formed. For the log only.
  std::optional<std::string_view> client_request_id() const;

  /// When the first byte of the header was there.
  TimePoint received_at() const { return received_at_; }
  /// When the server gives up waiting for the answer: pass it on to the database.
  TimePoint deadline() const { return deadline_; }

 private:
  friend class RequestReader;

  Method method_ = Method::get;
  Scheme scheme_ = Scheme::http;
  IpAddress client_ip_;
  // Vectors, not strings: moving a Request must not move the bytes that its views point to.
  std::vector<char> head_;
  std::vector<char> extra_;
  std::string_view raw_target_;
  Target target_;
  std::vector<Field> fields_;
  std::vector<std::pair<std::string_view, std::string_view>> path_params_;
  std::string_view route_;
  std::string host_;
  std::string request_id_;
  std::string body_;
  TimePoint received_at_{};
  TimePoint deadline_{};
};

/// The parts of a request made without a socket: for tests, and for calling a handler in process.
struct RequestParts {
  std::string method = "GET";
  std::string target = "/";
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  std::string client_ip = "127.0.0.1";
  Scheme scheme = Scheme::http;
  std::string request_id = "00000000-0000-7000-8000-000000000000";
  std::string route = {};
  std::vector<std::pair<std::string, std::string>> path_params = {};
  Request::TimePoint received_at{};
  Request::TimePoint deadline = Request::TimePoint::max();
};

/// Throws core::Error(invalid_input, "invalid_request") when the target or a header is malformed.
Request make_request(const RequestParts& parts);

}  // namespace http
