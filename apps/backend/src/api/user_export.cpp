// /api/user/export and /api/user/exports.

#include "api/revision.hpp"
#include "api/route_input.hpp"
#include "api/user_endpoints.hpp"
#include "core/json_writer.hpp"

namespace api {
namespace {

using core::JsonWriter;

void write_export(JsonWriter& out, const user::DataExport& one) {
  const auto time = [&out](std::string_view name, const std::optional<core::Timestamp>& at) {
    out.key(name);
    at ? out.value(core::format_utc(*at)) : out.null();
  };
  out.begin_object().field("id", core::to_string(one.id)).field("state", one.state);
  out.field("requestedAt", core::format_utc(one.requested_at));
  time("finishedAt", one.finished_at);
  time("expiresAt", one.expires_at);
  out.optional_field("bytes", one.bytes).optional_field("sha256", one.sha256);
  out.optional_field("failure", one.failure).end_object();
}

http::Response request_one(user::Exports& exports, const http::Request& request,
                           const account::Caller& caller) {
  const auto requested = exports.request(
      caller.user_id, {.key = read_idempotency_key(request), .sha256 = request_fingerprint(request)},
      request.deadline());
  JsonWriter out;
  write_export(out, requested.request);
  auto response = http::Response::json(out.take(), 202).set("Cache-Control", "no-store");
  response.set("Location", "/api/user/exports");
  if (requested.replayed) response.set("Idempotency-Replayed", "true");
  return response;
}

http::Response list(user::Exports& exports, const http::Request& request, const account::Caller& caller) {
  JsonWriter out;
  out.begin_object().key("exports").begin_array();
  for (const auto& one : exports.list(caller.user_id, request.deadline())) write_export(out, one);
  out.end_array().end_object();
  return http::Response::json(out.take()).set("Cache-Control", "no-store");
}

http::Response download(user::Exports& exports, const http::Request& request, const account::Caller& caller) {
  auto archive =
      exports.archive(caller.user_id, read_id(request, "id", "export.not_found"), request.deadline());
  const auto day = core::format_utc(archive.facts.requested_at).substr(0, 10);
  http::Response response;
  response.content_type = "application/zip";
  response.body = std::move(archive.bytes);
  return std::move(response)
      .set("Cache-Control", "no-store")
      .set("Content-Disposition", "attachment; filename=\"aspectavy-" + day + ".zip\"")
      .set("Content-Security-Policy", "default-src 'none'; sandbox");
}

}  // namespace

std::vector<Endpoint> user_export_endpoints(const UserServices& services) {
  auto& exports = services.exports;
  std::vector<Endpoint> endpoints;
  endpoints.push_back(
      {.method = "POST",
       .path = "/api/user/export",
       .id = "requestExport",
       .tag = "user",
       .summary = "Ask for an archive of everything that is one's own",
       .description =
           "Once a day. The worker makes the archive, a ZIP file of JSON and GPX; a mail says when it "
           "can be fetched.",
       .access = Access::elevated,
       .serves_old_apps = true,
       .parameters = {{.in = In::header,
                       .name = "Idempotency-Key",
                       .required = false,
                       .schema = R"({"type":"string","minLength":1,"maxLength":255})",
                       .description = "Makes a retry harmless."}},
       .replies = {{202, "It is being made", "DataExport"}},
       .errors = {"validation_failed", "idempotency_mismatch", "rate_limited", "export.gone", "unavailable",
                  "deadline"},
       .user_handler = [&exports](const http::Request& request, const account::Caller& caller) {
         return request_one(exports, request, caller);
       }});
  endpoints.push_back(
      {.method = "GET",
       .path = "/api/user/exports",
       .id = "listExports",
       .tag = "user",
       .summary = "The archives one asked for, and their state",
       .access = Access::user,
       .serves_old_apps = true,
       .replies = {{200, "The newest 50, newest first", "DataExports"}},
       .errors = {"unavailable", "deadline"},
       .user_handler = [&exports](const http::Request& request, const account::Caller& caller) {
         return list(exports, request, caller);
       }});
  endpoints.push_back(
      {.method = "GET",
       .path = "/api/user/exports/{id}/archive",
       .id = "downloadExport",
       .tag = "user",
       .summary = "The archive, for a day after it was made",
       .access = Access::elevated,
       .serves_old_apps = true,
       .parameters = {{.name = "id",
                       .schema = R"({"type":"string","format":"uuid"})",
                       .description = "The export."}},
       .replies = {{200, "A ZIP file", "", "application/zip"}},
       .errors = {"export.not_found", "export.not_ready", "export.gone", "unavailable", "deadline"},
       .user_handler = [&exports](const http::Request& request, const account::Caller& caller) {
         return download(exports, request, caller);
       }});
  return endpoints;
}

}  // namespace api
