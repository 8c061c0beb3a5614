// /api/user/favourite-zones.

#include "api/json_fields.hpp"
#include "api/user_endpoints.hpp"
#include "core/error.hpp"
#include "core/json_writer.hpp"

#include <algorithm>

namespace api {
namespace {

constexpr std::size_t kBodyLimit_bytes = 16u << 10;
constexpr std::size_t kMaxZoneId = 100;
constexpr std::string_view kPath = "/api/user/favourite-zones";
/// Keys of zones may have a slash in them: "NWAC/mt-hood".
constexpr std::string_view kZonePath = "/api/user/favourite-zones/{zoneId*}";
constexpr std::size_t kSegmentsBefore = 3;

const Parameter kZoneId{
    .name = "zoneId", .schema = R"({"type":"string","maxLength":100})", .description = "The zone's key."};

core::Error no_such_zone() {
  return {core::ErrorKind::not_found, "zone.not_found", "There is no such zone."};
}

std::string read_zone_id(const http::Request& request) {
  std::string id;
  for (const auto segment : request.segments().subspan(kSegmentsBefore))
    id += (id.empty() ? "" : "/") + std::string(segment);
  const bool printable = std::ranges::all_of(id, [](unsigned char c) { return c >= 0x20 && c != 0x7F; });
  if (id.empty() || id.size() > kMaxZoneId || !printable) throw no_such_zone();
  return id;
}

http::Response answer(const std::vector<user::FavouriteZone>& zones) {
  core::JsonWriter out;
  out.begin_object().key("zones").begin_array();
  for (const auto& zone : zones) {
    out.begin_object().field("zoneId", zone.zone_id).field("addedAt", core::format_utc(zone.added_at));
    out.end_object();
  }
  out.end_array().end_object();
  return http::Response::json(out.take()).set("Cache-Control", "no-store");
}

http::Response put(const UserServices& services, const http::Request& request,
                   const account::Caller& caller) {
  constexpr std::int64_t kFurthest = user::kMaxFavourites;
  const auto id = read_zone_id(request);
  JsonFields fields(request);
  const auto position = fields.optional_integer("position", 0, kFurthest);
  fields.finish();
  const auto deadline = request.deadline();
  if (!services.zone_exists(id, deadline)) throw no_such_zone();
  const auto at = position ? std::optional(static_cast<std::size_t>(*position)) : std::nullopt;
  return answer(services.favourites.put(caller.user_id, id, at, deadline));
}

/// New zones must be drawn now; one that is there already may have been redrawn under another key since.
void require_zones(const UserServices& services, const std::vector<user::FavouriteZone>& there,
                   const std::vector<std::string>& wanted, JsonFields& fields, db::Deadline deadline) {
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const bool is_there = std::ranges::count(there, wanted[i], &user::FavouriteZone::zone_id) > 0;
    if (!is_there && !services.zone_exists(wanted[i], deadline))
      fields.fault("zoneIds[" + std::to_string(i) + "]", "unknown_value", "must be the key of a zone");
  }
}

http::Response replace(const UserServices& services, const http::Request& request,
                       const account::Caller& caller) {
  const auto deadline = request.deadline();
  JsonFields fields(request);
  if (!fields.raw("zoneIds").exists()) fields.fault("zoneIds", "required", "is required");
  const auto wanted =
      fields.texts("zoneIds", user::kMaxFavourites, {.min_bytes = 1, .max_bytes = kMaxZoneId});
  require_zones(services, services.favourites.list(caller.user_id, deadline), wanted, fields, deadline);
  fields.finish();
  return answer(services.favourites.replace(caller.user_id, wanted, deadline));
}

}  // namespace

std::vector<Endpoint> user_favourite_endpoints(const UserServices& services) {
  auto& favourites = services.favourites;
  std::vector<Endpoint> endpoints;
  endpoints.push_back(
      {.method = "GET",
       .path = kPath,
       .id = "listFavouriteZones",
       .tag = "user",
       .summary = "The zones one follows, in one's own order",
       .access = Access::user,
       .scope = "user:read",
       .replies = {{200, "The zones", "FavouriteZones"}},
       .errors = {"unavailable", "deadline"},
       .user_handler = [&favourites](const http::Request& request, const account::Caller& caller) {
         return answer(favourites.list(caller.user_id, request.deadline()));
       }});
  endpoints.push_back(
      {.method = "PUT",
       .path = kPath,
       .id = "putFavouriteZones",
       .tag = "user",
       .summary = "Follow these zones, in this order",
       .access = Access::user,
       .scope = "user:write",
       .body_limit = kBodyLimit_bytes,
       .bodies = {{"application/json", "FavouriteZoneIds"}},
       .replies = {{200, "The zones", "FavouriteZones"}},
       .errors = {"json.malformed", "validation_failed", "payload_too_large", "unsupported_media_type",
                  "unavailable", "deadline"},
       .user_handler = [services](const http::Request& request, const account::Caller& caller) {
         return replace(services, request, caller);
       }});
  endpoints.push_back(
      {.method = "PUT",
       .path = kZonePath,
       .id = "putFavouriteZone",
       .tag = "user",
       .summary = "Follow a zone, or move it",
       .description = "At most 50 zones. The key's slash, where it has one, stays a slash.",
       .access = Access::user,
       .scope = "user:write",
       .body_limit = kBodyLimit_bytes,
       .parameters = {kZoneId},
       .bodies = {{"application/json", "FavouriteZonePosition"}},
       .replies = {{200, "The zones", "FavouriteZones"}},
       .errors = {"json.malformed", "validation_failed", "zone.not_found", "limit_reached",
                  "payload_too_large", "unsupported_media_type", "unavailable", "deadline"},
       .user_handler = [services](const http::Request& request, const account::Caller& caller) {
         return put(services, request, caller);
       }});
  endpoints.push_back(
      {.method = "DELETE",
       .path = kZonePath,
       .id = "deleteFavouriteZone",
       .tag = "user",
       .summary = "No longer follow a zone",
       .access = Access::user,
       .scope = "user:write",
       .parameters = {kZoneId},
       .replies = {{204, "It is not followed", ""}},
       .errors = {"zone.not_found", "unavailable", "deadline"},
       .user_handler = [&favourites](const http::Request& request, const account::Caller& caller) {
         favourites.remove(caller.user_id, read_zone_id(request), request.deadline());
         return http::Response::no_content();
       }});
  return endpoints;
}

}  // namespace api
