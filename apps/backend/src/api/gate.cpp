#include "api/gate.hpp"

#include "core/dotted_version.hpp"
#include "core/error.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <compare>
#include <utility>

namespace api {
namespace {

constexpr std::string_view kBearer = "Bearer ";
constexpr const char* kCorsMaxAge_s = "600";
/// What pages of other origins may send and read beyond what browsers always allow.
constexpr const char* kCorsRequestHeaders =
    "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-App-Platform, X-App-Version";
constexpr const char* kCorsResponseHeaders =
    "ETag, Idempotency-Replayed, Location, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, "
    "Retry-After, "
    "X-Request-Id";

bool is_unsafe(http::Method method) {
  return method != http::Method::get && method != http::Method::head && method != http::Method::options;
}

core::Error unauthenticated() {
  return {core::ErrorKind::unauthenticated, "unauthenticated", "Sign in first."};
}

/// A packed body is not unpacked: what it may become has no limit that the sender has shown to keep.
void require_plain_body(const http::Request& request, const Endpoint& endpoint) {
  const auto coding = request.header("Content-Encoding");
  if (endpoint.bodies.empty() || !coding || http::equal_ignoring_case(*coding, "identity")) return;
  throw core::Error(core::ErrorKind::invalid_input, "unsupported_media_type",
                    "Send the body as it is, without a Content-Encoding.");
}

core::Error csrf_rejected() {
  return {core::ErrorKind::forbidden, "csrf_rejected",
          "The request did not come from a page of this service. Send the session as a bearer token, or call "
          "from an "
          "allowed origin."};
}

}  // namespace

/// What a request says of who it is, before anybody has looked whether it is true.
struct Gate::Presented {
  Credential kind = Credential::none;
  std::string token = {};
};

Gate::Gate(account::Authenticator& authenticator, FloodGuard& floods, GateOptions options)
    : authenticator_(authenticator),
      floods_(floods),
      options_(std::move(options)),
      cookie_(options_.cookie) {}

Gate::Presented Gate::read_credential(const http::Request& request) const {
  if (const auto header = request.header("Authorization")) {
    if (!http::equal_ignoring_case(header->substr(0, kBearer.size()), kBearer)) throw unauthenticated();
    return {Credential::bearer, std::string(core::trimmed(header->substr(kBearer.size())))};
  }
  auto cookie = cookie_.read(request);
  if (cookie.is_ambiguous || !cookie.value || cookie.value->empty()) return {};
  return {Credential::cookie, *std::move(cookie.value)};
}

Credential Gate::kind_of_credential(const http::Request& request) const {
  if (request.header("Authorization")) return Credential::bearer;
  return cookie_.read(request).value ? Credential::cookie : Credential::none;
}

bool Gate::is_allowed_origin(std::string_view origin) const {
  return std::ranges::find(options_.allowed_origins, origin) != options_.allowed_origins.end();
}

void Gate::require_meant(const http::Request& request, Credential credential, bool is_native_usable) const {
  const auto host = request.header("Host").value_or("");
  const std::string own =
      (request.scheme() == http::Scheme::https ? "https://" : "http://") + core::lower_ascii(host);
  const CsrfFacts facts{.is_unsafe_method = is_unsafe(request.method()),
                        .credential = credential,
                        .origin = request.header("Origin"),
                        .fetch_site = request.header("Sec-Fetch-Site"),
                        .own_origin = own,
                        .is_native_usable = is_native_usable};
  if (!is_meant(facts, options_.allowed_origins)) throw csrf_rejected();
}

account::Caller Gate::require_caller(const http::Request& request, const Endpoint& endpoint) const {
  const auto presented = read_credential(request);
  if (presented.kind == Credential::none) throw unauthenticated();
  require_meant(request, presented.kind, false);
  auto caller = authenticator_.authenticate(presented.token, request.deadline());
  // A cookie carries a session; a script's token in it would be a way around the rules for either.
  const bool by_token = caller.by == account::Caller::By::api_token;
  if (by_token && presented.kind == Credential::cookie) throw unauthenticated();
  if (!by_token) return caller;
  if (endpoint.scope.empty() || endpoint.access == Access::elevated) {
    throw core::Error(core::ErrorKind::forbidden, "forbidden",
                      "An API token may not do this; it needs a person who is signed in.");
  }
  if (std::ranges::find(caller.scopes, endpoint.scope) == caller.scopes.end()) {
    throw core::Error(core::ErrorKind::forbidden, "forbidden",
                      "The API token needs the scope " + std::string(endpoint.scope) + ".");
  }
  return caller;
}

Visitor Gate::find_visitor(const http::Request& request) const {
  try {
    const auto presented = read_credential(request);
    if (presented.kind == Credential::none) return {};
    auto caller = authenticator_.authenticate(presented.token, request.deadline());
    if (caller.by == account::Caller::By::api_token) return {};
    return {.caller = std::move(caller)};
  } catch (const core::Error& error) {
    // A bad credential greets nobody; a database that is away is a failure all the same.
    if (error.kind() != core::ErrorKind::unauthenticated) throw;
    const bool is_ended = error.code() == "session_expired" || error.code() == "session_revoked";
    return {.ended = is_ended ? error.code() : ""};
  }
}

bool Gate::is_app_too_old(const http::Request& request) const {
  if (options_.app.minimum_version.empty()) return false;
  const auto platform = request.header("X-App-Platform");
  const auto version = request.header("X-App-Version");
  if (!platform || !version || !http::equal_ignoring_case(*platform, "ios")) return false;
  const auto order = core::compare_versions(*version, options_.app.minimum_version);
  return order && std::is_lt(*order);
}

void Gate::require_recent_app(const http::Request& request, const Endpoint& endpoint) const {
  if (endpoint.serves_old_apps || !is_app_too_old(request)) return;
  throw core::Error(core::ErrorKind::forbidden, "client_upgrade_required",
                    "This version of the app is no longer served; " + options_.app.minimum_version +
                        " is the oldest that is. Update it: " + options_.app.store_url);
}

http::Response Gate::answer_person(const http::Request& request, const Endpoint& endpoint) const {
  const auto caller = require_caller(request, endpoint);
  if (endpoint.access == Access::elevated && !caller.is_elevated(authenticator_.now())) {
    throw core::Error(
        core::ErrorKind::forbidden, "elevation_required",
        "Prove once more who you are: POST /api/auth/elevate, then try again within ten minutes.");
  }
  auto response = endpoint.user_handler(request, caller);
  response.log_user_id = core::to_string(caller.user_id);
  response.log_session_ref = caller.ref;
  if (!response.headers.has("Cache-Control")) response.set("Cache-Control", "no-store");
  return response;
}

http::Handler Gate::guarded(const Endpoint& endpoint) const {
  // An endpoint may answer from memory alone; operators have a gate of their own.
  const bool is_person = endpoint.access == Access::user || endpoint.access == Access::elevated;
  if (endpoint.access == Access::operators || (!is_person && !endpoint.handler)) return endpoint.handler;
  return [this, endpoint, is_person](const http::Request& request) {
    require_plain_body(request, endpoint);
    require_recent_app(request, endpoint);
    if (endpoint.access == Access::visitor) {
      const auto kind = kind_of_credential(request);
      require_meant(request, kind, kind == Credential::none);
    }
    auto response = is_person ? answer_person(request, endpoint) : endpoint.handler(request);
    if (endpoint.access != Access::everyone)
      set_rate_headers(response, floods_.standing(request.client_ip(), std::chrono::steady_clock::now()));
    return response;
  };
}

http::FastHandler Gate::guarded_fast(const Endpoint& endpoint) const {
  if (!endpoint.fast || endpoint.serves_old_apps || options_.app.minimum_version.empty())
    return endpoint.fast;
  return [this, fast = endpoint.fast](const http::Request& request) -> std::optional<http::Response> {
    // The handler behind says it.
    if (is_app_too_old(request)) return std::nullopt;
    return fast(request);
  };
}

void Gate::finish(const http::Request& request, http::Response& response) const {
  // Whatever the answer, caches must know that it depends on who asks.
  const auto vary = response.headers.get("Vary");
  response.set("Vary", vary ? std::string(*vary) + ", Origin" : "Origin");
  const auto origin = request.header("Origin");
  if (!origin || !is_allowed_origin(*origin)) return;
  response.set("Access-Control-Allow-Origin", *origin)
      .set("Access-Control-Allow-Credentials", "true")
      .set("Access-Control-Expose-Headers", kCorsResponseHeaders);
}

http::Response Gate::preflight(const http::Request& request, std::string_view allow) const {
  auto response = http::Response::no_content();
  response.set("Allow", allow);
  const auto origin = request.header("Origin");
  if (!origin || !is_allowed_origin(*origin)) return response;
  response.set("Access-Control-Allow-Methods", allow)
      .set("Access-Control-Allow-Headers", kCorsRequestHeaders)
      .set("Access-Control-Max-Age", kCorsMaxAge_s);
  return response;
}

}  // namespace api
