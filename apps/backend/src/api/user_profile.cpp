// GET and PATCH /api/user/profile.

#include "api/json_fields.hpp"
#include "api/revision.hpp"
#include "api/user_endpoints.hpp"
#include "core/json_writer.hpp"

namespace api {
namespace {

using core::JsonWriter;

constexpr std::size_t kBodyLimit_bytes = 8u << 10;

void write_avatar(JsonWriter& out, const std::optional<user::StoredAvatar>& avatar) {
  out.key("avatar");
  if (!avatar) {
    out.null();
    return;
  }
  out.begin_object().field("contentType", avatar->content_type);
  out.field("width", avatar->width).field("height", avatar->height).field("bytes", avatar->bytes);
  out.field("updatedAt", core::format_utc(avatar->updated_at)).end_object();
}

http::Response answer(const user::Profile& profile) {
  JsonWriter out;
  out.begin_object().field("userId", core::to_string(profile.user_id)).field("email", profile.email);
  out.field("emailVerified", profile.email_verified).field("displayName", profile.display_name);
  out.field("locale", profile.locale).field("units", profile.units).field("timeZone", profile.time_zone);
  out.field("homeRegion", profile.home_region);
  write_avatar(out, profile.avatar);
  out.field("revision", profile.revision).field("createdAt", core::format_utc(profile.created_at));
  out.key("updatedAt");
  profile.updated_at ? out.value(core::format_utc(*profile.updated_at)) : out.null();
  out.end_object();
  return http::Response::json(out.take())
      .set("ETag", revision_etag(profile.revision))
      .set("Cache-Control", "no-store");
}

user::ProfileChange read_change(const http::Request& request) {
  JsonFields fields(request);
  constexpr TextRule kLine{.min_bytes = 0, .max_bytes = 400};
  user::ProfileChange change;
  change.display_name = fields.optional_text("displayName", kLine);
  change.locale = fields.optional_text("locale", kLine);
  change.units = fields.optional_text("units", kLine);
  change.time_zone = fields.optional_text("timeZone", kLine);
  change.home_region = fields.optional_text("homeRegion", kLine);
  fields.finish();
  return change;
}

}  // namespace

std::vector<Endpoint> user_profile_endpoints(const UserServices& services) {
  auto& profiles = services.profiles;
  std::vector<Endpoint> endpoints;
  endpoints.push_back(
      {.method = "GET",
       .path = "/api/user/profile",
       .id = "getProfile",
       .tag = "user",
       .summary = "Who one is",
       .access = Access::user,
       .scope = "user:read",
       .replies = {{200, "The profile", "Profile"}},
       .errors = {"unavailable", "deadline"},
       .user_handler = [&profiles](const http::Request& request, const account::Caller& caller) {
         return answer(profiles.get(caller.user_id, request.deadline()));
       }});
  endpoints.push_back(
      {.method = "PATCH",
       .path = "/api/user/profile",
       .id = "changeProfile",
       .tag = "user",
       .summary = "Change some of the profile",
       .description =
           "Members that are left out, or null, stay. With If-Match (the profile's ETag) the change "
           "is made only to that revision; without it the later change wins.",
       .access = Access::user,
       .scope = "user:write",
       .body_limit = kBodyLimit_bytes,
       .parameters = {{.in = In::header,
                       .name = "If-Match",
                       .required = false,
                       .schema = R"({"type":"string"})",
                       .description = "The revision that the change was made for."}},
       .bodies = {{"application/json", "ProfileChange"}},
       .replies = {{200, "The profile as it is now", "Profile"}},
       .errors = {"json.malformed", "validation_failed", "precondition_failed", "payload_too_large",
                  "unsupported_media_type", "unavailable", "deadline"},
       .user_handler = [&profiles](const http::Request& request, const account::Caller& caller) {
         const auto revision = read_if_match(request);
         return answer(profiles.change(caller.user_id, read_change(request), revision, request.deadline()));
       }});
  return endpoints;
}

}  // namespace api
