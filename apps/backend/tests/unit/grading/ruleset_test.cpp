#include "grading/ruleset.hpp"

#include "core/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace {

using grading::Level;
using testing::Contains;
using testing::HasSubstr;

std::string default_text() {
  std::ifstream file(ASPECTAVY_REPO_DIR "/apps/backend/src/grading/rulesets/published_reduction_v1.json");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

std::vector<core::FieldError> faults_of(const std::string& text) {
  try {
    grading::parse_ruleset(text);
  } catch (const core::Error& error) {
    EXPECT_EQ(error.code(), "ruleset.invalid");
    return error.fields();
  }
  return {};
}

TEST(Ruleset, DefaultFollowsThePublishedTables) {
  const auto rules = grading::default_ruleset();
  EXPECT_EQ(rules.id, "published-reduction");
  EXPECT_EQ(rules.version, 1);
  EXPECT_EQ(rules.min_slope_deg[grading::index_of(Level::low)], std::nullopt);
  EXPECT_EQ(rules.min_slope_deg[grading::index_of(Level::moderate)], 40);
  EXPECT_EQ(rules.min_slope_deg[grading::index_of(Level::scary_moderate)], 35);
  EXPECT_EQ(rules.min_slope_deg[grading::index_of(Level::considerable)], 35);
  EXPECT_EQ(rules.min_slope_deg[grading::index_of(Level::high)], 30);
  EXPECT_EQ(rules.min_slope_deg[grading::index_of(Level::extreme)], 0);
  EXPECT_TRUE(rules.scary(forecast::ProblemType::persistent_slab));
  EXPECT_TRUE(rules.scary(forecast::ProblemType::unrecognised));
  EXPECT_FALSE(rules.scary(forecast::ProblemType::wind_slab));
  EXPECT_EQ(rules.orange_m, 12);
  EXPECT_EQ(rules.red_m, 40);
  EXPECT_TRUE(rules.one_level_rule.eaws);
  EXPECT_FALSE(rules.one_level_rule.north_american);
  EXPECT_THAT(rules.label, HasSubstr("not any app's unpublished numbers"));
}

TEST(Ruleset, IsFoundByIdAndVersion) {
  EXPECT_TRUE(grading::built_in_ruleset("published-reduction", 1));
  EXPECT_FALSE(grading::built_in_ruleset("published-reduction", 99));
  EXPECT_FALSE(grading::built_in_ruleset("other", 1));
}

TEST(Ruleset, HashIsOfTheContentNotOfItsLayout) {
  const auto text = default_text();
  const auto spread = replaced(text, "\"orange_m\": 12", "\n\n  \"orange_m\"  :12");
  EXPECT_EQ(grading::parse_ruleset(text).sha256, grading::parse_ruleset(spread).sha256);
  const auto other = replaced(text, "\"orange_m\": 12", "\"orange_m\": 13");
  EXPECT_NE(grading::parse_ruleset(text).sha256, grading::parse_ruleset(other).sha256);
}

struct Fault {
  const char* from;
  const char* to;
  const char* path;
  const char* code;
};

class RulesetFault : public testing::TestWithParam<Fault> {};

TEST_P(RulesetFault, IsNamed) {
  const auto& fault = GetParam();
  const auto found = faults_of(replaced(default_text(), fault.from, fault.to));
  EXPECT_THAT(found, Contains(testing::AllOf(testing::Field(&core::FieldError::path, fault.path),
                                             testing::Field(&core::FieldError::code, fault.code))));
}

INSTANTIATE_TEST_SUITE_P(
    Table, RulesetFault,
    testing::Values(
        Fault{"\"red_m\": 40", "\"red_m\": \"40\"", "lengths.red_m", "wrong_type"},
        Fault{"\"red_m\": 40", "\"red_m\": 4", "lengths.red_m", "not_monotone"},
        Fault{"\"red_m\": 40", "\"red_m\": 40, \"purple_m\": 90", "lengths.purple_m", "unknown_member"},
        Fault{"\"version\": 1", "\"version\": 0", "version", "out_of_range"},
        Fault{"\"version\": 1", "\"version\": 1.5", "version", "out_of_range"},
        Fault{"\"moderate\": {\"min_slope_deg\": 40}", "\"moderate\": {\"min_slope_deg\": 34}",
              "levels.scary_moderate.min_slope_deg", "not_monotone"},
        Fault{"\"high\": {\"min_slope_deg\": 30}", "\"high\": {\"min_slope_deg\": null}",
              "levels.high.min_slope_deg", "not_monotone"},
        Fault{"\"high\": {\"min_slope_deg\": 30}", "\"high\": {}", "levels.high.min_slope_deg", "wrong_type"},
        Fault{"\"high\": {\"min_slope_deg\": 30}", "\"high\": {\"min_slope_deg\": 91}",
              "levels.high.min_slope_deg", "out_of_range"},
        Fault{"\"deep_persistent_slab\"", "\"deep_slab\"", "scary_moderate.problem_types[1]", "not_accepted"},
        Fault{"[\"eaws\"]", "[\"asian\"]", "one_level_rule.scales[0]", "not_accepted"},
        Fault{"\"enabled\": true", "\"enabled\": 1", "one_level_rule.enabled", "wrong_type"},
        Fault{"\"smoothing_window_m\": null", "\"smoothing_window_m\": 50", "aspect.smoothing_window_m",
              "not_accepted"},
        Fault{"\"alpha_deg\": 24", "\"alpha_deg\": 2", "overhead.alpha_deg", "out_of_range"},
        Fault{"\"id\": \"published-reduction\"", "\"id\": \"\"", "id", "wrong_type"}));

TEST(Ruleset, ReportsAllFaultsAtOnce) {
  auto text = replaced(default_text(), "\"red_m\": 40", "\"red_m\": -1");
  text = replaced(text, "\"enabled\": true", "\"enabled\": null");
  text = replaced(text, "\"version\": 1", "\"version\": -1");
  EXPECT_GE(faults_of(text).size(), 3u);
}

TEST(Ruleset, AnEmptyObjectNamesEveryMissingPart) { EXPECT_GE(faults_of("{}").size(), 15u); }

TEST(Ruleset, AnythingButAnObjectIsRefused) {
  EXPECT_FALSE(faults_of("[]").empty());
  EXPECT_THROW(grading::parse_ruleset("{"), core::Error);
}

}  // namespace
