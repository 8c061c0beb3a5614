#include "user/setting_table.hpp"

#include <gtest/gtest.h>

#include <set>

namespace {

std::string fault_of(std::string_view key, std::string_view json) {
  const auto document = core::JsonDocument::parse(json);
  return user::fault_of(*user::find_setting(key), document.root()).value_or("");
}

TEST(SettingTable, EveryRowIsCompleteAndItsDefaultAcceptable) {
  std::set<std::string_view> keys;
  for (const auto& definition : user::setting_table()) {
    EXPECT_TRUE(keys.insert(definition.key).second) << definition.key;
    EXPECT_LE(definition.key.size(), 64U);
    EXPECT_NE(definition.key.find('.'), std::string_view::npos) << definition.key;
    EXPECT_FALSE(definition.description.empty()) << definition.key;
    const bool ranges = definition.type == user::SettingType::integer ||
                        definition.type == user::SettingType::number ||
                        definition.type == user::SettingType::text;
    EXPECT_EQ(ranges, definition.min < definition.max) << definition.key;
    EXPECT_EQ(definition.type == user::SettingType::choice, !definition.choices.empty()) << definition.key;
    EXPECT_EQ(fault_of(definition.key, definition.fallback), "") << definition.key;
  }
}

TEST(SettingTable, ValuesAreHeldToTypeAndRange) {
  const std::pair<std::string_view, std::string_view> good[] = {
      {"map.slope_layer", "true"},
      {"map.slope_opacity", "10"},
      {"map.slope_opacity", "100"},
      {"appearance.text_scale", "1.25"},
      {"appearance.theme", R"("dark")"},
      {"routes.default_name", R"("")"},
      {"routes.default_name", R"("Tour ❄")"},
  };
  for (const auto& [key, json] : good) EXPECT_EQ(fault_of(key, json), "") << key << " " << json;

  const std::pair<std::string_view, std::string_view> bad[] = {
      {"map.slope_layer", "1"},         {"map.slope_layer", R"("true")"},
      {"map.slope_layer", "null"},      {"map.slope_opacity", "9"},
      {"map.slope_opacity", "101"},     {"map.slope_opacity", "50.5"},
      {"map.slope_opacity", R"("50")"}, {"appearance.text_scale", "0.79"},
      {"appearance.text_scale", "[]"},  {"appearance.theme", R"("pink")"},
      {"appearance.theme", R"("")"},    {"appearance.theme", "{}"},
      {"routes.default_name", "3"},     {"routes.default_name", R"("a\nb")"},
  };
  for (const auto& [key, json] : bad) EXPECT_NE(fault_of(key, json), "") << key << " " << json;
}

TEST(SettingTable, FaultsSayWhatIsAccepted) {
  EXPECT_EQ(fault_of("map.slope_opacity", "500"), "be a whole number from 10 to 100");
  EXPECT_EQ(fault_of("appearance.theme", "1"), "be one of: system, light, dark");
  EXPECT_EQ(user::find_setting("map"), nullptr);
}

}  // namespace
