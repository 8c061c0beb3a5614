#include "analytics/aptabase.hpp"

#include "core/base32.hpp"
#include "core/hash.hpp"
#include "core/json_writer.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace analytics {
namespace {

using namespace std::chrono_literals;

/// The service drops what is older than a day; so much of it may pass on the way.
constexpr auto kLateAfter = 24h - 5min;
constexpr auto kLateAs = 23h;
constexpr std::size_t kVisitorCharacters = 10;
constexpr std::size_t kKeyDigits = 10;
constexpr std::string_view kPath = "/api/v0/events";
constexpr auto kRegions = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"EU", "https://eu.aptabase.com"},
    {"US", "https://us.aptabase.com"},
    {"DEV", "http://localhost:3000"},
    {"SH", ""},
});

/// "EU" of "A-EU-1234567890"; empty for a text that is no key.
std::string_view region_of(std::string_view key) {
  if (!key.starts_with("A-")) return {};
  const auto end = key.find('-', 2);
  if (end == std::string_view::npos) return {};
  const auto number = key.substr(end + 1);
  const bool has_number =
      number.size() == kKeyDigits && std::ranges::all_of(number, [](char c) { return c >= '0' && c <= '9'; });
  const auto region = key.substr(2, end - 2);
  const bool is_known =
      std::ranges::any_of(kRegions, [&](const auto& known) { return known.first == region; });
  return has_number && is_known ? region : std::string_view{};
}

/// The service takes locales of 2, 5 to 7 or 10 characters; of others the language.
std::string_view fitting_locale(std::string_view locale) {
  const auto size = locale.size();
  if (size == 2 || (size >= 5 && size <= 7) || size == 10) return locale;
  const auto language = locale.substr(0, locale.find('-'));
  return language.size() == 2 ? language : std::string_view{};
}

std::string_view text_of(core::JsonView json, std::string_view name) {
  return json[name].string().value_or("");
}

void write_system(core::JsonWriter& out, core::JsonView system, const Origin& origin) {
  out.key("systemProps").begin_object().field("isDebug", origin.is_debug);
  out.field("osName", text_of(system, "osName")).field("osVersion", text_of(system, "osVersion"));
  out.field("locale", fitting_locale(text_of(system, "locale")));
  out.field("appVersion", text_of(system, "appVersion"))
      .field("appBuildNumber", text_of(system, "appBuildNumber"));
  out.field("engineName", "").field("engineVersion", "").field("sdkVersion", origin.sdk_version);
  out.field("deviceModel", text_of(system, "deviceModel")).end_object();
}

/// Nothing that could end the product token or the comment of a User-Agent, or the header.
std::string plain_token(std::string_view text, std::size_t most) {
  std::string plain;
  for (const char c : text.substr(0, most)) {
    const bool is_plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          c == '.' || c == '-' || c == ' ' || c == '_';
    if (is_plain) plain += c;
  }
  return plain;
}

}  // namespace

bool is_app_key(std::string_view text) { return !region_of(text).empty(); }

std::optional<std::string> events_url(std::string_view app_key, std::string_view host) {
  const auto region = region_of(app_key);
  if (region.empty()) return std::nullopt;
  auto base =
      std::ranges::find(kRegions, region, &std::pair<std::string_view, std::string_view>::first)->second;
  if (base.empty()) base = host;
  if (base.ends_with('/')) base.remove_suffix(1);
  if (base.empty()) return std::nullopt;
  return std::string(base) + std::string(kPath);
}

std::string stored_system(const System& system) {
  core::JsonWriter out;
  out.begin_object().field("osName", system.os_name).field("osVersion", system.os_version);
  out.field("locale", system.locale).field("appVersion", system.app_version);
  out.field("appBuildNumber", system.app_build).field("deviceModel", system.device_model).end_object();
  return out.take();
}

std::string stored_events(const std::vector<Event>& events) {
  core::JsonWriter out;
  out.begin_array();
  for (const auto& event : events) {
    out.begin_object().field("name", event.name).field("at", core::format_utc(event.at));
    out.key("props").raw(event.props).end_object();
  }
  out.end_array();
  return out.take();
}

std::string wire_body(const StoredBatch& batch, const Origin& origin, core::Timestamp now) {
  const auto system = core::JsonDocument::parse(batch.system);
  const auto events = core::JsonDocument::parse(batch.events);
  core::JsonWriter out(4096);
  out.begin_array();
  for (std::size_t i = 0; i < events.root().size(); ++i) {
    const auto event = events.root().at(i);
    const auto happened = std::min(core::parse_time(text_of(event, "at")).value_or(now), now);
    const bool is_late = now - happened >= kLateAfter;
    out.begin_object().field("timestamp", core::format_utc(is_late ? now - kLateAs : happened));
    out.field("sessionId", batch.session_id).field("eventName", text_of(event, "name"));
    write_system(out, system.root(), origin);
    out.key("props").begin_object();
    const auto props = event["props"];
    for (std::size_t k = 0; k < props.size(); ++k)
      out.key(props.key_at(k)).raw(props.value_at(k).canonical());
    if (is_late) out.field("late_hours", std::chrono::floor<std::chrono::hours>(now - happened).count());
    out.end_object().end_object();
  }
  out.end_array();
  return out.take();
}

std::string user_agent(const StoredBatch& batch) {
  constexpr std::size_t kMostVersion = 20;
  constexpr std::size_t kMostSystem = 40;
  const auto system = core::JsonDocument::parse(batch.system);
  auto version = plain_token(text_of(system.root(), "appVersion"), kMostVersion);
  std::erase(version, ' ');
  std::string os(text_of(system.root(), "osName"));
  os += ' ';
  os += text_of(system.root(), "osVersion");
  return "AspectAvy/" + (version.empty() ? "0" : version) + " (" + plain_token(os, kMostSystem) + ") " +
         batch.visitor;
}

std::string visitor_of(std::string_view daily_key, std::string_view installation_id) {
  const auto mac = core::hmac_sha256(daily_key, installation_id);
  return core::to_base32({reinterpret_cast<const char*>(mac.data()), mac.size()})
      .substr(0, kVisitorCharacters);
}

}  // namespace analytics
