#include "api/auth_endpoints.hpp"
#include "api/route_input.hpp"
#include "api/session_answer.hpp"

namespace api {
namespace {

using account::Caller;
using http::Request;

constexpr std::size_t kBody_bytes = 8u << 10;
constexpr std::size_t kMaxName_bytes = 100;
constexpr std::size_t kMaxScopes = 20;
constexpr std::size_t kMaxNote_bytes = 200;

void write_members(core::JsonWriter& out, const account::ApiToken& token) {
  const auto time = [&out](std::string_view name, const std::optional<core::Timestamp>& at) {
    out.key(name);
    at ? out.value(core::format_utc(*at)) : out.null();
  };
  out.field("id", core::to_string(token.id)).field("name", token.name).key("scopes").begin_array();
  for (const auto& scope : token.scopes) out.value(scope);
  out.end_array().field("createdAt", core::format_utc(token.created_at));
  time("lastUsedAt", token.last_used_at);
  time("expiresAt", token.expires_at);
}

http::Response make_token(const AuthServices& services, const Request& request, const Caller& caller) {
  JsonFields fields(request);
  account::NewApiToken wanted;
  wanted.name = fields.text("name", {.max_bytes = kMaxName_bytes});
  wanted.scopes = fields.texts("scopes", kMaxScopes, {.max_bytes = 64});
  wanted.expires_at = fields.optional_time("expiresAt");
  fields.finish();
  const auto made = services.api_tokens.make(caller, std::move(wanted), request.deadline());
  core::JsonWriter out;
  out.begin_object();
  write_members(out, made.token);
  out.field("token", made.secret).end_object();
  return http::Response::json(out.take(), 201);
}

http::Response list_tokens(const AuthServices& services, const Request& request, const Caller& caller) {
  core::JsonWriter out(1024);
  out.begin_object().key("tokens").begin_array();
  for (const auto& token : services.api_tokens.list(caller, request.deadline())) {
    out.begin_object();
    write_members(out, token);
    out.end_object();
  }
  out.end_array().end_object();
  return http::Response::json(out.take());
}

void write_members(core::JsonWriter& out, const account::Invite& invite) {
  out.field("id", core::to_string(invite.id))
      .field("note", invite.note)
      .field("isRedeemed", invite.is_redeemed);
  out.field("createdAt", core::format_utc(invite.created_at));
  out.field("expiresAt", core::format_utc(invite.expires_at));
}

http::Response make_invite(const AuthServices& services, const Request& request, const Caller& caller) {
  JsonFields fields(request);
  auto note = fields.optional_text("note", {.max_bytes = kMaxNote_bytes}).value_or("");
  fields.finish();
  const auto made = services.invites.make(caller, std::move(note), request.deadline());
  core::JsonWriter out;
  out.begin_object();
  write_members(out, made.invite);
  out.field("code", made.code).end_object();
  return http::Response::json(out.take(), 201);
}

http::Response list_invites(const AuthServices& services, const Request& request, const Caller& caller) {
  core::JsonWriter out(1024);
  out.begin_object().key("invites").begin_array();
  for (const auto& invite : services.invites.list(caller, request.deadline())) {
    out.begin_object();
    write_members(out, invite);
    out.end_object();
  }
  out.end_array().end_object();
  return http::Response::json(out.take());
}

Endpoint listing(std::string_view path, std::string_view id, std::string_view summary,
                 std::string_view schema) {
  return {.method = "GET",
          .path = path,
          .id = id,
          .tag = "auth",
          .summary = summary,
          .access = Access::user,
          .replies = {{200, "The newest first", schema}},
          .errors = {"unavailable", "deadline"}};
}

Endpoint making(std::string_view path, std::string_view id, std::string_view summary, std::string_view wanted,
                std::string_view schema) {
  return {.method = "POST",
          .path = path,
          .id = id,
          .tag = "auth",
          .summary = summary,
          .access = Access::elevated,
          .body_limit = kBody_bytes,
          .bodies = {{"application/json", wanted}},
          .replies = {{201, "Made; what is secret is shown this once", schema}},
          .errors = {"json.malformed", "validation_failed", "unsupported_media_type", "payload_too_large",
                     "unavailable", "deadline"}};
}

Endpoint ending(std::string_view path, std::string_view id, std::string_view summary,
                std::string_view not_found) {
  return {.method = "DELETE",
          .path = path,
          .id = id,
          .tag = "auth",
          .summary = summary,
          .access = Access::elevated,
          .parameters = {{.name = "id",
                          .schema = R"({"type":"string","format":"uuid"})",
                          .description = "Which."}},
          .replies = {{204, "Ended", ""}},
          .errors = {not_found, "unavailable", "deadline"}};
}

}  // namespace

std::vector<Endpoint> api_token_endpoints(const AuthServices& services) {
  auto all = listing("/api/auth/tokens", "listApiTokens", "Tokens of scripts", "ApiTokenList");
  all.user_handler = [services](const Request& request, const Caller& caller) {
    return list_tokens(services, request, caller);
  };
  auto make = making("/api/auth/tokens", "createApiToken", "Make a token for a script, within scopes",
                     "ApiTokenCreate", "ApiTokenMade");
  make.user_handler = [services](const Request& request, const Caller& caller) {
    return make_token(services, request, caller);
  };
  auto end = ending("/api/auth/tokens/{id}", "revokeApiToken", "End a token", "api_token.not_found");
  end.user_handler = [services](const Request& request, const Caller& caller) {
    services.api_tokens.revoke(caller, read_id(request, "id", "api_token.not_found"), request.deadline());
    return http::Response::no_content();
  };
  return {std::move(all), std::move(make), std::move(end)};
}

std::vector<Endpoint> invite_endpoints(const AuthServices& services) {
  auto all = listing("/api/auth/invites", "listInvites", "Invitations that were given out", "InviteList");
  all.user_handler = [services](const Request& request, const Caller& caller) {
    return list_invites(services, request, caller);
  };
  auto make =
      making("/api/auth/invites", "createInvite", "Let somebody register", "InviteCreate", "InviteMade");
  make.user_handler = [services](const Request& request, const Caller& caller) {
    return make_invite(services, request, caller);
  };
  auto end = ending("/api/auth/invites/{id}", "revokeInvite", "Take an invitation back", "invite.not_found");
  end.user_handler = [services](const Request& request, const Caller& caller) {
    services.invites.revoke(caller, read_id(request, "id", "invite.not_found"), request.deadline());
    return http::Response::no_content();
  };
  return {std::move(all), std::move(make), std::move(end)};
}

}  // namespace api
