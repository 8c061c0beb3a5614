#include "api/operator_gate.hpp"

#include "api/client_prefix.hpp"
#include "core/error.hpp"

#include <utility>

namespace api {
namespace {

core::Error unauthenticated() {
  return {core::ErrorKind::unauthenticated, "unauthenticated",
          "Sign in first: POST /api/admin/auth/sign-in."};
}

core::Error forbidden(std::string code, std::string message) {
  return {core::ErrorKind::forbidden, std::move(code), std::move(message)};
}

void add_errors(Endpoint& endpoint, std::initializer_list<std::string_view> slugs) {
  endpoint.errors.insert(endpoint.errors.end(), slugs);
}

}  // namespace

operators::CallFacts call_facts(const http::Request& request) {
  return {.client_ip = client_prefix(request.client_ip()), .request_id = std::string(request.request_id())};
}

OperatorGate::OperatorGate(operators::OperatorAuth& auth, const Gate& gate, const core::Clock& clock,
                           bool is_secure)
    : auth_(auth),
      gate_(gate),
      clock_(clock),
      is_secure_(is_secure),
      cookie_name_(is_secure ? "__Host-avs-op" : "avs_op_dev") {}

Endpoint OperatorGate::guarded(Endpoint endpoint, OperatorProof proof, Handler handler) const {
  endpoint.access = Access::operators;
  endpoint.serves_old_apps = true;
  add_errors(endpoint, {"unauthenticated", "session_expired", "session_revoked", "unavailable", "deadline"});
  if (!endpoint.scope.empty()) add_errors(endpoint, {"forbidden"});
  if (endpoint.method != "GET") add_errors(endpoint, {"csrf_rejected"});
  const bool must_be_elevated = proof == OperatorProof::elevated;
  if (must_be_elevated) add_errors(endpoint, {"elevation_required"});
  endpoint.handler = [this, handler = std::move(handler), scope = endpoint.scope,
                      must_be_elevated](const http::Request& request) {
    require_meant(request);
    const auto caller = require_caller(request);
    if (!scope.empty() && !caller.account.has(scope))
      throw forbidden("forbidden", "This needs the scope " + std::string(scope) + ".");
    if (must_be_elevated && !caller.session.is_elevated(clock_.now())) {
      throw forbidden(
          "elevation_required",
          "Give a code once more: POST /api/admin/auth/elevate, then try again within ten minutes.");
    }
    auto response = handler(request, caller);
    response.log_user_id = core::to_string(caller.account.id);
    response.log_session_ref = caller.ref;
    return response;
  };
  return endpoint;
}

Endpoint OperatorGate::for_visitors(Endpoint endpoint, http::Handler handler) const {
  endpoint.access = Access::operators;
  endpoint.serves_old_apps = true;
  add_errors(endpoint, {"csrf_rejected", "unavailable", "deadline"});
  endpoint.handler = [this, handler = std::move(handler)](const http::Request& request) {
    require_meant(request);
    return handler(request);
  };
  return endpoint;
}

operators::OperatorCaller OperatorGate::require_caller(const http::Request& request) const {
  // Where Authorization stands, cookies are not looked at, and no token of it is an operator's.
  if (request.header("Authorization")) throw unauthenticated();
  const auto cookie = read_cookie(request, cookie_name_);
  if (cookie.is_ambiguous || !cookie.value) throw unauthenticated();
  return auth_.authenticate(*cookie.value, request.deadline());
}

/// Stricter than for people: every browser names the Origin of a call that changes something.
void OperatorGate::require_meant(const http::Request& request) const {
  const auto method = request.method();
  const bool is_safe = method == http::Method::get || method == http::Method::head;
  if (!is_safe && !request.header("Origin"))
    throw forbidden("csrf_rejected", "The request names no Origin; call from a page of this service.");
  gate_.require_meant(request, Credential::cookie, false);
}

void OperatorGate::set_cookie(http::Response& response,
                              const operators::OpenedOperatorSession& opened) const {
  const auto left = opened.caller.session.absolute_expires_at - clock_.now();
  response.headers.add("Set-Cookie",
                       cookie_line(opened.token, std::chrono::ceil<std::chrono::seconds>(left)));
}

void OperatorGate::clear_cookie(http::Response& response) const {
  response.headers.add("Set-Cookie", cookie_line("", std::chrono::seconds(0)));
}

std::string OperatorGate::cookie_line(std::string_view value, std::chrono::seconds life) const {
  std::string line = cookie_name_ + "=" + std::string(value) +
                     "; Path=/; Max-Age=" + std::to_string(life.count()) + "; HttpOnly; SameSite=Strict";
  if (is_secure_) line += "; Secure";
  return line;
}

}  // namespace api
