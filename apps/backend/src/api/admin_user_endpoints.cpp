#include "api/admin_endpoints.hpp"
#include "api/json_fields.hpp"
#include "api/route_input.hpp"
#include "core/json_writer.hpp"

#include "operators/admin_json.hpp"

#include <utility>

namespace api {
namespace {

using operators::OperatorCaller;

constexpr int kMaxPage = 200;

const Parameter kUserId{
    .name = "id", .schema = R"({"type":"string","format":"uuid"})", .description = "The person."};

core::Uuid user_id(const http::Request& request) { return read_id(request, "id", "user.not_found"); }

http::Response search(const AdminServices& services, const http::Request& request,
                      const OperatorCaller& caller) {
  JsonFields fields(request);
  const auto email = fields.optional_text("email", {.max_bytes = 254});
  const auto prefix = fields.optional_text("prefix", {.max_bytes = 254});
  operators::UserSearch wanted;
  wanted.after = fields.optional_text("after", {.max_bytes = 254}).value_or("");
  wanted.limit = static_cast<int>(fields.optional_integer("limit", 1, kMaxPage).value_or(wanted.limit));
  if (email.has_value() == prefix.has_value()) fields.fault("email", "one_of", "give either email or prefix");
  fields.finish();
  wanted.is_exact = email.has_value();
  wanted.text = email ? *email : *prefix;
  return http::Response::json(
      operators::to_json(services.users.search(act_of(services, request, caller), wanted)));
}

http::Response disable(const AdminServices& services, const http::Request& request,
                       const OperatorCaller& caller) {
  JsonFields fields(request);
  const auto reason = fields.choice("reason", {"abuse", "compromised", "requested", "other"});
  fields.finish();
  return http::Response::json(operators::to_json(
      services.users.disable(act_of(services, request, caller), user_id(request), reason)));
}

http::Response revoke(const AdminServices& services, const http::Request& request,
                      const OperatorCaller& caller) {
  const auto revoked = services.users.revoke_sessions(act_of(services, request, caller), user_id(request));
  core::JsonWriter out;
  out.begin_object().field("revoked", revoked).end_object();
  return http::Response::json(out.take());
}

Endpoint about_user(std::string_view method, std::string_view path, std::string_view id,
                    std::string_view summary, std::string_view scope, std::string_view reply,
                    std::string_view body = "") {
  auto endpoint = admin_endpoint(method, path, id, summary, scope, reply, body);
  endpoint.parameters = {kUserId};
  endpoint.errors.emplace_back("user.not_found");
  return endpoint;
}

std::vector<Endpoint> reading_endpoints(const AdminServices& services) {
  std::vector<Endpoint> all;
  all.push_back(services.gate.guarded(
      about_user("GET", "/api/admin/users/{id}", "adminShowUser", "An account", "users:read", "AdminUser"),
      OperatorProof::session, [services](const http::Request& request, const OperatorCaller& caller) {
        return http::Response::json(
            operators::to_json(services.users.show(act_of(services, request, caller), user_id(request))));
      }));
  all.push_back(services.gate.guarded(
      about_user("GET", "/api/admin/users/{id}/auth-state", "adminShowAuthState",
                 "Everything that decides whether a person can sign in", "users:read", "AdminAuthState"),
      OperatorProof::session, [services](const http::Request& request, const OperatorCaller& caller) {
        return http::Response::json(operators::to_json(
            services.users.auth_state(act_of(services, request, caller), user_id(request))));
      }));
  all.push_back(services.gate.guarded(
      about_user("GET", "/api/admin/users/{id}/devices", "adminListDevices", "Devices that get messages",
                 "notifications:read", "AdminDeviceList"),
      OperatorProof::session, [services](const http::Request& request, const OperatorCaller& caller) {
        return http::Response::json(
            operators::to_json(services.users.devices(act_of(services, request, caller), user_id(request))));
      }));
  return all;
}

Endpoint disable_endpoint(const AdminServices& services) {
  auto endpoint = about_user("POST", "/api/admin/users/{id}/disable", "adminDisableUser",
                             "Disable an account and end all that is signed in", "users:write", "AdminUser",
                             "AdminDisable");
  endpoint.errors.emplace_back("conflict");
  return services.gate.guarded(std::move(endpoint), OperatorProof::elevated,
                               [services](const http::Request& request, const OperatorCaller& caller) {
                                 return disable(services, request, caller);
                               });
}

Endpoint enable_endpoint(const AdminServices& services) {
  auto endpoint =
      about_user("POST", "/api/admin/users/{id}/enable", "adminEnableUser",
                 "Let a person whose account was disabled sign in again", "users:write", "AdminUser");
  endpoint.errors.emplace_back("conflict");
  return services.gate.guarded(std::move(endpoint), OperatorProof::elevated,
                               [services](const http::Request& request, const OperatorCaller& caller) {
                                 return http::Response::json(operators::to_json(services.users.enable(
                                     act_of(services, request, caller), user_id(request))));
                               });
}

}  // namespace

std::vector<Endpoint> admin_user_endpoints(const AdminServices& services) {
  auto all = reading_endpoints(services);
  auto searching = admin_endpoint("POST", "/api/admin/users/search", "adminSearchUsers",
                                  "Find people by their address, or by how it begins", "users:read",
                                  "AdminUserList", "AdminUserSearch");
  searching.description = "A POST, so that no address stands in a URL. Changes nothing but the audit.";
  all.push_back(services.gate.guarded(std::move(searching), OperatorProof::session,
                                      [services](const http::Request& request, const OperatorCaller& caller) {
                                        return search(services, request, caller);
                                      }));
  all.push_back(services.gate.guarded(
      about_user("POST", "/api/admin/users/{id}/revoke-sessions", "adminRevokeSessions",
                 "End every session of a person", "users:write", "AdminRevoked"),
      OperatorProof::elevated, [services](const http::Request& request, const OperatorCaller& caller) {
        return revoke(services, request, caller);
      }));
  all.push_back(disable_endpoint(services));
  all.push_back(enable_endpoint(services));
  return all;
}

}  // namespace api
