#pragma once
// Which handler answers a method and a path. Filled once, then read by all threads without a lock.

#include "http/request.hpp"
#include "http/response.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace http {

/// Runs on the request pool; may block within the request's deadline.
using Handler = std::function<Response(const Request&)>;
/// Runs on an io thread: memory only, never a lock that someone holds over I/O. nullopt: no answer from here.
using FastHandler = std::function<std::optional<Response>(const Request&)>;

struct RouteOptions {
  /// Required unless `fast` always answers.
  Handler handler = {};
  /// Tried first; nullopt sends the request to the pool and `handler`.
  FastHandler fast = {};
  /// Asked before the body is read (and before "100 Continue"): an answer refuses the request, nullopt admits
  /// it. The body is empty at that moment. For rate limits and missing credentials.
  FastHandler admit = {};
  /// Largest body in bytes; default 0 for GET, HEAD, DELETE and OPTIONS, 256 KiB otherwise.
  std::optional<std::size_t> body_limit = {};
  /// A smaller limit for this request, by its header (of one media type); asked before the body is read.
  std::function<std::size_t(const Request&)> body_limit_of = {};
  /// Replaces the server's default headers, e.g. for pages.
  std::shared_ptr<const DefaultHeaders> default_headers = {};
  /// What the handler answers sooner than so long after the request was complete is held back, no thread
  /// waiting: the time it took tells nothing. 0: at once.
  std::chrono::milliseconds min_duration{0};
};

struct RouterOptions {
  /// Turns what a handler threw into an answer; it runs where the handler ran and must not throw.
  std::function<Response(const std::exception&, const Request&)> error_mapper = {};
  /// Answers OPTIONS for a known path (CORS preflight); `allow` is the Allow value. Default: 204 with Allow.
  std::function<Response(const Request&, std::string_view allow)> preflight = {};
  /// Last hand on every answer to a request that passed the guard, errors included (CORS headers).
  std::function<void(const Request&, Response&)> finish = {};
};

struct Route {
  Method method = Method::get;
  /// The template as it was given: the only form of a path in logs and metrics.
  std::string pattern;
  RouteOptions options;
  std::size_t body_limit = 0;
  /// Position in Router::routes().
  std::size_t index = 0;
  std::vector<std::string> param_names;
};

constexpr std::size_t kMaxPathParams = 8;

struct RouteMatch {
  /// nullptr: no such path, or the path does not take the method.
  const Route* route = nullptr;
  /// Values for route->param_names; views into the segments given (a tail is not decoded into one text: see
  /// add).
  std::array<std::string_view, kMaxPathParams> params{};
  /// Methods the path takes, as bits by Method; 0: there is no such path. Only filled when route is nullptr.
  unsigned allowed = 0;
};

class Router {
 public:
  explicit Router(RouterOptions options = {});
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  /// `pattern` is "/", or '/'-separated segments: text, "{name}" (one non-empty segment), or as the last one
  /// "{name*}" (the rest, also empty; read it from Request::segments(), the param holds its first segment).
  /// Text beats a param, a param beats a tail. Throws core::Error(internal) for a malformed or repeated one.
  void add(Method method, std::string_view pattern, RouteOptions options);

  /// Allocates nothing. HEAD falls back to GET.
  RouteMatch match(Method method, std::span<const std::string_view> segments) const;

  /// GET, HEAD, POST, PUT, PATCH, DELETE and OPTIONS, as bits by Method.
  static constexpr unsigned kAnyMethod = 0b111'1111;

  /// "GET, HEAD, OPTIONS" for RouteMatch::allowed.
  static std::string allow_value(unsigned allowed);

  std::span<const std::unique_ptr<const Route>> routes() const { return routes_; }
  const RouterOptions& options() const { return options_; }

 private:
  struct Node;

  RouterOptions options_;
  std::unique_ptr<Node> root_;
  std::vector<std::unique_ptr<const Route>> routes_;
};

}  // namespace http
