// Grades under a person's own danger: what they say, and what they can never do.

#include "grading/json.hpp"
#include "grading/receipt.hpp"

#include "unit/grading/random_scene.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace scene;  // NOLINT: the test's own vocabulary
using forecast::Overlay;

constexpr std::uint32_t kRounds = 3000;

const grading::Ruleset& rules() {
  static const grading::Ruleset loaded = grading::default_ruleset();
  return loaded;
}

Overlay everywhere(DangerLevel level) {
  Overlay overlay;
  overlay.bands = {level, level, level};
  return overlay;
}

Zone considerable() { return zone({rating(DangerLevel::considerable)}); }

grading::Assessment under_override(Scene& scene) {
  auto input = scene.input();
  input.kind = grading::AssessmentKind::overridden;
  return grading::assess(input, rules());
}

TEST(Override, GradesWithThePersonsLevelAndKeepsTheOfficialOneBesideIt) {
  Scene scene(ramp(50, 36), considerable());
  EXPECT_EQ(scene.assess(rules()).in_force.grade, Grade::red);
  scene.zones[0].overlay = everywhere(DangerLevel::moderate);
  const auto result = under_override(scene);
  EXPECT_EQ(result.in_force.grade, Grade::green);
  EXPECT_EQ(result.in_force.highest_level, Level::moderate);
  ASSERT_EQ(result.in_force.sections.size(), 1U);
  EXPECT_EQ(result.in_force.sections[0].official_level, DangerLevel::considerable);
  EXPECT_NE(result.in_force.sections[0].flags & static_cast<std::uint16_t>(grading::Flag::overridden), 0);
  const auto json = grading::render_json(result);
  EXPECT_THAT(json, testing::HasSubstr(R"("kind":"override")"));
  EXPECT_THAT(json, testing::HasSubstr(R"("overrideId":"override of ZONE-0")"));
}

TEST(Override, WithoutOneNothingIsSaidOfIt) {
  Scene scene(ramp(50, 36), considerable());
  const auto json = grading::render_json(scene.assess(rules()));
  EXPECT_THAT(json, testing::Not(testing::HasSubstr("verrid")));
}

TEST(Override, CannotRateWhatNoForecastRates) {
  for (const auto state : {RatingState::no_rating, RatingState::not_forecast, RatingState::unrecognised}) {
    Scene scene(ramp(50, 36), zone({no_rating(state), rating(DangerLevel::low)}));
    scene.zones[0].forecast.ratings[1].where.lower = metres(2500);
    for (const auto level : {DangerLevel::low, DangerLevel::extreme}) {
      scene.zones[0].overlay = everywhere(level);
      const auto result = under_override(scene).in_force;
      EXPECT_EQ(result.grade, Grade::unknown) << to_string(state);
      EXPECT_EQ(result.stretches.size(), 0U) << to_string(state);
    }
  }
}

TEST(Override, OfAnExpiredForecastCountsForNothing) {
  Scene scene(ramp(50, 36), considerable());
  scene.zones[0].overlay = everywhere(DangerLevel::low);
  scene.zones[0].forecast.expires_at = kNow;
  EXPECT_EQ(under_override(scene).in_force.grade, Grade::unknown);
}

TEST(Override, OfOneZoneLeavesAnOverlappingZoneAsItIs) {
  Scene scene(ramp(50, 36), considerable());
  scene.zones.push_back(considerable());
  scene.zone_sets = {{0, 1}};
  scene.zones[0].overlay = everywhere(DangerLevel::low);
  EXPECT_EQ(under_override(scene).in_force.grade, Grade::red);
}

TEST(Override, ChosenProblemsMakeModerateScaryOrPlain) {
  Scene scene(ramp(50, 36), zone({rating(DangerLevel::moderate)}, {problem(ProblemType::persistent_slab)}));
  EXPECT_EQ(scene.assess(rules()).in_force.grade, Grade::red);
  scene.zones[0].overlay.emplace();
  scene.zones[0].overlay->problems.emplace();
  EXPECT_EQ(under_override(scene).in_force.grade, Grade::green);
  scene.zones[0].forecast.problems[0].coverage_complete = false;
  EXPECT_EQ(under_override(scene).in_force.grade, Grade::red) << "a problem that cannot be placed stays";
  scene.zones[0].forecast.problems.clear();
  scene.zones[0].forecast.problems_stated = false;
  EXPECT_EQ(under_override(scene).in_force.grade, Grade::red) << "what is not stated stays unknown";
}

/// Any levels, borders and problems.
Overlay random_overlay(Dice& dice) {
  Overlay overlay;
  for (auto& band : overlay.bands) {
    if (!dice.one_in(3)) band = static_cast<DangerLevel>(1 + dice.below(5));
  }
  if (dice.one_in(3)) overlay.upper_begins_m = 2000 + 100 * static_cast<int>(dice.below(5));
  if (dice.one_in(4)) overlay.middle_begins_m = 1900;
  if (dice.one_in(2)) {
    overlay.problems.emplace();
    for (auto i = dice.below(3); i > 0; --i)
      overlay.problems->push_back({static_cast<ProblemType>(dice.below(14)), random_coverage(dice)});
  }
  return overlay;
}

