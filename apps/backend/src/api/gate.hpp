#pragma once
// What stands before every handler: who calls, whether the call was meant, whether the app is recent enough,
// and what other origins may read.

#include "api/csrf.hpp"
#include "api/endpoint.hpp"
#include "api/flood_guard.hpp"
#include "api/session_cookie.hpp"
#include "http/router.hpp"

#include "account/authenticator.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace api {

/// Who is there, for answers that anybody gets.
struct Visitor {
  std::optional<account::Caller> caller = {};
  /// Why the credential that was brought opens nothing: "session_expired", "session_revoked"; otherwise
  /// empty.
  std::string ended = {};
};

/// Which versions of the iOS app are served.
struct AppGate {
  std::string minimum_version = {};  ///< "2.3"; empty: every one
  std::string store_url = {};        ///< where a newer one is
};

struct GateOptions {
  SessionCookieOptions cookie = {};
  /// Origins whose pages may call with a person's cookie, "https://app.example.com".
  std::vector<std::string> allowed_origins = {};
  AppGate app = {};
};

class Gate {
 public:
  /// `authenticator` and `floods` must outlive the gate.
  Gate(account::Authenticator& authenticator, FloodGuard& floods, GateOptions options);

  /// The endpoint's handler behind the gate. A handler sees only requests that its `access` allows. Failures
  /// are thrown as core::Error: "unauthenticated", "session_expired", "session_revoked", "csrf_rejected",
  /// "elevation_required", "forbidden" (the token lacks the scope), "client_upgrade_required".
  http::Handler guarded(const Endpoint& endpoint) const;
  /// The same for its answers from memory.
  http::FastHandler guarded_fast(const Endpoint& endpoint) const;
  /// For http::RouteOptions::admit.
  std::optional<http::Response> admit(const http::Request& request) const { return floods_.admit(request); }

  /// The person whom the request's credential names, if it is a good one. For pages that greet whoever is
  /// signed in.
  std::optional<account::Caller> find_caller(const http::Request& request) const {
    return find_visitor(request).caller;
  }
  Visitor find_visitor(const http::Request& request) const;

  /// Throws "csrf_rejected" for a browser's call from a foreign page.
  void require_meant(const http::Request& request, Credential credential, bool is_native_usable) const;

  const SessionCookie& cookie() const { return cookie_; }

  /// For http::RouterOptions: answers of CORS, on every answer and to preflights.
  void finish(const http::Request& request, http::Response& response) const;
  http::Response preflight(const http::Request& request, std::string_view allow) const;

 private:
  struct Presented;
  Presented read_credential(const http::Request& request) const;
  Credential kind_of_credential(const http::Request& request) const;
  account::Caller require_caller(const http::Request& request, const Endpoint& endpoint) const;
  http::Response answer_person(const http::Request& request, const Endpoint& endpoint) const;
  bool is_app_too_old(const http::Request& request) const;
  void require_recent_app(const http::Request& request, const Endpoint& endpoint) const;
  bool is_allowed_origin(std::string_view origin) const;

  account::Authenticator& authenticator_;
  FloodGuard& floods_;
  GateOptions options_;
  SessionCookie cookie_;
};

}  // namespace api
