#include "api/admin_endpoints.hpp"
#include "core/error.hpp"

#include "operators/admin_json.hpp"

#include <charconv>
#include <limits>
#include <utility>

namespace api {
namespace {

using operators::OperatorCaller;

constexpr std::int64_t kMostSeq = std::numeric_limits<std::int64_t>::max();
constexpr int kPage = 100;
constexpr int kMaxPage = 500;

const Parameter kLimit{.in = In::query,
                       .name = "limit",
                       .required = false,
                       .schema = R"({"type":"integer","minimum":1,"maximum":500,"default":100})",
                       .description = "At most so many."};
const Parameter kBefore{.in = In::query,
                        .name = "before",
                        .required = false,
                        .schema = R"({"type":"integer","minimum":1})",
                        .description = "Only smaller numbers: continues a list."};
const Parameter kJobId{
    .name = "id", .schema = R"({"type":"integer","minimum":1})", .description = "The dead letter."};

Parameter filter_parameter(std::string_view name, std::string_view description) {
  return {.in = In::query,
          .name = name,
          .required = false,
          .schema = R"({"type":"string","minLength":1,"maxLength":100})",
          .description = description};
}

int limit_of(const http::Request& request) {
  return static_cast<int>(query_integer(request, "limit", 1, kMaxPage).value_or(kPage));
}

std::string filter_of(const http::Request& request, std::string_view name) {
  const auto text = request.query(name).value_or("");
  if (text.size() <= 100) return std::string(text);
  throw core::Error::invalid("validation_failed", "A value is not acceptable.",
                             {{std::string(name), "too_long", "must have at most 100 characters"}});
}

core::Error job_not_changed() {
  return {core::ErrorKind::conflict, "conflict",
          "There is no such dead letter, or another job of its key waits."};
}

jobs::JobId job_id(const http::Request& request) {
  const auto text = request.path_param("id");
  jobs::JobId id = 0;
  const auto* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, id);
  if (error != std::errc() || at != end || id < 1) throw job_not_changed();
  return id;
}

http::Response list_audit(const AdminServices& services, const http::Request& request,
                          const OperatorCaller& caller) {
  const auto limit = limit_of(request);
  const audit::Filter filter{.before = query_integer(request, "before", 1, kMostSeq),
                             .action = filter_of(request, "action"),
                             .actor_id = filter_of(request, "actorId"),
                             .object_id = filter_of(request, "objectId")};
  const auto entries = services.audit.list(act_of(services, request, caller), filter, limit);
  return http::Response::json(operators::to_json(entries, limit));
}

http::Response verify_audit(const AdminServices& services, const http::Request& request,
                            const OperatorCaller& caller) {
  std::optional<audit::Anchor> anchor;
  if (const auto text = request.query("anchor")) {
    anchor = audit::parse_anchor(*text);
    if (!anchor) {
      throw core::Error::invalid("validation_failed", "A value is not acceptable.",
                                 {{"anchor", "invalid", "must be a head as a verification gave it"}});
    }
  }
  return http::Response::json(
      operators::to_json(services.audit.verify(act_of(services, request, caller), anchor)));
}

std::vector<Endpoint> audit_endpoints(const AdminServices& services) {
  std::vector<Endpoint> all;
  auto list = admin_endpoint("GET", "/api/admin/audit", "adminListAudit", "Who did what, newest first",
                             "audit:read", "AuditFeed");
  list.parameters = {
      kBefore, kLimit, filter_parameter("action", "\"users.disable\", or \"users\" for all of them."),
      filter_parameter("actorId", "Who acted."), filter_parameter("objectId", "To whom or what.")};
  list.errors = {"validation_failed"};
  all.push_back(services.gate.guarded(std::move(list), OperatorProof::session,
                                      [services](const http::Request& request, const OperatorCaller& caller) {
                                        return list_audit(services, request, caller);
                                      }));
  auto verify = admin_endpoint("GET", "/api/admin/audit/verification", "adminVerifyAudit",
                               "Compute the audit's chain of hashes anew", "audit:read", "AuditVerification");
  verify.parameters = {{.in = In::query,
                        .name = "anchor",
                        .required = false,
                        .schema = R"({"type":"string","pattern":"^[0-9]+:[0-9a-f]{64}$"})",
                        .description = "The head of an earlier verification, which must still be there."}};
  verify.errors = {"validation_failed"};
  all.push_back(services.gate.guarded(std::move(verify), OperatorProof::session,
                                      [services](const http::Request& request, const OperatorCaller& caller) {
                                        return verify_audit(services, request, caller);
                                      }));
  return all;
}

Endpoint job_endpoint(std::string_view path, std::string_view id, std::string_view summary) {
  auto endpoint = admin_endpoint("POST", path, id, summary, "jobs:write", "");
  endpoint.parameters = {kJobId};
  endpoint.errors = {"conflict"};
  return endpoint;
}

std::vector<Endpoint> job_endpoints(const AdminServices& services) {
  std::vector<Endpoint> all;
  auto list = admin_endpoint("GET", "/api/admin/jobs", "adminListJobs",
                             "Jobs that failed for good, newest first", "jobs:read", "AdminJobList");
  list.parameters = {kBefore, kLimit};
  list.errors = {"validation_failed"};
  all.push_back(services.gate.guarded(std::move(list), OperatorProof::session,
                                      [services](const http::Request& request, const OperatorCaller& caller) {
                                        return http::Response::json(operators::to_json(services.jobs.list(
                                            act_of(services, request, caller), limit_of(request),
                                            query_integer(request, "before", 1, kMostSeq))));
                                      }));
  all.push_back(services.gate.guarded(
      job_endpoint("/api/admin/jobs/{id}/retry", "adminRetryJob", "Make it due at once, with fresh attempts"),
      OperatorProof::session, [services](const http::Request& request, const OperatorCaller& caller) {
        if (!services.jobs.retry(act_of(services, request, caller), job_id(request))) throw job_not_changed();
        return http::Response::no_content();
      }));
  all.push_back(services.gate.guarded(
      job_endpoint("/api/admin/jobs/{id}/discard", "adminDiscardJob", "Delete it"), OperatorProof::elevated,
      [services](const http::Request& request, const OperatorCaller& caller) {
        if (!services.jobs.discard(act_of(services, request, caller), job_id(request)))
          throw job_not_changed();
        return http::Response::no_content();
      }));
  return all;
}

}  // namespace

std::vector<Endpoint> admin_ops_endpoints(const AdminServices& services) {
  auto all = audit_endpoints(services);
  for (auto& endpoint : job_endpoints(services)) all.push_back(std::move(endpoint));
  all.push_back(services.gate.guarded(
      admin_endpoint("GET", "/api/admin/ops/health-summary", "adminHealthSummary",
                     "The health of the service, and what somebody should look at", "ops:read",
                     "AdminHealth"),
      OperatorProof::session, [services](const http::Request& request, const OperatorCaller& caller) {
        return http::Response::json(
            operators::to_json(services.health.summary(act_of(services, request, caller))));
      }));
  return all;
}

}  // namespace api
