#include "api/admin_endpoints.hpp"
#include "api/json_fields.hpp"
#include "api/route_input.hpp"

#include "operators/admin_json.hpp"

#include <span>
#include <utility>

namespace api {
namespace {

using operators::OperatorCaller;

constexpr std::size_t kMaxScopes = 30;
constexpr std::string_view kWrite = "operators:write";

const Parameter kOperatorId{
    .name = "id", .schema = R"({"type":"string","format":"uuid"})", .description = "The operator."};

core::Uuid operator_id(const http::Request& request) { return read_id(request, "id", "operator.not_found"); }

std::vector<std::string> read_scopes(JsonFields& fields) {
  return fields.texts("scopes", kMaxScopes, {.max_bytes = 50});
}

http::Response create(const AdminServices& services, const http::Request& request,
                      const OperatorCaller& caller) {
  JsonFields fields(request);
  const auto email = fields.text("email", {.max_bytes = 254});
  const auto scopes = read_scopes(fields);
  const auto password = fields.optional_text("password", {.max_bytes = 1024});
  fields.finish();
  return http::Response::json(operators::to_json(services.operators.create(act_of(services, request, caller),
                                                                           email, scopes, password)),
                              201);
}

http::Response set_scopes(const AdminServices& services, const http::Request& request,
                          const OperatorCaller& caller) {
  JsonFields fields(request);
  const auto scopes = read_scopes(fields);
  fields.finish();
  return http::Response::json(operators::to_json(
      services.operators.set_scopes(act_of(services, request, caller), operator_id(request), scopes)));
}

http::Response list(const AdminServices& services, const http::Request& request,
                    const OperatorCaller& caller) {
  const auto found = services.operators.list(act_of(services, request, caller));
  return http::Response::json(operators::to_json(std::span<const operators::Operator>(found)));
}

Endpoint about_operator(std::string_view path, std::string_view id, std::string_view summary,
                        std::string_view reply, std::string_view body = "") {
  auto endpoint = admin_endpoint("POST", path, id, summary, kWrite, reply, body);
  endpoint.parameters = {kOperatorId};
  endpoint.errors.insert(endpoint.errors.end(), {"operator.not_found", "conflict"});
  return endpoint;
}

Endpoint create_endpoint(const AdminServices& services) {
  auto endpoint = admin_endpoint("POST", "/api/admin/operators", "adminCreateOperator", "Make an operator",
                                 kWrite, "OperatorCredentials", "OperatorCreate");
  endpoint.description =
      "The answer holds what the new operator signs in with; it is told this once. Nobody gives scopes that "
      "they "
      "have not themselves.";
  endpoint.replies = {{201, "Made", "OperatorCredentials"}};
  endpoint.errors.emplace_back("operator.email_taken");
  return services.gate.guarded(std::move(endpoint), OperatorProof::elevated,
                               [services](const http::Request& request, const OperatorCaller& caller) {
                                 return create(services, request, caller);
                               });
}

/// The acts on one operator that need no body.
std::vector<Endpoint> simple_endpoints(const AdminServices& services) {
  using Answer = std::string (*)(operators::OperatorAdmin&, const operators::Act&, const core::Uuid&);
  const auto add = [&services](std::string_view path, std::string_view id, std::string_view summary,
                               std::string_view reply, Answer answer) {
    return services.gate.guarded(
        about_operator(path, id, summary, reply), OperatorProof::elevated,
        [services, answer](const http::Request& request, const OperatorCaller& caller) {
          return http::Response::json(
              answer(services.operators, act_of(services, request, caller), operator_id(request)));
        });
  };
  std::vector<Endpoint> all;
  all.push_back(add("/api/admin/operators/{id}/disable", "adminDisableOperator",
                    "Keep an operator out, at once", "Operator",
                    [](operators::OperatorAdmin& admin, const operators::Act& act, const core::Uuid& id) {
                      return operators::to_json(admin.disable(act, id));
                    }));
  all.push_back(add("/api/admin/operators/{id}/enable", "adminEnableOperator", "Let an operator in again",
                    "Operator",
                    [](operators::OperatorAdmin& admin, const operators::Act& act, const core::Uuid& id) {
                      return operators::to_json(admin.enable(act, id));
                    }));
  all.push_back(add("/api/admin/operators/{id}/reset-totp", "adminResetOperatorTotp",
                    "A new authenticator and new recovery codes", "OperatorCredentials",
                    [](operators::OperatorAdmin& admin, const operators::Act& act, const core::Uuid& id) {
                      return operators::to_json(admin.reset_totp(act, id));
                    }));
  all.push_back(add("/api/admin/operators/{id}/reset-password", "adminResetOperatorPassword",
                    "A new password", "OperatorCredentials",
                    [](operators::OperatorAdmin& admin, const operators::Act& act, const core::Uuid& id) {
                      return operators::to_json(admin.reset_password(act, id, std::nullopt));
                    }));
  return all;
}

}  // namespace

std::vector<Endpoint> admin_operator_endpoints(const AdminServices& services) {
  auto all = simple_endpoints(services);
  all.push_back(create_endpoint(services));
  all.push_back(services.gate.guarded(
      about_operator("/api/admin/operators/{id}/scopes", "adminSetOperatorScopes", "What an operator may do",
                     "Operator", "OperatorScopes"),
      OperatorProof::elevated, [services](const http::Request& request, const OperatorCaller& caller) {
        return set_scopes(services, request, caller);
      }));
  all.push_back(services.gate.guarded(admin_endpoint("GET", "/api/admin/operators", "adminListOperators",
                                                     "Who operators are", "operators:read", "OperatorList"),
                                      OperatorProof::session,
                                      [services](const http::Request& request, const OperatorCaller& caller) {
                                        return list(services, request, caller);
                                      }));
  return all;
}

}  // namespace api
