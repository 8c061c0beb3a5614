#include "api/admin_endpoints.hpp"
#include "api/json_fields.hpp"
#include "core/json_writer.hpp"

#include "operators/admin_json.hpp"

#include <utility>

namespace api {
namespace {

using operators::OperatorCaller;

/// Longer than a password's hash and ten of recovery codes: an answer's time does not tell what was wrong.
constexpr std::chrono::milliseconds kSignInFloor{400};
constexpr std::size_t kMaxEmail_bytes = 254;
constexpr std::size_t kMaxPassword_bytes = 1024;
constexpr std::size_t kMaxCode_bytes = 20;

operators::SecondFactor read_factor(JsonFields& fields) {
  operators::SecondFactor factor;
  factor.totp = fields.optional_text("totp", {.max_bytes = kMaxCode_bytes}).value_or("");
  factor.recovery_code = fields.optional_text("recoveryCode", {.max_bytes = kMaxCode_bytes}).value_or("");
  return factor;
}

std::string session_json(const OperatorCaller& caller, core::Timestamp now) {
  const auto& session = caller.session;
  core::JsonWriter out;
  out.begin_object().key("operator");
  operators::write_operator(out, caller.account);
  out.field("createdAt", core::format_utc(session.created_at));
  out.field("expiresAt", core::format_utc(session.expires_at()));
  const auto left = std::chrono::floor<std::chrono::seconds>(session.expires_at() - now);
  out.field("expiresInS", static_cast<std::int64_t>(left.count()));
  out.key("elevatedUntil");
  session.is_elevated(now) ? out.value(core::format_utc(*session.elevated_until)) : out.null();
  out.end_object();
  return out.take();
}

http::Response opened_answer(const AdminServices& services, const operators::OpenedOperatorSession& opened) {
  auto response = http::Response::json(session_json(opened.caller, services.clock.now()));
  services.gate.set_cookie(response, opened);
  response.log_user_id = core::to_string(opened.caller.account.id);
  response.log_session_ref = opened.caller.ref;
  return std::move(response).set("Cache-Control", "no-store");
}

http::Response sign_in(const AdminServices& services, const http::Request& request) {
  JsonFields fields(request);
  operators::OperatorSignIn wanted;
  wanted.email = fields.text("email", {.max_bytes = kMaxEmail_bytes});
  wanted.password = fields.text("password", {.max_bytes = kMaxPassword_bytes});
  wanted.factor = read_factor(fields);
  fields.finish();
  return opened_answer(services, services.auth.sign_in(wanted, call_facts(request), request.deadline()));
}

http::Response elevate(const AdminServices& services, const http::Request& request,
                       const OperatorCaller& caller) {
  JsonFields fields(request);
  const auto factor = read_factor(fields);
  fields.finish();
  return opened_answer(services,
                       services.auth.elevate(caller, factor, call_facts(request), request.deadline()));
}

http::Response sign_out(const AdminServices& services, const http::Request& request,
                        const OperatorCaller& caller) {
  services.auth.sign_out(caller, call_facts(request), request.deadline());
  auto response = http::Response::no_content();
  services.gate.clear_cookie(response);
  return response;
}

Endpoint sign_in_endpoint(const AdminServices& services) {
  auto endpoint = admin_endpoint("POST", "/api/admin/auth/sign-in", "operatorSignIn",
                                 "Sign in as an operator", "", "OperatorSession", "OperatorSignIn");
  endpoint.description =
      "Needs the password and either a code of the authenticator app or a recovery code. Each code counts "
      "once. "
      "The session is a cookie of this host alone; it ends after 30 minutes without a request, and after 8 "
      "hours. "
      "The refusal is the same for an unknown address, a wrong password and a wrong code.";
  endpoint.errors.insert(endpoint.errors.end(), {"invalid_credentials", "rate_limited"});
  endpoint.min_duration = kSignInFloor;
  return services.gate.for_visitors(
      std::move(endpoint), [services](const http::Request& request) { return sign_in(services, request); });
}

Endpoint elevate_endpoint(const AdminServices& services) {
  auto endpoint = admin_endpoint("POST", "/api/admin/auth/elevate", "operatorElevate",
                                 "Give a code once more, for what cannot be undone", "", "OperatorSession",
                                 "OperatorFactor");
  endpoint.description = "For ten minutes. The session gets a new token; the old one ends.";
  endpoint.errors.insert(endpoint.errors.end(), {"invalid_credentials", "rate_limited"});
  endpoint.min_duration = kSignInFloor;
  return services.gate.guarded(std::move(endpoint), OperatorProof::session,
                               [services](const http::Request& request, const OperatorCaller& caller) {
                                 return elevate(services, request, caller);
                               });
}

}  // namespace

std::vector<Endpoint> operator_auth_endpoints(const AdminServices& services) {
  std::vector<Endpoint> all;
  all.push_back(sign_in_endpoint(services));
  all.push_back(elevate_endpoint(services));
  all.push_back(services.gate.guarded(
      admin_endpoint("POST", "/api/admin/auth/sign-out", "operatorSignOut", "End the session", "", ""),
      OperatorProof::session, [services](const http::Request& request, const OperatorCaller& caller) {
        return sign_out(services, request, caller);
      }));
  all.push_back(services.gate.guarded(
      admin_endpoint("GET", "/api/admin/auth/session", "getOperatorSession", "Who is signed in", "",
                     "OperatorSession"),
      OperatorProof::session, [services](const http::Request&, const OperatorCaller& caller) {
        return http::Response::json(session_json(caller, services.clock.now()))
            .set("Cache-Control", "no-store");
      }));
  return all;
}

}  // namespace api