/// At least the official level in each band, on every day and octant; the official problems, and perhaps
/// more.
Overlay raising_overlay(Dice& dice, const Zone& of) {
  auto overlay = random_overlay(dice);
  const auto facts = official_by_band(of.forecast, kDay, of.heights, overlay);
  for (std::size_t band = 0; band < 3; ++band) {
    if (overlay.bands[band]) overlay.bands[band] = std::max(overlay.bands[band], facts[band].highest);
  }
  if (!overlay.problems) return overlay;
  for (const auto& official : of.forecast.problems)
    overlay.problems->push_back({official.type, official.where});
  return overlay;
}

TEST(OverrideProperties, RaisingDangerIsNeverGreenerThanTheOfficialGrade) {
  int worse = 0;
  for (std::uint32_t seed = 0; seed < kRounds; ++seed) {
    auto scene = random_scene(seed);
    const auto official = scene.assess(rules()).in_force.grade;
    Dice dice(seed + 1);
    const auto zone = dice.below(2);
    scene.zones[zone].overlay = raising_overlay(dice, scene.zones[zone]);
    const auto own = under_override(scene).in_force.grade;
    ASSERT_GE(own, official) << "seed " << seed;
    worse += own > official ? 1 : 0;
  }
  EXPECT_GT(worse, static_cast<int>(kRounds) / 50) << "some of them raise a grade";
}

TEST(OverrideProperties, AnyDangerLeavesEveryUnknownPartAsItIs) {
  int unknown = 0;
  for (std::uint32_t seed = 0; seed < kRounds; ++seed) {
    auto scene = random_scene(seed);
    Dice dice(seed + 1);
    if (dice.one_in(3)) scene.zones[dice.below(2)].has_forecast = false;
    const auto official = scene.assess(rules()).in_force;
    for (auto& zone : scene.zones) zone.overlay = random_overlay(dice);
    const auto own = under_override(scene).in_force;
    ASSERT_EQ(own.unknown_codes, official.unknown_codes) << "seed " << seed;
    ASSERT_NEAR(own.unknown_m, official.unknown_m, 1e-9) << "seed " << seed;
    ASSERT_EQ(own.unknown.size(), official.unknown.size()) << "seed " << seed;
    unknown += official.unknown.empty() ? 0 : 1;
  }
  EXPECT_GT(unknown, static_cast<int>(kRounds) / 20);
}

TEST(OverrideProperties, TheGradesByLevelAloneDoNotKnowOfIt) {
  for (std::uint32_t seed = 0; seed < kRounds / 10; ++seed) {
    auto scene = random_scene(seed);
    const auto official = scene.assess(rules());
    Dice dice(seed);
    scene.zones[0].overlay = random_overlay(dice);
    const auto own = under_override(scene);
    for (std::size_t i = 0; i < grading::kLevelCount; ++i)
      EXPECT_EQ(own.levels[i].grade, official.levels[i].grade) << seed;
  }
}

/// Less knowledge may turn red into unknown, but nothing into something greener.
bool greener_after_loss(Grade before, Grade after) {
  const auto rank = [](Grade value) {
    return std::min(static_cast<int>(value), static_cast<int>(Grade::unknown));
  };
  return rank(after) < rank(before);
}

/// Such a rating, when it is lost, is missed on the other aspects too, with or without overrides.
bool closes_all_ground_by_aspect(const Scene& scene) {
  return std::ranges::any_of(scene.zones, [](const Zone& zone) {
    return std::ranges::any_of(zone.forecast.ratings, [](const forecast::Rating& rating) {
      return rating.where.aspects_stated && rating.level == DangerLevel::extreme;
    });
  });
}

TEST(OverrideProperties, LosingAnInputOfTheForecastIsNeverGreener) {
  using Loss = void (*)(Zone&, Dice&);
  const Loss losses[] = {
      [](Zone& zone, Dice&) { zone.has_forecast = false; },
      [](Zone& zone, Dice&) { zone.forecast.expires_at.reset(); },
      [](Zone& zone, Dice&) { zone.heights = {}; },
      [](Zone& zone, Dice& dice) {
        auto& ratings = zone.forecast.ratings;
        ratings.erase(ratings.begin() + dice.below(ratings.size()));
      },
      [](Zone& zone, Dice& dice) {
        auto& ratings = zone.forecast.ratings;
        auto& lost = ratings[dice.below(ratings.size())];
        lost.level.reset();
        lost.state = static_cast<RatingState>(1 + dice.below(8));
      },
      [](Zone& zone, Dice&) {
        zone.forecast.problems.clear();
        zone.forecast.problems_stated = false;
      },
      [](Zone& zone, Dice& dice) {
        auto& problems = zone.forecast.problems;
        if (!problems.empty()) problems[dice.below(problems.size())].coverage_complete = false;
      },
  };
  for (std::uint32_t seed = 0; seed < kRounds / 4; ++seed) {
    for (std::size_t loss = 0; loss < std::size(losses); ++loss) {
      auto scene = random_scene(seed);
      if (closes_all_ground_by_aspect(scene)) continue;
      Dice dice(seed + static_cast<std::uint32_t>(loss));
      for (auto& zone : scene.zones) zone.overlay = random_overlay(dice);
      const auto before = under_override(scene).in_force.grade;
      losses[loss](scene.zones[dice.below(2)], dice);
      const auto after = under_override(scene).in_force.grade;
      ASSERT_FALSE(greener_after_loss(before, after))
          << "seed " << seed << " loss " << loss << ": " << to_string(before) << " → " << to_string(after);
    }
  }
}

}  // namespace
