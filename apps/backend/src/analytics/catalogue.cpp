#include "analytics/catalogue.hpp"

#include "embedded/analytics_data.hpp"

#include "analytics/forbidden.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace analytics {
namespace {

constexpr std::size_t kMostNameCharacters = 60;
constexpr std::size_t kMostPropCharacters = 40;
constexpr auto kTypes = std::to_array<std::pair<std::string_view, PropType>>({{"boolean", PropType::boolean},
                                                                              {"integer", PropType::integer},
                                                                              {"number", PropType::number},
                                                                              {"choice", PropType::choice},
                                                                              {"text", PropType::text}});

[[noreturn]] void refuse(const std::string& where) {
  throw core::Error(core::ErrorKind::internal, "analytics.catalogue",
                    "The catalogue of events cannot be used.", where);
}

bool is_name(std::string_view name, std::size_t most) {
  return !name.empty() && name.size() <= most && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

PropRule read_prop(core::JsonView json, const std::string& where) {
  const auto type = json["type"].string().value_or("");
  const auto known = std::ranges::find(kTypes, type, &std::pair<std::string_view, PropType>::first);
  if (known == kTypes.end()) refuse(where);
  PropRule rule;
  rule.type = known->second;
  const auto choices = json["choices"];
  for (std::size_t i = 0; i < choices.size(); ++i)
    rule.choices.emplace_back(choices.at(i).string().value_or(""));
  rule.min = json["min"].number().value_or(0);
  rule.max = json["max"].number().value_or(0);
  if (rule.type == PropType::text) rule.max_characters = static_cast<std::size_t>(rule.max);
  const bool is_bounded = rule.type == PropType::boolean ||
                          (rule.type == PropType::choice ? !rule.choices.empty() : rule.max > rule.min);
  if (!is_bounded || rule.max_characters > kMaxTextCharacters) refuse(where);
  return rule;
}

std::string joined(const std::vector<std::string>& choices) {
  std::string text;
  for (const auto& choice : choices) {
    if (!text.empty()) text += ", ";
    text += choice;
  }
  return text;
}

std::string shown(double number) { return std::to_string(static_cast<std::int64_t>(number)); }

}  // namespace

Catalogue Catalogue::read(std::string_view json) {
  const auto document = core::JsonDocument::parse(json);
  const auto events = document.root()["events"];
  Catalogue catalogue;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const std::string name(events.key_at(i));
    if (!is_name(name, kMostNameCharacters)) refuse(name);
    auto& rule = catalogue.events_[name];
    const auto props = events.value_at(i);
    for (std::size_t k = 0; k < props.size(); ++k) {
      const std::string prop(props.key_at(k));
      const auto where = name + "." + prop;
      if (!is_name(prop, kMostPropCharacters) || is_forbidden_key(prop)) refuse(where);
      rule.emplace(prop, read_prop(props.value_at(k), where));
    }
  }
  if (catalogue.events_.empty()) refuse("events");
  return catalogue;
}

const Catalogue& Catalogue::built_in() {
  static const Catalogue catalogue = [] {
    for (const auto& file : embedded::analytics_data()) {
      if (file.name == "events.json") return read(file.content);
    }
    refuse("events.json");
  }();
  return catalogue;
}

const EventRule* Catalogue::find(std::string_view event) const {
  const auto found = events_.find(event);
  return found == events_.end() ? nullptr : &found->second;
}

void check_prop(const PropRule& rule, core::JsonView value, const std::string& path,
                std::vector<core::FieldError>& faults) {
  const auto fault = [&](std::string code, std::string message) {
    faults.push_back({path, std::move(code), std::move(message)});
  };
  const auto is_within = [&rule](double number) { return number >= rule.min && number <= rule.max; };
  const auto range = [&rule] { return " from " + shown(rule.min) + " to " + shown(rule.max); };
  switch (rule.type) {
    case PropType::boolean:
      if (!value.is_bool()) fault("not_a_boolean", "must be true or false");
      return;
    case PropType::integer: {
      const auto number = value.integer();
      if (!number || !is_within(static_cast<double>(*number)))
        fault("out_of_range", "must be a whole number" + range());
      return;
    }
    case PropType::number: {
      const auto number = value.number();
      if (!number || !std::isfinite(*number) || !is_within(*number))
        fault("out_of_range", "must be a number" + range());
      return;
    }
    case PropType::choice:
      if (std::ranges::find(rule.choices, value.string().value_or("")) == rule.choices.end())
        fault("unknown_value", "must be one of: " + joined(rule.choices));
      return;
    case PropType::text: {
      const auto text = value.string();
      if (!text || text->empty() || count_characters(*text) > rule.max_characters)
        fault("out_of_range",
              "must be a text of 1 to " + std::to_string(rule.max_characters) + " characters");
      return;
    }
  }
}

}  // namespace analytics
