// GET /api/user/support-summary.

#include "api/user_endpoints.hpp"
#include "core/json_writer.hpp"

namespace api {
namespace {

using core::JsonWriter;

void write_time(JsonWriter& out, std::string_view name, const std::optional<core::Timestamp>& at) {
  out.key(name);
  at ? out.value(core::format_utc(*at)) : out.null();
}

http::Response answer(const UserServices& services, const http::Request& request,
                      const account::Caller& caller) {
  const auto summary = services.support.summary(caller.user_id, request.deadline());
  const auto& facts = summary.facts;
  JsonWriter out(2048);
  out.begin_object().field("userId", core::to_string(caller.user_id));
  out.field("requestId", request.request_id()).field("at", core::format_utc(summary.at));
  out.key("account").begin_object().field("status", facts.status);
  out.field("emailVerified", facts.email_verified).field("hasPassword", facts.has_password);
  out.field("createdAt", core::format_utc(facts.created_at)).end_object();
  out.key("versions").begin_object().field("server", services.version).end_object();
  out.field("sessions", facts.live_sessions).key("clients").begin_array();
  for (const auto& client : facts.clients) {
    out.begin_object().field("kind", client.kind).field("appVersion", client.app_version);
    out.field("lastSeenAt", core::format_utc(client.last_seen_at)).end_object();
  }
  out.end_array();
  write_time(out, "lastSeenAt", facts.last_seen_at);
  write_time(out, "lastRouteChangeAt", facts.route_changed_at);
  write_time(out, "lastAssessmentAt", facts.route_assessed_at);
  out.key("rows").begin_object();
  for (const auto& count : summary.rows) {
    if (!count.table->file.empty()) out.field(count.table->file, count.rows);
  }
  out.end_object().end_object();
  return http::Response::json(out.take()).set("Cache-Control", "no-store");
}

}  // namespace

std::vector<Endpoint> user_support_endpoints(const UserServices& services) {
  return {{.method = "GET",
           .path = "/api/user/support-summary",
           .id = "getSupportSummary",
           .tag = "user",
           .summary = "What a person who helps needs to know",
           .description =
               "The state of the account, how many rows of each kind there are (named as in an export), "
               "which versions are in use and when they were last here. No secret and no content: it may be "
               "sent to support as it is.",
           .access = Access::user,
           .scope = "user:read",
           .serves_old_apps = true,
           .replies = {{200, "The summary", "SupportSummary"}},
           .errors = {"unavailable", "deadline"},
           .user_handler = [services](const http::Request& request, const account::Caller& caller) {
             return answer(services, request, caller);
           }}};
}

}  // namespace api
