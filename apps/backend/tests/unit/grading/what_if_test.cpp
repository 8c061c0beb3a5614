#include "grading/what_if.hpp"

#include "core/error.hpp"
#include "grading/json.hpp"

#include "unit/grading/scene.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace scene;  // NOLINT: the test's own vocabulary
using testing::HasSubstr;

const grading::Ruleset& rules() {
  static const grading::Ruleset loaded = grading::default_ruleset();
  return loaded;
}

grading::Assessment ask(const grading::WhatIfChoice& choice, std::vector<Ground> ground) {
  Scene scene(std::move(ground), zone({}));
  const auto input = scene.input();
  return grading::assess_what_if({input.pieces, input.line, kNow, kDay}, choice, rules());
}

TEST(WhatIf, AUniformLevelGivesThatLevelsOwnGrade) {
  for (const float slope_deg : {10.F, 31.F, 36.F, 41.F}) {
    for (const Level level : grading::kLevels) {
      grading::WhatIfChoice choice;
      choice.level = level;
      const auto result = ask(choice, ramp(50, slope_deg));
      EXPECT_EQ(result.in_force.grade, result.levels[grading::index_of(level)].grade)
          << to_string(level) << " " << slope_deg;
      EXPECT_EQ(result.in_force.highest_level, level);
    }
  }
}

TEST(WhatIf, IsLabelledAndCitesNoForecast) {
  grading::WhatIfChoice choice;
  choice.level = Level::high;
  const auto result = ask(choice, ramp(50, 36));
  EXPECT_THAT(grading::render_json(result), HasSubstr(R"("kind":"what_if")"));
  EXPECT_THAT(grading::render_table(result, ""), HasSubstr("WHAT IF"));
  EXPECT_EQ(result.valid_until, std::nullopt);
  ASSERT_EQ(result.zones.size(), 1u);
  EXPECT_EQ(result.zones[0].forecast_id, "");
  EXPECT_EQ(result.zones[0].expires_at, std::nullopt);
}

TEST(WhatIf, BandsApplyByHeightAndAMissingBandIsUnknown) {
  grading::WhatIfChoice choice;
  choice.bands = {DangerLevel::high, DangerLevel::low, std::nullopt};
  choice.heights.upper_begins = forecast::HeightRange{2000, 2000};
  choice.heights.middle_begins = forecast::HeightRange{1500, 1500};
  EXPECT_EQ(ask(choice, ramp(50, 31, 0, 2100)).in_force.grade, Grade::red);
  EXPECT_EQ(ask(choice, ramp(50, 31, 0, 1800)).in_force.grade, Grade::green);
  EXPECT_EQ(ask(choice, ramp(50, 31, 0, 1200)).in_force.grade, Grade::unknown);
}

TEST(WhatIf, AChosenProblemMakesModerateScary) {
  grading::WhatIfChoice choice;
  choice.level = Level::moderate;
  EXPECT_EQ(ask(choice, ramp(50, 36)).in_force.grade, Grade::green);
  choice.problems.push_back({ProblemType::persistent_slab, {}});
  EXPECT_EQ(ask(choice, ramp(50, 36)).in_force.grade, Grade::red);
}

TEST(WhatIf, FaultsAreNamed) {
  const auto faults = [](const grading::WhatIfChoice& choice) {
    try {
      ask(choice, ramp(50, 36));
    } catch (const core::Error& error) {
      EXPECT_EQ(error.code(), "what_if.invalid");
      return error.fields().size();
    }
    return std::size_t{0};
  };
  grading::WhatIfChoice choice;
  EXPECT_EQ(faults(choice), 1u);
  choice.level = Level::low;
  choice.bands[0] = DangerLevel::low;
  choice.problems.resize(33);
  EXPECT_EQ(faults(choice), 2u);
}

}  // namespace
