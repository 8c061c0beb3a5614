#include "api/override_endpoints.hpp"

#include "api/danger_input.hpp"
#include "api/json_fields.hpp"
#include "core/error.hpp"
#include "core/json_writer.hpp"

#include <charconv>
#include <limits>
#include <string>

namespace api {
namespace {

using account::Caller;
using core::JsonWriter;
using overrides::OverrideService;

constexpr std::size_t kBodyLimit_bytes = 64u << 10;
constexpr std::size_t kReasonLimit_bytes = 4096;
constexpr int kDefaultPage = 50;
constexpr int kLargestPage = 200;

std::string zone_key_in(const http::Request& request) {
  return overrides::zone_key_of(request.path_param("zoneId"));
}

overrides::PutRequest read_put(const http::Request& request) {
  JsonFields fields(request);
  overrides::PutRequest wanted;
  // Its length in characters is the service's matter.
  wanted.reason = fields.text("reason", {.min_bytes = 0, .max_bytes = kReasonLimit_bytes});
  wanted.base_forecast_id = fields.uuid("baseForecastId");
  wanted.ends_at = fields.optional_time("endsAt");
  wanted.acknowledges_lowering = fields.optional_boolean("acknowledgesLowering").value_or(false);
  if (const auto known = fields.optional_integer("baseRevision", 0, std::numeric_limits<int>::max()))
    wanted.base_revision = static_cast<int>(*known);

  std::vector<core::FieldError> faults;
  DangerReader danger(faults);
  if (const auto bands = fields.raw("bands"); bands.exists()) wanted.danger.bands = danger.bands(bands);
  if (const auto heights = fields.raw("heights"); heights.exists()) {
    danger.require_members(heights, "heights", {"upperBeginsM", "middleBeginsM"});
    wanted.danger.upper_begins_m = danger.height_m(heights, "upperBeginsM");
    wanted.danger.middle_begins_m = danger.height_m(heights, "middleBeginsM");
  }
  if (const auto problems = fields.raw("problems"); problems.exists())
    wanted.danger.problems = danger.problems(problems);
  for (auto& one : faults) fields.fault(one.path, std::move(one.code), std::move(one.message));
  fields.finish();
  return wanted;
}

/// A whole number of the query within [min, max]; `otherwise` when it is not given.
std::int64_t read_number(const http::Request& request, std::string_view name, std::int64_t min,
                         std::int64_t max, std::int64_t otherwise) {
  const auto text = request.query(name);
  if (!text) return otherwise;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error == std::errc{} && end == text->data() + text->size() && value >= min && value <= max)
    return value;
  throw core::Error::invalid(
      "validation_failed", "A value is not acceptable.",
      {{std::string(name), "out_of_range",
        name == "limit" ? "must be a whole number from 1 to 200" : "must be the nextCursor of an answer"}});
}

void write_override(JsonWriter& out, const overrides::Override& override, std::string_view standing) {
  out.begin_object();
  overrides::write_members(out, override);
  out.field("revision", override.revision).field("standing", standing);
  out.key("official").raw(override.official).end_object();
}

http::Response list(OverrideService& service, const http::Request& request, const Caller& caller) {
  JsonWriter out(2048);
  out.begin_object().key("overrides").begin_array();
  for (const auto& view : service.list(caller.user_id, request.deadline()))
    write_override(out, view.override, to_string(view.standing));
  out.end_array().end_object();
  return http::Response::json(out.take()).set("Cache-Control", "no-store");
}

http::Response put(OverrideService& service, const http::Request& request, const Caller& caller) {
  const auto stored =
      service.put(caller.user_id, zone_key_in(request), read_put(request), request.deadline());
  JsonWriter out(2048);
  write_override(out, stored, to_string(overrides::Standing::in_force));
  return http::Response::json(out.take()).set("Cache-Control", "no-store");
}

void write_entry(JsonWriter& out, const overrides::HistoryEntry& entry) {
  out.begin_object()
      .field("id", std::to_string(entry.id))
      .field("at", core::format_utc(entry.at))
      .field("action", entry.action);
  out.optional_field("cause", entry.cause);
  // Nobody but its owner can change an override; it lapses by itself.
  out.field("by", entry.action == "lapsed" ? "system" : "person").field("revision", entry.override.revision);
  out.key("override").begin_object();
  overrides::write_members(out, entry.override);
  out.end_object().key("official").raw(entry.override.official).end_object();
}

http::Response history(OverrideService& service, const http::Request& request, const Caller& caller) {
  const auto limit = static_cast<int>(read_number(request, "limit", 1, kLargestPage, kDefaultPage));
  const auto before = read_number(request, "cursor", 1, std::numeric_limits<std::int64_t>::max(), 0);
  const auto page = service.history(caller.user_id, before > 0 ? std::optional(before) : std::nullopt, limit,
                                    request.deadline());
  JsonWriter out(8192);
  out.begin_object().key("entries").begin_array();
  for (const auto& entry : page.entries) write_entry(out, entry);
  out.end_array();
  out.optional_field("nextCursor",
                     page.more ? std::optional(std::to_string(page.entries.back().id)) : std::nullopt);
  out.end_object();
  return http::Response::json(out.take()).set("Cache-Control", "no-store");
}

const Parameter kZoneId{.name = "zoneId",
                        .schema = R"({"type":"string","minLength":1,"maxLength":128})",
                        .description = "The zone's key, with ~ for each slash in it."};

Endpoint list_endpoint(OverrideService& service) {
  return {.method = "GET",
          .path = "/api/user/forecast-overrides",
          .id = "listForecastOverrides",
          .tag = "overrides",
          .summary = "Your overrides, by zone",
          .description = "One whose `standing` is not `in_force` has lapsed and counts no more.",
          .access = Access::user,
          .scope = "user:read",
          .replies = {{200, "The overrides", "ForecastOverrideList"}},
          .errors = {"unavailable", "deadline"},
          .user_handler = [&service](const http::Request& request, const Caller& caller) {
            return list(service, request, caller);
          }};
}

Endpoint put_endpoint(OverrideService& service) {
  return {.method = "PUT",
          .path = "/api/user/forecast-overrides/{zoneId}",
          .id = "putForecastOverride",
          .tag = "overrides",
          .summary = "Set your own danger for a zone, with a reason",
          .description =
              "Counts for your routes until it ends or another forecast is issued for the zone. What "
              "is less than the official danger needs `acknowledgesLowering`. Repeating a request "
              "changes nothing.",
          .access = Access::user,
          .body_limit = kBodyLimit_bytes,
          .parameters = {kZoneId},
          .bodies = {{"application/json", "ForecastOverridePut"}},
          .replies = {{200, "In force", "ForecastOverride"}},
          .errors = {"json.malformed", "validation_failed", "override.lowers_danger", "override.zone_unknown",
                     "override.no_forecast", "override.base_changed", "override.changed", "payload_too_large",
                     "unsupported_media_type", "unavailable", "deadline"},
          .user_handler = [&service](const http::Request& request, const Caller& caller) {
            return put(service, request, caller);
          }};
}

Endpoint delete_endpoint(OverrideService& service) {
  return {.method = "DELETE",
          .path = "/api/user/forecast-overrides/{zoneId}",
          .id = "deleteForecastOverride",
          .tag = "overrides",
          .summary = "Return to the official danger of a zone",
          .access = Access::user,
          .parameters = {kZoneId},
          .replies = {{204, "Removed", ""}},
          .errors = {"override.not_found", "unavailable", "deadline"},
          .user_handler = [&service](const http::Request& request, const Caller& caller) {
            service.remove(caller.user_id, zone_key_in(request), request.deadline());
            return http::Response::no_content();
          }};
}

Endpoint history_endpoint(OverrideService& service) {
  return {.method = "GET",
          .path = "/api/user/forecast-override-history",
          .id = "getForecastOverrideHistory",
          .tag = "overrides",
          .summary = "Every change of your overrides, newest first",
          .description = "Nothing in it is ever changed. Each entry holds the official values of its moment.",
          .access = Access::user,
          .scope = "user:read",
          .parameters = {{.in = In::query,
                          .name = "cursor",
                          .required = false,
                          .schema = R"({"type":"string"})",
                          .description = "`nextCursor` of the page before."},
                         {.in = In::query,
                          .name = "limit",
                          .required = false,
                          .schema = R"({"type":"integer","minimum":1,"maximum":200,"default":50})",
                          .description = "Entries on a page."}},
          .replies = {{200, "A page", "ForecastOverrideHistory"}},
          .errors = {"validation_failed", "unavailable", "deadline"},
          .user_handler = [&service](const http::Request& request, const Caller& caller) {
            return history(service, request, caller);
          }};
}

}  // namespace

std::vector<Endpoint> override_endpoints(OverrideService& service) {
  return {list_endpoint(service), put_endpoint(service), delete_endpoint(service), history_endpoint(service)};
}

}  // namespace api
