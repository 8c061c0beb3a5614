// /api/user/safety-contacts.

#include "api/error_codes.hpp"
#include "api/json_fields.hpp"
#include "api/revision.hpp"
#include "api/route_input.hpp"
#include "api/user_endpoints.hpp"
#include "core/json_writer.hpp"
#include "http/problem.hpp"

namespace api {
namespace {

using core::JsonWriter;

constexpr std::size_t kBodyLimit_bytes = 8u << 10;
constexpr std::string_view kPath = "/api/user/safety-contacts";
constexpr std::string_view kOnePath = "/api/user/safety-contacts/{id}";

const Parameter kId{
    .name = "id", .schema = R"({"type":"string","format":"uuid"})", .description = "The contact."};
const Parameter kIfMatch{.in = In::header,
                         .name = "If-Match",
                         .required = true,
                         .schema = R"({"type":"string"})",
                         .description = "The contact's ETag: the revision that the change was made for."};
const Parameter kIdempotencyKey{.in = In::header,
                                .name = "Idempotency-Key",
                                .required = false,
                                .schema = R"({"type":"string","minLength":1,"maxLength":255})",
                                .description = "Makes a retry harmless."};

void write_contact(JsonWriter& out, const user::SafetyContact& contact) {
  out.begin_object().field("id", core::to_string(contact.id)).field("revision", contact.revision);
  out.field("name", contact.name).field("relation", contact.relation);
  out.field("email", contact.email).field("phone", contact.phone).field("note", contact.note);
  out.field("createdAt", core::format_utc(contact.created_at));
  out.field("updatedAt", core::format_utc(contact.updated_at)).end_object();
}

http::Response answer(const user::SafetyContact& contact, int status = 200) {
  JsonWriter out;
  write_contact(out, contact);
  return http::Response::json(out.take(), status)
      .set("ETag", revision_etag(contact.revision))
      .set("Cache-Control", "no-store");
}

/// 412 with the contact as it is now, so that a person can decide between the two.
http::Response conflict(const user::SafetyContact& current, const http::Request& request) {
  const auto& code = error_code("precondition_failed");
  auto response = http::problem_response({.status = code.status,
                                          .code = code.slug,
                                          .title = code.title,
                                          .detail = "The contact was changed in the meantime."},
                                         request.request_id());
  std::string body(response.body.view());
  body.pop_back();
  JsonWriter out;
  write_contact(out, current);
  body += ",\"current\":" + out.take() + "}";
  response.body = std::move(body);
  return std::move(response).set("ETag", revision_etag(current.revision));
}

user::ContactInput read_contact(const http::Request& request) {
  JsonFields fields(request);
  constexpr TextRule kShort{.min_bytes = 0, .max_bytes = 400};
  user::ContactInput input;
  input.name = fields.text("name", kShort);
  input.relation = fields.optional_text("relation", kShort).value_or("");
  input.email = fields.optional_text("email", kShort).value_or("");
  input.phone = fields.optional_text("phone", kShort).value_or("");
  input.note = fields.optional_text("note", {.min_bytes = 0, .max_bytes = 2000}).value_or("");
  fields.finish();
  return input;
}

http::Response list(user::Contacts& contacts, const http::Request& request, const account::Caller& caller) {
  JsonWriter out;
  out.begin_object().key("contacts").begin_array();
  for (const auto& contact : contacts.list(caller.user_id, request.deadline())) write_contact(out, contact);
  out.end_array().end_object();
  return http::Response::json(out.take()).set("Cache-Control", "no-store");
}

http::Response create(user::Contacts& contacts, const http::Request& request, const account::Caller& caller) {
  const auto input = read_contact(request);
  const auto created = contacts.create(
      caller.user_id, input, {.key = read_idempotency_key(request), .sha256 = request_fingerprint(request)},
      request.deadline());
  auto response = answer(created.contact, 201);
  response.set("Location", std::string(kPath) + "/" + core::to_string(created.contact.id));
  if (created.replayed) response.set("Idempotency-Replayed", "true");
  return response;
}

http::Response replace(user::Contacts& contacts, const http::Request& request,
                       const account::Caller& caller) {
  const auto id = read_id(request, "id", "contact.not_found");
  const auto revision = require_if_match(request);
  const auto changed =
      contacts.replace(caller.user_id, id, revision, read_contact(request), request.deadline());
  if (const auto* other = std::get_if<user::Contacts::Conflict>(&changed))
    return conflict(other->current, request);
  return answer(std::get<user::SafetyContact>(changed));
}

http::Response remove(user::Contacts& contacts, const http::Request& request, const account::Caller& caller) {
  const auto id = read_id(request, "id", "contact.not_found");
  const auto other = contacts.remove(caller.user_id, id, require_if_match(request), request.deadline());
  return other ? conflict(other->current, request) : http::Response::no_content();
}

Endpoint create_endpoint(user::Contacts& contacts) {
  return {
      .method = "POST",
      .path = kPath,
      .id = "createSafetyContact",
      .tag = "user",
      .summary = "Add somebody to call",
      .description = "At most 10. E-mail or phone must be there; a phone number is kept as its digits.",
      .access = Access::user,
      .scope = "user:write",
      .body_limit = kBodyLimit_bytes,
      .parameters = {kIdempotencyKey},
      .bodies = {{"application/json", "SafetyContactInput"}},
      .replies = {{201, "The contact", "SafetyContact"}},
      .errors = {"json.malformed", "validation_failed", "idempotency_mismatch", "limit_reached",
                 "contact.gone", "payload_too_large", "unsupported_media_type", "unavailable", "deadline"},
      .user_handler = [&contacts](const http::Request& request, const account::Caller& caller) {
        return create(contacts, request, caller);
      }};
}

Endpoint replace_endpoint(user::Contacts& contacts) {
  return {.method = "PUT",
          .path = kOnePath,
          .id = "replaceSafetyContact",
          .tag = "user",
          .summary = "Replace a contact",
          .description =
              "Never merged: when somebody has changed it since, the answer is 412 and holds it as it "
              "is now.",
          .access = Access::user,
          .scope = "user:write",
          .body_limit = kBodyLimit_bytes,
          .parameters = {kId, kIfMatch},
          .bodies = {{"application/json", "SafetyContactInput"}},
          .replies = {{200, "The contact", "SafetyContact"},
                      {412, "Changed in the meantime", "SafetyContactConflict", "application/problem+json"}},
          .errors = {"json.malformed", "validation_failed", "contact.not_found", "precondition_required",
                     "payload_too_large", "unsupported_media_type", "unavailable", "deadline"},
          .user_handler = [&contacts](const http::Request& request, const account::Caller& caller) {
            return replace(contacts, request, caller);
          }};
}

Endpoint delete_endpoint(user::Contacts& contacts) {
  return {.method = "DELETE",
          .path = kOnePath,
          .id = "deleteSafetyContact",
          .tag = "user",
          .summary = "Remove a contact",
          .access = Access::user,
          .scope = "user:write",
          .parameters = {kId, kIfMatch},
          .replies = {{204, "Removed", ""},
                      {412, "Changed in the meantime", "SafetyContactConflict", "application/problem+json"}},
          .errors = {"contact.not_found", "precondition_required", "unavailable", "deadline"},
          .user_handler = [&contacts](const http::Request& request, const account::Caller& caller) {
            return remove(contacts, request, caller);
          }};
}

}  // namespace

std::vector<Endpoint> user_contact_endpoints(const UserServices& services) {
  auto& contacts = services.contacts;
  std::vector<Endpoint> endpoints;
  endpoints.push_back(
      {.method = "GET",
       .path = kPath,
       .id = "listSafetyContacts",
       .tag = "user",
       .summary = "Whom to call when one does not come back",
       .access = Access::user,
       .scope = "user:read",
       .replies = {{200, "The contacts, oldest first", "SafetyContacts"}},
       .errors = {"unavailable", "deadline"},
       .user_handler = [&contacts](const http::Request& request, const account::Caller& caller) {
         return list(contacts, request, caller);
       }});
  endpoints.push_back(create_endpoint(contacts));
  endpoints.push_back(
      {.method = "GET",
       .path = kOnePath,
       .id = "getSafetyContact",
       .tag = "user",
       .summary = "A contact",
       .access = Access::user,
       .scope = "user:read",
       .parameters = {kId},
       .replies = {{200, "The contact", "SafetyContact"}},
       .errors = {"contact.not_found", "unavailable", "deadline"},
       .user_handler = [&contacts](const http::Request& request, const account::Caller& caller) {
         return answer(
             contacts.get(caller.user_id, read_id(request, "id", "contact.not_found"), request.deadline()));
       }});
  endpoints.push_back(replace_endpoint(contacts));
  endpoints.push_back(delete_endpoint(contacts));
  return endpoints;
}

}  // namespace api
