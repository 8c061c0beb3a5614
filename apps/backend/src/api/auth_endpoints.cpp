#include "api/auth_endpoints.hpp"

#include "api/client_prefix.hpp"
#include "api/session_answer.hpp"

#include <iterator>
#include <utility>

namespace api {
namespace {

/// Longer than the slowest of the checks behind an answer (Argon2id 72 ms, Firebase's scrypt 48 ms on one
/// core), with room for a queue: an answer's time does not tell whether an address is known.
constexpr std::chrono::milliseconds kSignInFloor{350};
constexpr std::size_t kBody_bytes = 8u << 10;
constexpr std::size_t kMaxPassword_bytes = 1024;
constexpr std::size_t kMaxEmail_bytes = 254;
constexpr std::size_t kMaxName_bytes = 400;

http::Response accepted() {
  return http::Response::json(R"({"status":"accepted"})", 202).set("Cache-Control", "no-store");
}

http::Response register_user(const AuthServices& services, const http::Request& request) {
  JsonFields fields(request);
  account::Registration wanted;
  wanted.email = fields.text("email", {.max_bytes = kMaxEmail_bytes});
  wanted.password = fields.text("password", {.max_bytes = kMaxPassword_bytes});
  wanted.display_name = fields.optional_text("displayName", {.max_bytes = kMaxName_bytes}).value_or("");
  wanted.invite_code = fields.optional_text("inviteCode", {.max_bytes = 64}).value_or("");
  wanted.locale = fields.optional_choice("locale", {"en"}).value_or("en");
  const auto client = read_client(fields, request, services.keys);
  fields.finish();
  const auto user =
      services.accounts.register_user(wanted, client_prefix(request.client_ip()), request.deadline());
  if (!user) return accepted();
  const auto opened = services.accounts.open_session(*user, client, request.deadline());
  return session_answer(opened, services.gate, services.clock.now(), 201);
}

http::Response sign_in(const AuthServices& services, const http::Request& request) {
  JsonFields fields(request);
  account::SignInRequest wanted;
  wanted.email = fields.text("email", {.max_bytes = kMaxEmail_bytes});
  wanted.password = fields.text("password", {.max_bytes = kMaxPassword_bytes});
  wanted.client = read_client(fields, request, services.keys);
  fields.finish();
  const auto opened =
      services.accounts.sign_in(wanted, client_prefix(request.client_ip()), request.deadline());
  return session_answer(opened, services.gate, services.clock.now());
}

http::Response open_demo(const AuthServices& services, const http::Request& request) {
  JsonFields fields(request);
  const auto client = read_client(fields, request, services.keys);
  fields.finish();
  const auto opened = services.accounts.open_session_of(*services.demo_user, client, request.deadline());
  return session_answer(opened, services.gate, services.clock.now());
}

/// Also answers 204 to who is not signed in: what they want is so.
http::Response sign_out(const AuthServices& services, const http::Request& request) {
  if (const auto caller = services.gate.find_caller(request))
    services.accounts.sign_out(*caller, request.deadline());
  auto response = http::Response::no_content();
  services.gate.cookie().clear(response);
  return std::move(response).set("Clear-Site-Data", "\"cache\", \"cookies\", \"storage\"");
}

http::Response elevate(const AuthServices& services, const http::Request& request,
                       const account::Caller& caller) {
  JsonFields fields(request);
  const auto password = fields.text("password", {.max_bytes = kMaxPassword_bytes});
  fields.finish();
  return session_answer(services.accounts.elevate(caller, password, request.deadline()), services.gate,
                        services.clock.now());
}

http::Response change_password(const AuthServices& services, const http::Request& request,
                               const account::Caller& caller) {
  JsonFields fields(request);
  const auto current = fields.text("currentPassword", {.max_bytes = kMaxPassword_bytes});
  const auto next = fields.text("newPassword", {.max_bytes = kMaxPassword_bytes});
  fields.finish();
  return session_answer(services.accounts.change_password(caller, current, next, request.deadline()),
                        services.gate, services.clock.now());
}

Endpoint register_endpoint(const AuthServices& services) {
  return {.method = "POST",
          .path = "/api/auth/register",
          .id = "register",
          .tag = "auth",
          .summary = "Register with an address and a password",
          .description =
              "Where addresses are verified first the answer is always 202, whether or not the address is "
              "known; the mail says more. Elsewhere 201 with a session.",
          .access = Access::visitor,
          .body_limit = kBody_bytes,
          .bodies = {{"application/json", "RegisterRequest"}},
          .replies = {{201, "Registered and signed in", "SessionAnswer"},
                      {202, "Look into your mail", "Accepted"}},
          .errors = {"json.malformed", "validation_failed", "unsupported_media_type", "payload_too_large",
                     "invite_required", "email_taken", "rate_limited", "unavailable", "deadline"},
          .min_duration = kSignInFloor,
          .handler = [services](const http::Request& request) { return register_user(services, request); }};
}

Endpoint sign_in_endpoint(const AuthServices& services) {
  return {.method = "POST",
          .path = "/api/auth/sign-in",
          .id = "signIn",
          .tag = "auth",
          .summary = "Sign in with an address and a password",
          .description =
              "A browser (`web`) gets its session as a cookie, an app (`ios`) as `token`. The refusal is the "
              "same for an unknown address and a wrong password.",
          .access = Access::visitor,
          .body_limit = kBody_bytes,
          .bodies = {{"application/json", "SignInRequest"}},
          .replies = {{200, "Signed in", "SessionAnswer"}},
          .errors = {"json.malformed", "validation_failed", "unsupported_media_type", "payload_too_large",
                     "invalid_credentials", "rate_limited", "unavailable", "deadline"},
          .min_duration = kSignInFloor,
          .handler = [services](const http::Request& request) { return sign_in(services, request); }};
}

Endpoint sign_out_endpoint(const AuthServices& services) {
  return {.method = "POST",
          .path = "/api/auth/sign-out",
          .id = "signOut",
          .tag = "auth",
          .summary = "End the session that calls",
          .access = Access::visitor,
          .serves_old_apps = true,
          .replies = {{204, "Nobody is signed in", ""}},
          .errors = {"unavailable", "deadline"},
          .handler = [services](const http::Request& request) { return sign_out(services, request); }};
}

Endpoint elevate_endpoint(const AuthServices& services) {
  return {.method = "POST",
          .path = "/api/auth/elevate",
          .id = "elevate",
          .tag = "auth",
          .summary = "Prove once more who you are, for ten minutes",
          .description = "The session gets a new token; the old one ends.",
          .access = Access::user,
          .body_limit = kBody_bytes,
          .bodies = {{"application/json", "ElevateRequest"}},
          .replies = {{200, "Elevated", "SessionAnswer"}},
          .errors = {"json.malformed", "validation_failed", "unsupported_media_type", "payload_too_large",
                     "invalid_credentials", "rate_limited", "unavailable", "deadline"},
          .min_duration = kSignInFloor,
          .user_handler = [services](const http::Request& request, const account::Caller& caller) {
            return elevate(services, request, caller);
          }};
}

Endpoint demo_endpoint(const AuthServices& services) {
  return {.method = "POST",
          .path = "/api/auth/demo",
          .id = "openDemo",
          .tag = "auth",
          .summary = "Sign in as the demo, without a password",
          .description = "Only where the demo is shown on one's own machine.",
          .access = Access::visitor,
          .body_limit = kBody_bytes,
          .bodies = {{"application/json", "DemoSignIn"}},
          .replies = {{200, "Signed in", "SessionAnswer"}},
          .errors = {"json.malformed", "validation_failed", "unsupported_media_type", "payload_too_large",
                     "not_found", "unavailable", "deadline"},
          .handler = [services](const http::Request& request) { return open_demo(services, request); }};
}

Endpoint password_endpoint(const AuthServices& services) {
  return {.method = "POST",
          .path = "/api/auth/password",
          .id = "changePassword",
          .tag = "auth",
          .summary = "Change the password",
          .description = "Ends all other sessions and all API tokens; this session gets a new token.",
          .access = Access::user,
          .body_limit = kBody_bytes,
          .bodies = {{"application/json", "PasswordChange"}},
          .replies = {{200, "Changed", "SessionAnswer"}},
          .errors = {"json.malformed", "validation_failed", "unsupported_media_type", "payload_too_large",
                     "invalid_credentials", "rate_limited", "unavailable", "deadline"},
          .min_duration = kSignInFloor,
          .user_handler = [services](const http::Request& request, const account::Caller& caller) {
            return change_password(services, request, caller);
          }};
}

}  // namespace

std::vector<Endpoint> auth_endpoints(const AuthServices& services) {
  std::vector<Endpoint> all;
  all.push_back(register_endpoint(services));
  all.push_back(sign_in_endpoint(services));
  all.push_back(sign_out_endpoint(services));
  all.push_back(elevate_endpoint(services));
  all.push_back(password_endpoint(services));
  if (services.demo_user) all.push_back(demo_endpoint(services));
  for (auto part : {session_endpoints(services), link_endpoints(services), api_token_endpoints(services),
                    invite_endpoints(services)}) {
    std::move(part.begin(), part.end(), std::back_inserter(all));
  }
  return all;
}

}  // namespace api
