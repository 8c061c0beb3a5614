// PUT, GET and DELETE /api/user/avatar.

#include "api/media_type.hpp"
#include "api/user_endpoints.hpp"
#include "core/error.hpp"
#include "core/json_writer.hpp"
#include "http/conditional.hpp"

#include "user/avatar_picture.hpp"

namespace api {
namespace {

using namespace std::chrono_literals;

constexpr account::RateRule kUploads{"avatar.user", 30, 1h};
constexpr std::string_view kPrivate = "private, no-cache";

http::Response put(const UserServices& services, const http::Request& request,
                   const account::Caller& caller) {
  const auto type = media_type(request);
  if (type != "image/png" && type != "image/jpeg")
    throw core::Error(core::ErrorKind::invalid_input, "unsupported_media_type",
                      "Send image/png or image/jpeg.");
  services.limits.require(kUploads, core::to_string(caller.user_id), request.deadline());
  const auto avatar = services.profiles.put_avatar(caller.user_id, request.body(), request.deadline());
  core::JsonWriter out;
  out.begin_object().field("contentType", avatar.content_type);
  out.field("width", avatar.width).field("height", avatar.height).field("bytes", avatar.bytes);
  out.field("updatedAt", core::format_utc(avatar.updated_at)).end_object();
  return http::Response::json(out.take())
      .set("ETag", http::strong_etag(core::to_string(avatar.object_id)))
      .set("Cache-Control", "no-store");
}

/// The picture that the client has, if its If-None-Match names one.
std::optional<core::Uuid> known_picture(const http::Request& request) {
  constexpr std::size_t kQuotedUuid = 38;
  const auto header = request.header("If-None-Match").value_or("");
  if (header.size() != kQuotedUuid) return std::nullopt;
  return core::parse_uuid(header.substr(1, kQuotedUuid - 2));
}

http::Response get(user::Profiles& profiles, const http::Request& request, const account::Caller& caller) {
  auto found = profiles.avatar(caller.user_id, known_picture(request), request.deadline());
  const auto etag = http::strong_etag(core::to_string(found.avatar.object_id));
  if (auto same = http::not_modified(request, etag, kPrivate)) return *std::move(same);
  // A list of several ETags, of which none is this one.
  if (found.bytes.empty()) found = profiles.avatar(caller.user_id, std::nullopt, request.deadline());
  http::Response response;
  response.content_type = found.avatar.content_type;
  response.body = std::move(found.bytes);
  return std::move(response)
      .set("ETag", etag)
      .set("Cache-Control", kPrivate)
      .set("Content-Disposition", "inline; filename=\"avatar\"")
      .set("Content-Security-Policy", "default-src 'none'; sandbox");
}

}  // namespace

std::vector<Endpoint> user_avatar_endpoints(const UserServices& services) {
  auto& profiles = services.profiles;
  std::vector<Endpoint> endpoints;
  endpoints.push_back(
      {.method = "PUT",
       .path = "/api/user/avatar",
       .id = "putAvatar",
       .tag = "user",
       .summary = "Set one's picture",
       .description =
           "A PNG or JPEG of at most 5 MiB, 8192 pixels on an edge and 16777216 in all. It is decoded, "
           "fitted into 512 × 512 pixels and encoded anew: place, camera and comments are gone. Of an "
           "animation the first picture is kept; pictures in CMYK are refused.",
       .access = Access::user,
       .scope = "user:write",
       .body_limit = user::kMaxUploadBytes,
       .bodies = {{"image/png", ""}, {"image/jpeg", ""}},
       .replies = {{200, "The picture as it is kept", "Avatar"}},
       .errors = {"avatar.unreadable", "avatar.unsupported", "avatar.too_many_pixels", "payload_too_large",
                  "unsupported_media_type", "rate_limited", "unavailable", "deadline"},
       .user_handler = [services](const http::Request& request, const account::Caller& caller) {
         return put(services, request, caller);
       }});
  endpoints.push_back(
      {.method = "GET",
       .path = "/api/user/avatar",
       .id = "getAvatar",
       .tag = "user",
       .summary = "One's picture",
       .access = Access::user,
       .scope = "user:read",
       .replies = {{200, "JPEG, or PNG where it is partly transparent", "", "image/*"},
                   {304, "Not modified", ""}},
       .errors = {"avatar.not_found", "unavailable", "deadline"},
       .user_handler = [&profiles](const http::Request& request, const account::Caller& caller) {
         return get(profiles, request, caller);
       }});
  endpoints.push_back(
      {.method = "DELETE",
       .path = "/api/user/avatar",
       .id = "deleteAvatar",
       .tag = "user",
       .summary = "Have no picture",
       .access = Access::user,
       .scope = "user:write",
       .replies = {{204, "There is none now", ""}},
       .errors = {"unavailable", "deadline"},
       .user_handler = [&profiles](const http::Request& request, const account::Caller& caller) {
         profiles.remove_avatar(caller.user_id, request.deadline());
         return http::Response::no_content();
       }});
  return endpoints;
}

}  // namespace api
