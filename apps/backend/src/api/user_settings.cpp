// /api/user/settings.

#include "api/json_fields.hpp"
#include "api/user_endpoints.hpp"
#include "core/json_writer.hpp"

namespace api {
namespace {

using core::JsonWriter;

constexpr std::size_t kBodyLimit_bytes = 8u << 10;

const Parameter kKey{
    .name = "key", .schema = R"({"type":"string"})", .description = "The setting, like map.slope_opacity."};

void write_definition(JsonWriter& out, const user::SettingDefinition& definition) {
  using user::SettingType;
  out.begin_object().field("key", definition.key).field("type", to_string(definition.type));
  out.key("default").raw(definition.fallback);
  if (definition.type == SettingType::integer || definition.type == SettingType::number) {
    out.key("min").fixed(definition.min, 2).key("max").fixed(definition.max, 2);
  } else if (definition.type == SettingType::text) {
    out.key("minLength").fixed(definition.min, 0).key("maxLength").fixed(definition.max, 0);
  } else if (definition.type == SettingType::choice) {
    out.key("choices").begin_array();
    for (const auto choice : definition.choices) out.value(choice);
    out.end_array();
  }
  if (!definition.unit.empty()) out.field("unit", definition.unit);
  out.field("description", definition.description).end_object();
}

http::Response definitions() {
  JsonWriter out(4096);
  out.begin_object().key("definitions").begin_array();
  for (const auto& definition : user::setting_table()) write_definition(out, definition);
  out.end_array().end_object();
  return http::Response::json(out.take()).set("Cache-Control", "private, no-cache");
}

http::Response list(user::Settings& settings, const http::Request& request, const account::Caller& caller) {
  const auto all = settings.list(caller.user_id, request.deadline());
  JsonWriter out(2048);
  out.begin_object().key("settings").begin_object();
  for (const auto& setting : all) out.key(setting.definition->key).raw(setting.value);
  out.end_object().key("metadata").begin_object();
  for (const auto& setting : all) {
    out.key(setting.definition->key).begin_object().field("isDefault", !setting.updated_at);
    if (setting.updated_at) out.field("updatedAt", core::format_utc(*setting.updated_at));
    out.end_object();
  }
  out.end_object().end_object();
  return http::Response::json(out.take()).set("Cache-Control", "no-store");
}

http::Response put(user::Settings& settings, const http::Request& request, const account::Caller& caller) {
  JsonFields fields(request);
  const auto value = fields.raw("value");
  if (!value.exists()) fields.fault("value", "required", "is required");
  fields.finish();
  const auto setting = settings.put(caller.user_id, request.path_param("key"), value, request.deadline());
  JsonWriter out;
  out.begin_object().field("key", setting.definition->key).key("value").raw(setting.value);
  out.field("updatedAt", core::format_utc(*setting.updated_at)).end_object();
  return http::Response::json(out.take()).set("Cache-Control", "no-store");
}

Endpoint definitions_endpoint() {
  return {.method = "GET",
          .path = "/api/user/settings/definitions",
          .id = "listSettingDefinitions",
          .tag = "user",
          .summary = "Which settings there are, with types, ranges and defaults",
          .access = Access::user,
          .scope = "user:read",
          .replies = {{200, "The definitions, in the order of a page of settings", "SettingDefinitions"}},
          .user_handler = [](const http::Request&, const account::Caller&) { return definitions(); }};
}

}  // namespace

std::vector<Endpoint> user_setting_endpoints(const UserServices& services) {
  auto& settings = services.settings;
  std::vector<Endpoint> endpoints{definitions_endpoint()};
  endpoints.push_back(
      {.method = "GET",
       .path = "/api/user/settings",
       .id = "getSettings",
       .tag = "user",
       .summary = "Every setting with its value in force",
       .access = Access::user,
       .scope = "user:read",
       .replies = {{200, "Values, and which of them are defaults", "Settings"}},
       .errors = {"unavailable", "deadline"},
       .user_handler = [&settings](const http::Request& request, const account::Caller& caller) {
         return list(settings, request, caller);
       }});
  endpoints.push_back(
      {.method = "PUT",
       .path = "/api/user/settings/{key}",
       .id = "putSetting",
       .tag = "user",
       .summary = "Choose a setting",
       .description = "The later choice wins, setting by setting.",
       .access = Access::user,
       .scope = "user:write",
       .body_limit = kBodyLimit_bytes,
       .parameters = {kKey},
       .bodies = {{"application/json", "SettingValue"}},
       .replies = {{200, "The setting", "Setting"}},
       .errors = {"json.malformed", "validation_failed", "setting.not_found", "payload_too_large",
                  "unsupported_media_type", "unavailable", "deadline"},
       .user_handler = [&settings](const http::Request& request, const account::Caller& caller) {
         return put(settings, request, caller);
       }});
  endpoints.push_back(
      {.method = "DELETE",
       .path = "/api/user/settings/{key}",
       .id = "resetSetting",
       .tag = "user",
       .summary = "Go back to a setting's default",
       .access = Access::user,
       .scope = "user:write",
       .parameters = {kKey},
       .replies = {{204, "The default holds", ""}},
       .errors = {"setting.not_found", "unavailable", "deadline"},
       .user_handler = [&settings](const http::Request& request, const account::Caller& caller) {
         settings.reset(caller.user_id, request.path_param("key"), request.deadline());
         return http::Response::no_content();
       }});
  return endpoints;
}

}  // namespace api
