#pragma once
// /api/admin: what operators do, over HTTP. The same services as `aspectavy admin`.

#include "api/endpoint.hpp"
#include "api/operator_gate.hpp"
#include "core/clock.hpp"

#include "operators/audit_admin.hpp"
#include "operators/job_admin.hpp"
#include "operators/operator_admin.hpp"
#include "operators/operator_auth.hpp"
#include "operators/ops_health.hpp"
#include "operators/user_admin.hpp"

#include <string>
#include <vector>

namespace api {

/// What the endpoints use; everything must outlive them.
struct AdminServices {
  const OperatorGate& gate;
  operators::OperatorAuth& auth;
  operators::OperatorAdmin& operators;
  operators::UserAdmin& users;
  operators::JobAdmin& jobs;
  operators::OpsHealth& health;
  operators::AuditAdmin& audit;
  const core::Clock& clock;
};

/// `command_line`: what GET /api/admin-cli.json answers, the description of `aspectavy admin`.
std::vector<Endpoint> admin_endpoints(const AdminServices& services, std::string command_line);

/// Parts of admin_endpoints, by subject.
std::vector<Endpoint> operator_auth_endpoints(const AdminServices& services);
std::vector<Endpoint> admin_user_endpoints(const AdminServices& services);
std::vector<Endpoint> admin_ops_endpoints(const AdminServices& services);
std::vector<Endpoint> admin_operator_endpoints(const AdminServices& services);

/// Who acts by this request.
operators::Act act_of(const AdminServices& services, const http::Request& request,
                      const operators::OperatorCaller& caller);

/// A whole number of the query within bounds; nullopt when it is absent. Throws core::Error(invalid_input,
/// "validation_failed").
std::optional<std::int64_t> query_integer(const http::Request& request, std::string_view name,
                                          std::int64_t min, std::int64_t max);

/// A GET without a body, or a POST with one where `body` names its schema.
Endpoint admin_endpoint(std::string_view method, std::string_view path, std::string_view id,
                        std::string_view summary, std::string_view scope, std::string_view reply,
                        std::string_view body = "");

inline constexpr std::size_t kAdminBody_bytes = 8u << 10;

}  // namespace api
