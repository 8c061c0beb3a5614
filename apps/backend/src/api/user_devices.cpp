// /api/user/push-devices.

#include "api/json_fields.hpp"
#include "api/route_input.hpp"
#include "api/user_endpoints.hpp"
#include "core/json_writer.hpp"

namespace api {
namespace {

using core::JsonWriter;

constexpr std::size_t kBodyLimit_bytes = 8u << 10;
constexpr std::string_view kPath = "/api/user/push-devices";

void write_device(JsonWriter& out, const user::PushDevice& device, const account::Caller& caller) {
  out.begin_object().field("id", core::to_string(device.id)).field("platform", device.platform);
  out.field("environment", device.environment).field("topic", device.topic);
  out.field("appVersion", device.app_version);
  out.field("isThisSession", device.session_id == caller.credential_id);
  out.field("createdAt", core::format_utc(device.created_at));
  out.field("lastRegisteredAt", core::format_utc(device.last_registered_at));
  out.key("disabledAt");
  device.disabled_at ? out.value(core::format_utc(*device.disabled_at)) : out.null();
  out.end_object();
}

http::Response put(user::Devices& devices, const http::Request& request, const account::Caller& caller) {
  JsonFields fields(request);
  user::DeviceInput input;
  input.platform = fields.choice("platform", {"ios"});
  input.environment = fields.choice("environment", {"production", "sandbox"});
  input.topic = fields.text("topic", {.max_bytes = 155});
  input.token = fields.text("token", {.max_bytes = 400});
  input.app_version = fields.optional_text("appVersion", {.min_bytes = 0, .max_bytes = 200}).value_or("");
  fields.finish();
  const auto device = devices.put(caller, input, request.deadline());
  JsonWriter out;
  write_device(out, device, caller);
  return http::Response::json(out.take()).set("Cache-Control", "no-store");
}

http::Response list(user::Devices& devices, const http::Request& request, const account::Caller& caller) {
  JsonWriter out;
  out.begin_object().key("devices").begin_array();
  for (const auto& device : devices.list(caller.user_id, request.deadline()))
    write_device(out, device, caller);
  out.end_array().end_object();
  return http::Response::json(out.take()).set("Cache-Control", "no-store");
}

}  // namespace

std::vector<Endpoint> user_device_endpoints(const UserServices& services) {
  auto& devices = services.devices;
  std::vector<Endpoint> endpoints;
  endpoints.push_back(
      {.method = "POST",
       .path = kPath,
       .id = "registerPushDevice",
       .tag = "user",
       .summary = "Get push messages on this phone",
       .description =
           "Call it at every launch: one token is one device, so a repeat changes nothing but the time. The "
           "device goes when the session ends that registered it, and belongs to whoever registered it last. "
           "The "
           "token is kept sealed and is in no answer. Messages are not sent yet.",
       .access = Access::user,
       .body_limit = kBodyLimit_bytes,
       .bodies = {{"application/json", "PushDeviceInput"}},
       .replies = {{200, "The device", "PushDevice"}},
       .errors = {"json.malformed", "validation_failed", "payload_too_large", "unsupported_media_type",
                  "unavailable", "deadline"},
       .user_handler = [&devices](const http::Request& request, const account::Caller& caller) {
         return put(devices, request, caller);
       }});
  endpoints.push_back(
      {.method = "GET",
       .path = kPath,
       .id = "listPushDevices",
       .tag = "user",
       .summary = "The phones that get one's push messages",
       .access = Access::user,
       .replies = {{200, "The devices, registered last first", "PushDevices"}},
       .errors = {"unavailable", "deadline"},
       .user_handler = [&devices](const http::Request& request, const account::Caller& caller) {
         return list(devices, request, caller);
       }});
  endpoints.push_back(
      {.method = "DELETE",
       .path = "/api/user/push-devices/{id}",
       .id = "deletePushDevice",
       .tag = "user",
       .summary = "No more push messages there",
       .access = Access::user,
       .parameters = {{.name = "id",
                       .schema = R"({"type":"string","format":"uuid"})",
                       .description = "The device."}},
       .replies = {{204, "Forgotten", ""}},
       .errors = {"device.not_found", "unavailable", "deadline"},
       .user_handler = [&devices](const http::Request& request, const account::Caller& caller) {
         devices.remove(caller.user_id, read_id(request, "id", "device.not_found"), request.deadline());
         return http::Response::no_content();
       }});
  return endpoints;
}

}  // namespace api
