#include "analytics/batch.hpp"

#include "core/error.hpp"
#include "core/ids.hpp"

#include "analytics/forbidden.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace analytics {
namespace {

using Faults = std::vector<core::FieldError>;

constexpr std::size_t kMostFaults = 50;
/// A phone may have been without a network for a season, and its clock may run ahead.
constexpr std::chrono::days kOldest{90};
constexpr std::chrono::hours kAhead{24};

void require_known_members(core::JsonView object, std::initializer_list<std::string_view> known,
                           const std::string& path, Faults& faults) {
  for (std::size_t i = 0; i < object.size(); ++i) {
    const auto name = object.key_at(i);
    if (std::ranges::find(known, name) == known.end()) {
      constexpr std::size_t kShown = 60;
      faults.push_back({path + std::string(name.substr(0, kShown)), "unknown_member", "is not known here"});
    }
  }
}

std::string read_uuid(core::JsonView parent, const char* name, Faults& faults) {
  if (const auto id = core::parse_uuid(parent[name].string().value_or(""))) return core::to_string(*id);
  faults.push_back({name, "not_a_uuid", "must be a UUID"});
  return {};
}

/// A text of the system's description; empty when it is left out.
std::string read_fact(core::JsonView system, const std::string& name, std::size_t most, Faults& faults) {
  const auto path = "system." + name;
  const auto value = system[name];
  if (!value.exists() || value.is_null()) return {};
  const auto text = value.string();
  const auto is_plain = [](char c) { return c >= 0x20 && c < 0x7F; };
  if (!text || text->size() > most || !std::ranges::all_of(*text, is_plain)) {
    faults.push_back(
        {path, "out_of_range", "must be a text of at most " + std::to_string(most) + " characters of ASCII"});
    return {};
  }
  find_forbidden(value, path, faults);
  return std::string(*text);
}

System read_system(core::JsonView json, Faults& faults) {
  if (!json.is_object()) {
    faults.push_back({"system", "required", "must be an object that says what the app runs on"});
    return {};
  }
  require_known_members(json,
                        {"osName", "osVersion", "locale", "appVersion", "appBuildNumber", "deviceModel"},
                        "system.", faults);
  System system;
  system.os_name = read_fact(json, "osName", 30, faults);
  system.os_version = read_fact(json, "osVersion", 100, faults);
  system.locale = read_fact(json, "locale", 35, faults);
  system.app_version = read_fact(json, "appVersion", 50, faults);
  system.app_build = read_fact(json, "appBuildNumber", 20, faults);
  system.device_model = read_fact(json, "deviceModel", 100, faults);
  return system;
}

core::Timestamp read_time(core::JsonView json, const std::string& path, core::Timestamp now, Faults& faults) {
  const auto at = core::parse_time(json.string().value_or(""));
  if (!at) {
    faults.push_back({path, "not_a_time", "must be a time, YYYY-MM-DDThh:mm:ssZ"});
    return now;
  }
  if (*at < now - kOldest || *at > now + kAhead)
    faults.push_back({path, "out_of_range", "must lie within the last 90 days"});
  return *at;
}

void check_props(core::JsonView props, const EventRule& rule, const std::string& path, Faults& faults) {
  for (std::size_t i = 0; i < props.size(); ++i) {
    const auto name = props.key_at(i);
    // What is forbidden has been said.
    if (is_forbidden_key(name) || forbidden_content(name)) continue;
    const auto where = path + "." + std::string(name);
    const auto known = rule.find(name);
    if (known == rule.end()) {
      faults.push_back({where, "unknown_member", "is no prop of this event"});
    } else {
      check_prop(known->second, props.value_at(i), where, faults);
    }
  }
}

Event read_event(core::JsonView json, const std::string& path, const Catalogue& catalogue,
                 core::Timestamp now, Faults& faults) {
  Event event;
  if (!json.is_object()) {
    faults.push_back({path, "not_an_object", "must be an object"});
    return event;
  }
  require_known_members(json, {"name", "at", "props"}, path + ".", faults);
  event.name = json["name"].string().value_or("");
  const auto* rule = catalogue.find(event.name);
  if (rule == nullptr)
    faults.push_back({path + ".name", "unknown_value", "must be the name of a known event"});
  event.at = read_time(json["at"], path + ".at", now, faults);
  const auto props = json["props"];
  if (!props.exists() || props.is_null()) {
    event.props = "{}";
    return event;
  }
  find_forbidden(props, path + ".props", faults);
  if (!props.is_object()) {
    faults.push_back({path + ".props", "not_an_object", "must be an object"});
  } else if (rule != nullptr) {
    check_props(props, *rule, path + ".props", faults);
  }
  event.props = props.canonical();
  return event;
}

}  // namespace

Batch read_batch(core::JsonView body, const Catalogue& catalogue, core::Timestamp now) {
  Faults faults;
  Batch batch;
  if (!body.is_object()) {
    throw core::Error::invalid("validation_failed", "A value is not acceptable.",
                               {{"", "not_an_object", "the body must be an object"}});
  }
  require_known_members(body, {"installationId", "sessionId", "system", "events"}, "", faults);
  batch.installation_id = read_uuid(body, "installationId", faults);
  batch.session_id = read_uuid(body, "sessionId", faults);
  batch.system = read_system(body["system"], faults);
  const auto events = body["events"];
  if (!events.is_array() || events.size() == 0 || events.size() > kMaxEvents) {
    faults.push_back({"events", "out_of_range", "must be a list of 1 to 25 events"});
  } else {
    for (std::size_t i = 0; i < events.size(); ++i) {
      const auto path = "events[" + std::to_string(i) + "]";
      batch.events.push_back(read_event(events.at(i), path, catalogue, now, faults));
    }
  }
  if (faults.empty()) return batch;
  if (faults.size() > kMostFaults) faults.resize(kMostFaults);
  throw core::Error::invalid("validation_failed", "A value is not acceptable.", std::move(faults));
}

}  // namespace analytics
