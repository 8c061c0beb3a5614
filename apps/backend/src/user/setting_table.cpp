#include "user/setting_table.hpp"

#include "core/json_writer.hpp"

#include "user/text_rules.hpp"

#include <algorithm>
#include <array>

namespace user {
namespace {

using Choices = std::array<std::string_view, 3>;

constexpr Choices kThemes = {"system", "light", "dark"};
constexpr std::array<std::string_view, 4> kBaseMaps = {"topographic", "satellite", "relief", "plain"};
constexpr std::array<std::string_view, 2> kNorth = {"north_up", "heading_up"};
constexpr Choices kRouteOrders = {"newest", "name", "grade"};
constexpr std::array<std::string_view, 2> kCoordinates = {"decimal", "degrees_minutes_seconds"};

constexpr auto kTable = std::to_array<SettingDefinition>({
    {.key = "appearance.theme",
     .type = SettingType::choice,
     .fallback = R"("system")",
     .choices = kThemes,
     .description = "Light or dark, or as the device has it."},
    {.key = "appearance.text_scale",
     .type = SettingType::number,
     .fallback = "1",
     .min = 0.8,
     .max = 2,
     .description = "Size of texts, times the usual one."},
    {.key = "appearance.reduce_motion",
     .type = SettingType::boolean,
     .fallback = "false",
     .description = "No animation where one can be left out."},
    {.key = "map.base",
     .type = SettingType::choice,
     .fallback = R"("topographic")",
     .choices = kBaseMaps,
     .description = "What lies under everything else on the map."},
    {.key = "map.orientation",
     .type = SettingType::choice,
     .fallback = R"("north_up")",
     .choices = kNorth,
     .description = "What is at the top of the map while moving."},
    {.key = "map.coordinates",
     .type = SettingType::choice,
     .fallback = R"("decimal")",
     .choices = kCoordinates,
     .description = "How positions are written."},
    {.key = "map.slope_layer",
     .type = SettingType::boolean,
     .fallback = "true",
     .description = "Shows how steep the ground is."},
    {.key = "map.slope_opacity",
     .type = SettingType::integer,
     .fallback = "60",
     .min = 10,
     .max = 100,
     .unit = "percent",
     .description = "How strongly the slope layer covers the map."},
    {.key = "map.danger_layer",
     .type = SettingType::boolean,
     .fallback = "true",
     .description = "Colours the zones by the danger of the official forecast."},
    {.key = "forecast.show_expired",
     .type = SettingType::boolean,
     .fallback = "false",
     .description = "Lists forecasts also when they no longer hold, marked as such."},
    {.key = "routes.order",
     .type = SettingType::choice,
     .fallback = R"("newest")",
     .choices = kRouteOrders,
     .description = "In which order routes are listed."},
    {.key = "routes.default_name",
     .type = SettingType::text,
     .fallback = R"("")",
     .min = 0,
     .max = 100,
     .description = "How a new route is called; empty: by its date."},
    {.key = "notifications.new_forecast",
     .type = SettingType::boolean,
     .fallback = "false",
     .description = "A message when a favourite zone has a new forecast."},
    {.key = "notifications.danger_raised",
     .type = SettingType::boolean,
     .fallback = "true",
     .description = "A message when the danger of a favourite zone rises."},
    {.key = "notifications.route_changed",
     .type = SettingType::boolean,
     .fallback = "true",
     .description = "A message when the grade of a saved route changes."},
    {.key = "notifications.evening_hour",
     .type = SettingType::integer,
     .fallback = "18",
     .min = 0,
     .max = 23,
     .unit = "hour of the day",
     .description = "When the summary of the favourite zones comes."},
    {.key = "tours.check_in_minutes",
     .type = SettingType::integer,
     .fallback = "60",
     .min = 15,
     .max = 720,
     .unit = "minutes",
     .description = "After the planned end of a tour, how long until it is asked whether you are back."},
    {.key = "privacy.analytics",
     .type = SettingType::boolean,
     .fallback = "false",
     .description = "Sends anonymous counts of what is used. Never a position."},
});

std::string range_of(const SettingDefinition& definition) {
  core::JsonWriter from;
  from.fixed(definition.min, 2);
  core::JsonWriter to;
  to.fixed(definition.max, 2);
  return "from " + from.str() + " to " + to.str();
}

std::string choices_of(const SettingDefinition& definition) {
  std::string text;
  for (const auto choice : definition.choices) text += (text.empty() ? "" : ", ") + std::string(choice);
  return text;
}

bool is_within(const SettingDefinition& definition, double number) {
  return number >= definition.min && number <= definition.max;
}

bool is_acceptable_text(const SettingDefinition& definition, std::string_view text) {
  Faults faults;
  check_text(
      definition.key, text,
      {.min = static_cast<std::size_t>(definition.min), .max = static_cast<std::size_t>(definition.max)},
      faults);
  return faults.empty();
}

}  // namespace

std::string_view to_string(SettingType type) {
  switch (type) {
    case SettingType::boolean:
      return "boolean";
    case SettingType::integer:
      return "integer";
    case SettingType::number:
      return "number";
    case SettingType::text:
      return "text";
    case SettingType::choice:
      return "choice";
  }
  return "text";
}

std::span<const SettingDefinition> setting_table() { return kTable; }

const SettingDefinition* find_setting(std::string_view key) {
  const auto* found = std::ranges::find(kTable, key, &SettingDefinition::key);
  return found == kTable.end() ? nullptr : found;
}

std::optional<std::string> fault_of(const SettingDefinition& definition, core::JsonView value) {
  switch (definition.type) {
    case SettingType::boolean:
      if (value.is_bool()) return std::nullopt;
      return "be true or false";
    case SettingType::integer:
      if (const auto number = value.integer(); number && is_within(definition, static_cast<double>(*number)))
        return std::nullopt;
      return "be a whole number " + range_of(definition);
    case SettingType::number:
      if (const auto number = value.number(); number && is_within(definition, *number)) return std::nullopt;
      return "be a number " + range_of(definition);
    case SettingType::text:
      if (const auto text = value.string(); text && is_acceptable_text(definition, *text))
        return std::nullopt;
      return "be a text of at most " + std::to_string(static_cast<int>(definition.max)) +
             " characters in one line";
    case SettingType::choice:
      if (const auto text = value.string(); text && std::ranges::count(definition.choices, *text) > 0)
        return std::nullopt;
      return "be one of: " + choices_of(definition);
  }
  return "be something else";
}

}  // namespace user
