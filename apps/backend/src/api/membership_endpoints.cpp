#include "api/membership_endpoints.hpp"

#include "api/json_fields.hpp"
#include "core/json_writer.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

namespace api {
namespace {

using account::Caller;
using http::Request;

constexpr std::size_t kEvent_bytes = 64u << 10;
constexpr std::string_view kNoStore = "no-store";

void write_until(core::JsonWriter& out, const std::optional<core::Timestamp>& until) {
  out.key("until");
  until ? out.value(core::format_utc(*until)) : out.null();
}

void write_standing(core::JsonWriter& out, const membership::Standing& standing) {
  out.field("state", membership::to_string(standing.state)).key("source");
  standing.source.empty() ? out.null() : out.value(standing.source);
  write_until(out, standing.until);
  out.key("sources").begin_array();
  for (const auto& source : standing.sources) {
    out.begin_object().field("source", source.source).field("state", membership::to_string(source.state));
    write_until(out, source.until);
    out.end_object();
  }
  out.end_array();
}

http::Response read(const MembershipParts& parts, const Request& request, const Caller& caller) {
  core::JsonWriter out;
  out.begin_object();
  write_standing(out, parts.memberships.standing(caller, request.deadline()));
  out.end_object();
  return http::Response::json(out.take()).set("Cache-Control", kNoStore);
}

http::Response refresh(const MembershipParts& parts, const Request& request, const Caller& caller) {
  const auto refreshed = parts.memberships.refresh(caller, request.deadline());
  core::JsonWriter out;
  out.begin_object();
  write_standing(out, refreshed.standing);
  out.field("refreshed", refreshed.was_asked).end_object();
  return http::Response::json(out.take()).set("Cache-Control", kNoStore);
}

http::Response take_event(const MembershipParts& parts, const Request& request) {
  require_json(request);
  const membership::SignedHeaders headers{.id = request.header("Webhook-Id").value_or(""),
                                          .timestamp = request.header("Webhook-Timestamp").value_or(""),
                                          .signature = request.header("Webhook-Signature").value_or("")};
  const auto taken = parts.memberships.take_event(request.path_param("provider"), headers, request.body(),
                                                  request.deadline());
  core::JsonWriter out;
  out.begin_object().field("outcome", membership::to_string(taken)).end_object();
  return http::Response::json(out.take()).set("Cache-Control", kNoStore);
}

Parameter webhook_header(std::string_view name, std::string_view description) {
  return {.in = In::header, .name = name, .schema = R"({"type":"string"})", .description = description};
}

Endpoint event_endpoint(const MembershipParts& parts) {
  return {
      .method = "POST",
      .path = "/api/membership/webhooks/{provider}",
      .id = "takeMembershipEvent",
      .tag = "membership",
      .summary = "Take a provider's word of a person's membership",
      .description =
          "Signed as Standard Webhooks are: HMAC-SHA-256 over `id.timestamp.body`. Not older than five "
          "minutes. A "
          "repeated id does nothing; of several events the latest by `at` and `sequence` counts, in whatever "
          "order "
          "they arrive.",
      .access = Access::everyone,
      .body_limit = kEvent_bytes,
      .parameters = {{.name = "provider",
                      .schema = R"({"type":"string","pattern":"^[a-z0-9_]{1,32}$"})",
                      .description = "Its name in the settings."},
                     webhook_header("Webhook-Id", "Of the event, the same in every delivery."),
                     webhook_header("Webhook-Timestamp", "Seconds since 1970."),
                     webhook_header("Webhook-Signature", "`v1,` and base64; several with spaces between.")},
      .bodies = {{"application/json", "MembershipEvent"}},
      .replies = {{200, "Taken; do not send it again", "MembershipEventOutcome"}},
      .errors = {"webhook_refused", "json.malformed", "validation_failed", "payload_too_large",
                 "unsupported_media_type", "unavailable", "deadline"},
      .handler = [parts](const Request& request) { return take_event(parts, request); }};
}

}  // namespace

std::vector<Endpoint> membership_endpoints(const MembershipParts& parts) {
  std::vector<Endpoint> endpoints;
  endpoints.push_back({.method = "GET",
                       .path = "/api/membership",
                       .id = "getMembership",
                       .tag = "membership",
                       .summary = "Whether the caller is a member, by whose word and until when",
                       .access = Access::user,
                       .scope = "user:read",
                       .replies = {{200, "The state", "Membership"}},
                       .errors = {"unavailable", "deadline"},
                       .user_handler = [parts](const Request& request, const Caller& caller) {
                         return read(parts, request, caller);
                       }});
  endpoints.push_back({.method = "POST",
                       .path = "/api/membership/refresh",
                       .id = "refreshMembership",
                       .tag = "membership",
                       .summary = "Ask the provider, if one is configured",
                       .description =
                           "After a purchase. `refreshed` is false when no provider answered: the state is "
                           "then what was known before. 10 an hour.",
                       .access = Access::user,
                       .scope = "user:write",
                       .replies = {{200, "The state", "RefreshedMembership"}},
                       .errors = {"rate_limited", "unavailable", "deadline"},
                       .user_handler = [parts](const Request& request, const Caller& caller) {
                         return refresh(parts, request, caller);
                       }});
  endpoints.push_back(event_endpoint(parts));
  std::ranges::move(buddy_pass_endpoints(parts), std::back_inserter(endpoints));
  return endpoints;
}

}  // namespace api
