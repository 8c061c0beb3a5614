#include "api/auth_endpoints.hpp"
#include "api/route_input.hpp"
#include "api/session_answer.hpp"
#include "core/error.hpp"

namespace api {
namespace {

http::Response list(const AuthServices& services, const http::Request& request,
                    const account::Caller& caller) {
  const auto now = services.clock.now();
  core::JsonWriter out(2048);
  out.begin_object().key("sessions").begin_array();
  for (const auto& session : services.accounts.sessions(caller, request.deadline()))
    write_session(out, session, session.id == caller.credential_id, now);
  out.end_array().end_object();
  return http::Response::json(out.take());
}

http::Response revoke_others(const AuthServices& services, const http::Request& request,
                             const account::Caller& caller) {
  core::JsonWriter out;
  out.begin_object()
      .field("revoked", services.accounts.revoke_others(caller, request.deadline()))
      .end_object();
  return http::Response::json(out.take());
}

/// nullopt when the session ended between the two look-ups.
std::optional<account::User> user_of(const AuthServices& services, const http::Request& request,
                                     const account::Caller& caller) {
  try {
    return services.accounts.current(caller, request.deadline()).user;
  } catch (const core::Error& error) {
    if (error.kind() != core::ErrorKind::unauthenticated) throw;
    return std::nullopt;
  }
}

http::Response whoami(const AuthServices& services, const http::Request& request) {
  const auto visitor = services.gate.find_visitor(request);
  std::optional<account::User> user;
  if (visitor.caller) user = user_of(services, request, *visitor.caller);
  core::JsonWriter out;
  out.begin_object();
  if (user) {
    write_user(out, *user);
  } else {
    out.key("user").null();
  }
  const std::string ended = visitor.caller && !user ? "session_revoked" : visitor.ended;
  out.key("ended");
  ended.empty() ? out.null() : out.value(ended);
  out.field("offersDemo", services.demo_user.has_value()).end_object();
  return http::Response::json(out.take()).set("Cache-Control", "no-store");
}

Endpoint endpoint(std::string_view method, std::string_view path, std::string_view id,
                  std::string_view summary, Access access) {
  return {.method = method,
          .path = path,
          .id = id,
          .tag = "auth",
          .summary = summary,
          .access = access,
          .errors = {"unavailable", "deadline"}};
}

}  // namespace

std::vector<Endpoint> session_endpoints(const AuthServices& services) {
  using account::Caller;
  using http::Request;
  auto current =
      endpoint("GET", "/api/auth/session", "getSession", "Who is signed in, and until when", Access::user);
  current.replies = {{200, "The session", "SessionAnswer"}};
  current.user_handler = [services](const Request& request, const Caller& caller) {
    return session_answer(services.accounts.current(caller, request.deadline()), services.gate,
                          services.clock.now());
  };

  auto who = endpoint("GET", "/api/auth/whoami", "whoAmI", "Who is signed in, if anybody is: never a refusal",
                      Access::visitor);
  who.serves_old_apps = true;
  who.replies = {{200, "The person, or nobody and why", "Whoami"}};
  who.handler = [services](const Request& request) { return whoami(services, request); };

  auto all = endpoint("GET", "/api/auth/sessions", "listSessions", "Where the person is signed in",
                      Access::elevated);
  all.replies = {{200, "The sessions, the one seen last first", "SessionList"}};
  all.user_handler = [services](const Request& request, const Caller& caller) {
    return list(services, request, caller);
  };

  auto revoke = endpoint("DELETE", "/api/auth/sessions/{id}", "revokeSession", "End a session of one's own",
                         Access::elevated);
  revoke.parameters = {
      {.name = "id", .schema = R"({"type":"string","format":"uuid"})", .description = "The session."}};
  revoke.replies = {{204, "Ended", ""}};
  revoke.errors.emplace_back("session.not_found");
  revoke.user_handler = [services](const Request& request, const Caller& caller) {
    services.accounts.revoke(caller, read_id(request, "id", "session.not_found"), request.deadline());
    return http::Response::no_content();
  };

  auto others = endpoint("POST", "/api/auth/sessions/revoke-others", "revokeOtherSessions",
                         "End every session but this one", Access::elevated);
  others.replies = {{200, "How many were ended", "RevokedCount"}};
  others.user_handler = [services](const Request& request, const Caller& caller) {
    return revoke_others(services, request, caller);
  };
  return {std::move(current), std::move(who), std::move(all), std::move(revoke), std::move(others)};
}

}  // namespace api
