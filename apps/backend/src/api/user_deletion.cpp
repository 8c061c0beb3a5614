// /api/user/deletion.

#include "api/client_prefix.hpp"
#include "api/json_fields.hpp"
#include "api/user_endpoints.hpp"
#include "core/json_writer.hpp"

namespace api {
namespace {

using core::JsonWriter;

constexpr std::size_t kBodyLimit_bytes = 4u << 10;

std::string_view status_of(const std::optional<user::Deletion>& deletion) {
  if (!deletion) return "none";
  return deletion->is_pending() ? "pending" : "cancelled";
}

http::Response answer(const user::Deletions& deletions, const std::optional<user::Deletion>& deletion,
                      int status) {
  JsonWriter out;
  out.begin_object().field("status", status_of(deletion));
  out.field("graceDays", deletions.grace().count());
  if (deletion) {
    out.field("requestedAt", core::format_utc(deletion->requested_at));
    if (deletion->is_pending()) out.field("purgeAt", core::format_utc(deletion->purge_at));
    if (deletion->cancelled_at) out.field("cancelledAt", core::format_utc(*deletion->cancelled_at));
  }
  out.end_object();
  return http::Response::json(out.take(), status).set("Cache-Control", "no-store");
}

std::string read_token(const http::Request& request) {
  JsonFields fields(request);
  auto token = fields.text("token", {.max_bytes = 100});
  fields.finish();
  return token;
}

http::Response pending(const user::PendingDeletion& deletion) {
  JsonWriter out;
  out.begin_object().field("maskedEmail", deletion.masked_email);
  out.field("requestedAt", core::format_utc(deletion.requested_at));
  out.field("purgeAt", core::format_utc(deletion.purge_at)).end_object();
  return http::Response::json(out.take()).set("Cache-Control", "no-store");
}

Endpoint by_token(std::string_view path, std::string_view id, std::string_view summary,
                  std::string_view description, std::string_view reply) {
  return {.method = "POST",
          .path = path,
          .id = id,
          .tag = "user",
          .summary = summary,
          .description = description,
          .access = Access::visitor,
          .serves_old_apps = true,
          .body_limit = kBodyLimit_bytes,
          .bodies = {{"application/json", "DeletionToken"}},
          .replies = {{200, reply, "PendingDeletion"}},
          .errors = {"json.malformed", "validation_failed", "deletion.not_pending", "rate_limited",
                     "payload_too_large", "unsupported_media_type", "unavailable", "deadline"}};
}

}  // namespace

std::vector<Endpoint> user_deletion_endpoints(const UserServices& services) {
  auto& deletions = services.deletions;
  std::vector<Endpoint> endpoints;
  endpoints.push_back(
      {.method = "POST",
       .path = "/api/user/deletion",
       .id = "requestDeletion",
       .tag = "user",
       .summary = "Delete one's account and everything in it",
       .description = "At once every session, API token and mailed link ends and phones get no more "
                      "messages. After the days "
                      "of grace everything is erased for good; until then the link in the mail takes it "
                      "back, and nothing "
                      "else does. A membership bought in an app store is not cancelled by this.",
       .access = Access::elevated,
       .serves_old_apps = true,
       .replies = {{202, "The account is closed and will be erased", "AccountDeletion"}},
       .errors = {"unavailable", "deadline"},
       .user_handler = [&deletions](const http::Request& request, const account::Caller& caller) {
         return answer(deletions, deletions.request(caller.user_id, request.deadline()), 202);
       }});
  endpoints.push_back(
      {.method = "GET",
       .path = "/api/user/deletion",
       .id = "getDeletion",
       .tag = "user",
       .summary = "Whether one's account was to be deleted",
       .access = Access::user,
       .serves_old_apps = true,
       .replies = {{200, "The newest deletion", "AccountDeletion"}},
       .errors = {"unavailable", "deadline"},
       .user_handler = [&deletions](const http::Request& request, const account::Caller& caller) {
         return answer(deletions, deletions.state(caller.user_id, request.deadline()), 200);
       }});
  auto look = by_token("/api/user/deletion/lookup", "lookUpDeletion", "What a mailed link would cancel",
                       "Changes nothing.", "The deletion that is pending");
  look.handler = [&deletions](const http::Request& request) {
    return pending(
        deletions.look_up(read_token(request), client_prefix(request.client_ip()), request.deadline()));
  };
  endpoints.push_back(std::move(look));
  auto cancel = by_token("/api/user/deletion/cancel", "cancelDeletion", "Keep the account",
                         "By the token of the mailed link. Opens no session: sign in afterwards.",
                         "The deletion that was cancelled");
  cancel.handler = [&deletions](const http::Request& request) {
    return pending(
        deletions.cancel(read_token(request), client_prefix(request.client_ip()), request.deadline()));
  };
  endpoints.push_back(std::move(cancel));
  return endpoints;
}

}  // namespace api
