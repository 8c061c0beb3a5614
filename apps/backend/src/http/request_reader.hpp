#pragma once
// Fills a Request from bytes. The only way in, for the server and for make_request.

#include "http/guard.hpp"
#include "http/ip_address.hpp"
#include "http/request.hpp"
#include "http/router.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace http {

/// What a server knows when it judges a header.
struct ReadPolicy {
  HostPolicy hosts;
  TrustedProxies trusted_proxies;
  std::size_t max_fields = 100;
};

class RequestReader {
 public:
  /// Empties `request` and keeps its memory for the next one.
  static void reset(Request& request);
  static void reset_body(Request& request);

  /// Copies `head` (with its empty line) into the request and reads it: guard, target, client address,
  /// scheme. On a fault the request has what was read so far.
  std::optional<Fault> load(Request& request, std::string_view head, const IpAddress& peer,
                            const ReadPolicy& policy);
  /// Of the last successful load().
  const Framing& framing() const { return framing_; }

  static void set_identity(Request& request, std::string_view request_id, Request::TimePoint received_at,
                           Request::TimePoint deadline);
  static void set_deadline(Request& request, Request::TimePoint deadline) { request.deadline_ = deadline; }
  static void set_route(Request& request, const RouteMatch& match);
  static std::string& body(Request& request) { return request.body_; }

  /// make_request's way: no Host needed, no peer.
  static Request assemble(const RequestParts& parts);

 private:
  std::optional<Fault> read_head(Request& request, std::size_t max_fields);
  void read_origin(Request& request, const IpAddress& peer, const ReadPolicy& policy) const;

  Head head_;
  Framing framing_;
};

}  // namespace http
