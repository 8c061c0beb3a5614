// Colours by continuous length, stretches and their reasons, fragility.

#include "grading/grade.hpp"

#include "core/error.hpp"

#include "unit/grading/scene.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace scene;  // NOLINT: the test's own vocabulary
using grading::ChangeKind;

const grading::Ruleset& rules() {
  static const grading::Ruleset loaded = grading::default_ruleset();
  return loaded;
}

Zone considerable() { return zone({rating(DangerLevel::considerable)}); }

TEST(GradeOfLength, HasItsEdgesAtWholeMillimetres) {
  EXPECT_EQ(grading::grade_of_length(0, rules()), Grade::green);
  EXPECT_EQ(grading::grade_of_length(11.999, rules()), Grade::green);
  EXPECT_EQ(grading::grade_of_length(12, rules()), Grade::orange);
  EXPECT_EQ(grading::grade_of_length(39.999, rules()), Grade::orange);
  EXPECT_EQ(grading::grade_of_length(39.9999999, rules()), Grade::red);
  EXPECT_EQ(grading::grade_of_length(40, rules()), Grade::red);
}

struct GradeCase {
  const char* name;
  double length_m;
  float slope_deg;
  Grade in_force;
};

class GradeInForce : public testing::TestWithParam<GradeCase> {};

TEST_P(GradeInForce, FollowsTheLongestContinuousStretch) {
  Scene scene(ramp(GetParam().length_m, GetParam().slope_deg), considerable());
  EXPECT_EQ(scene.assess(rules()).in_force.grade, GetParam().in_force);
}

INSTANTIATE_TEST_SUITE_P(Table, GradeInForce,
                         testing::Values(GradeCase{"gentle", 500, 34.9F, Grade::green},
                                         GradeCase{"at_the_limit", 40, 35, Grade::red},
                                         GradeCase{"float_just_below_the_limit", 40, 34.99999F, Grade::red},
                                         GradeCase{"long", 40, 36, Grade::red},
                                         GradeCase{"middling", 39.9, 36, Grade::orange},
                                         GradeCase{"just_orange", 12, 36, Grade::orange},
                                         GradeCase{"short_one", 11.9, 36, Grade::green}),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(Grade, StretchesThatAreInterruptedDoNotAddUp) {
  std::vector<Ground> ground;
  for (int i = 0; i < 20; ++i) {
    ground.push_back({11, 38, 0, 2200});
    ground.push_back({0.5, 20, 0, 2200});
  }
  Scene scene(ground, considerable());
  const auto in_force = scene.assess(rules()).in_force;
  EXPECT_EQ(in_force.grade, Grade::green);
  EXPECT_EQ(in_force.stretches.size(), 20u);
  EXPECT_NEAR(in_force.no_go_m, 220, 1e-6);
}

TEST(Grade, AStretchGoesOnAcrossPiecesLegsAndLevels) {
  auto high_up = rating(DangerLevel::high);
  high_up.where.lower = {forecast::ElevationBound::Kind::metres, 2300};
  auto below = rating(DangerLevel::considerable);
  below.where.upper = {forecast::ElevationBound::Kind::metres, 2300};
  Scene scene({}, zone({high_up, below}));
  for (int i = 0; i < 5; ++i) scene.ground.push_back({8.5, 36, 0, static_cast<float>(2280 + 10 * i)});
  const auto in_force = scene.assess(rules()).in_force;
  ASSERT_EQ(in_force.stretches.size(), 1u);
  EXPECT_EQ(in_force.grade, Grade::red);
  EXPECT_EQ(in_force.stretches[0].level, Level::high);
  EXPECT_EQ(in_force.sections.size(), 2u);
}

TEST(Grade, EveryLevelIsGradedBySlopeAlone) {
  Scene scene(ramp(50, 36), zone({rating(DangerLevel::low)}));
  const auto result = scene.assess(rules());
  const std::array<Grade, 6> expected = {Grade::green, Grade::green, Grade::red,
                                         Grade::red,   Grade::red,   Grade::red};
  for (const Level level : grading::kLevels) {
    EXPECT_EQ(result.levels[grading::index_of(level)].grade, expected[grading::index_of(level)])
        << to_string(level);
  }
  EXPECT_EQ(result.in_force.grade, Grade::green);
}

TEST(Grade, AStretchSaysWhereAndWhy) {
  Scene scene({{30, 15, 0, 2200}, {25, 36, 10, 2210}, {25, 40, 40, 2230}, {30, 15, 0, 2240}},
              zone({rating(DangerLevel::considerable)}, {problem(ProblemType::wind_slab)}));
  const auto result = scene.assess(rules());
  ASSERT_EQ(result.in_force.stretches.size(), 1u);
  const auto& stretch = result.in_force.stretches[0];
  EXPECT_NEAR(stretch.span.from_m, 30, 1e-9);
  EXPECT_NEAR(stretch.span.to_m, 80, 1e-9);
  // Web-Mercator units at 47° N are longer than metres by about 1 / cos 47°.
  EXPECT_NEAR(stretch.span.mercator_m, 50 / std::cos(47 * M_PI / 180), 0.5);
  EXPECT_NEAR(stretch.slope_max_deg, 40, 1e-3);
  EXPECT_NEAR(stretch.slope_mean_deg, 38, 1e-3);
  EXPECT_EQ(stretch.elevation_min_m, 2210);
  EXPECT_EQ(stretch.elevation_max_m, 2230);
  EXPECT_EQ(stretch.aspects, 0b11);
  EXPECT_EQ(stretch.problem_types, 1u << static_cast<unsigned>(ProblemType::wind_slab));
  EXPECT_EQ(stretch.official_level, DangerLevel::considerable);
  EXPECT_EQ(result.valid_until, kNow + std::chrono::hours(8));
  // From inside the first leg, over the vertex between the legs, to the end of the first leg.
  ASSERT_EQ(stretch.geometry.size(), 2u);
  EXPECT_NEAR(stretch.geometry[0].lat_deg, 47 + 30 / 111'180.0, 1e-7);
  EXPECT_NEAR(stretch.geometry[1].lat_deg, 47 + 80 / 111'180.0, 1e-7);
}

TEST(Grade, ALineWithoutLengthIsUnknown) {
  Scene scene({}, considerable());
  grading::Input input = scene.input();
  const geo::Line point{{{11, 47}, {11, 47}}, {}, ""};
  input.line = &point;
  const auto result = grading::assess(input, rules());
  EXPECT_EQ(result.in_force.grade, Grade::unknown);
  EXPECT_EQ(result.in_force.unknown_codes, grading::bit(grading::UnknownCode::line_gap));
  for (const auto& level : result.levels) EXPECT_EQ(level.grade, Grade::unknown);
}

struct BadInput {
  const char* name;
  void (*spoil)(std::vector<terrain::LinePiece>&, std::vector<std::uint16_t>&);
};

class InputCheck : public testing::TestWithParam<BadInput> {};

TEST_P(InputCheck, RefusesContradictions) {
  Scene scene(ramp(50, 36), considerable());
  grading::Input input = scene.input();
  std::vector<terrain::LinePiece> pieces(input.pieces.begin(), input.pieces.end());
  std::vector<std::uint16_t> sets(input.piece_zone_set.begin(), input.piece_zone_set.end());
  GetParam().spoil(pieces, sets);
  input.pieces = pieces;
  input.piece_zone_set = sets;
  EXPECT_THROW(grading::assess(input, rules()), core::Error);
}

INSTANTIATE_TEST_SUITE_P(
    Table, InputCheck,
    testing::Values(BadInput{"hole", [](auto& pieces, auto&) { pieces[1].from_m += 1; }},
                    BadInput{"backwards", [](auto& pieces, auto&) { pieces[2].to_m = 0; }},
                    BadInput{"not_a_number", [](auto& pieces, auto&) { pieces[2].to_m = std::nan(""); }},
                    BadInput{"leg_that_is_not_there", [](auto& pieces, auto&) { pieces[2].leg = 7; }},
                    BadInput{"zone_set_that_is_not_there", [](auto&, auto& sets) { sets[1] = 9; }},
                    BadInput{"sets_do_not_match", [](auto&, auto& sets) { sets.pop_back(); }},
                    BadInput{"start_is_missing",
                             [](auto& pieces, auto& sets) {
                               pieces.erase(pieces.begin());
                               sets.pop_back();
                             }},
                    BadInput{"end_is_missing",
                             [](auto& pieces, auto& sets) {
                               pieces.pop_back();
                               sets.pop_back();
                             }}),
    [](const auto& test) { return std::string(test.param.name); });

grading::Fragility fragility_of(std::vector<Ground> ground, Zone in) {
  Scene scene(std::move(ground), std::move(in));
  return scene.assess(rules()).in_force.fragility;
}

const grading::Change* find(const grading::Fragility& fragility, ChangeKind kind) {
  for (const auto& change : fragility.changes) {
    if (change.kind == kind) return &change;
  }
  return nullptr;
}

TEST(Fragility, GreenButTwoDegreesFromRed) {
  const auto fragility = fragility_of(ramp(50, 33), considerable());
  EXPECT_NEAR(fragility.slope_to_red_deg.value(), 2.0, 1e-9);
  EXPECT_NEAR(fragility.slope_to_orange_deg.value(), 2.0, 1e-9);
  ASSERT_FALSE(fragility.changes.empty());
  EXPECT_EQ(fragility.changes[0].kind, ChangeKind::slope);
  EXPECT_EQ(fragility.changes[0].to, Grade::red);
  EXPECT_NEAR(fragility.changes[0].where.from_m, 30, 1e-9);
}

TEST(Fragility, OrangeFirstThenRed) {
  const auto fragility = fragility_of({{20, 20}, {20, 34}, {25, 32}, {20, 20}}, considerable());
  EXPECT_NEAR(fragility.slope_to_orange_deg.value(), 1.2, 1e-9);
  EXPECT_NEAR(fragility.slope_to_red_deg.value(), 3.2, 1e-9);
}

TEST(Fragility, NothingWithinTheUsualErrorMeansNoMargin) {
  const auto fragility = fragility_of(ramp(50, 20), considerable());
  EXPECT_EQ(fragility.slope_to_red_deg, std::nullopt);
  EXPECT_TRUE(fragility.changes.empty());
}

TEST(Fragility, OneLevelMore) {
  const auto fragility = fragility_of(ramp(50, 36), zone({rating(DangerLevel::moderate)}));
  const auto* danger = find(fragility, ChangeKind::danger);
  ASSERT_NE(danger, nullptr);
  EXPECT_EQ(danger->to, Grade::red);
  EXPECT_EQ(danger->amount, 1);
}

TEST(Fragility, OneOctantOffEntersTheCore) {
  const auto in =
      zone({rating(DangerLevel::considerable)}, {problem(ProblemType::wind_slab, kNorthSide, 2000)});
  EXPECT_NE(find(fragility_of(ramp(50, 36, 90), in), ChangeKind::aspect), nullptr);
  EXPECT_EQ(find(fragility_of(ramp(50, 36, 180), in), ChangeKind::aspect), nullptr);
}

TEST(Fragility, AHundredMetresUpEntersTheCore) {
  const auto in =
      zone({rating(DangerLevel::considerable)}, {problem(ProblemType::wind_slab, kNorthSide, 2000)});
  EXPECT_NE(find(fragility_of(ramp(50, 36, 0, 1920), in), ChangeKind::elevation), nullptr);
  EXPECT_EQ(find(fragility_of(ramp(50, 36, 0, 1880), in), ChangeKind::elevation), nullptr);
}

TEST(Fragility, AThinBeltWithinReachIsSeen) {
  auto belt = rating(DangerLevel::high);
  belt.where.lower = {forecast::ElevationBound::Kind::metres, 2040};
  belt.where.upper = {forecast::ElevationBound::Kind::metres, 2060};
  const auto fragility = fragility_of(ramp(50, 32, 0, 1990), zone({rating(DangerLevel::low), belt}));
  EXPECT_NE(find(fragility, ChangeKind::elevation), nullptr);
}

TEST(Fragility, OfAStretchTellsWhatMakesThatStretchWorse) {
  Scene scene({{30, 15}, {20, 36}, {25, 34}, {30, 15}, {50, 36}, {30, 15}}, considerable());
  const auto in_force = scene.assess(rules()).in_force;
  ASSERT_EQ(in_force.stretches.size(), 2u);
  EXPECT_EQ(in_force.grade, Grade::red);
  EXPECT_TRUE(in_force.fragility.changes.empty());
  EXPECT_EQ(in_force.stretches[0].grade, Grade::orange);
  EXPECT_NEAR(in_force.stretches[0].fragility.slope_to_red_deg.value(), 1.2, 1e-9);
  EXPECT_TRUE(in_force.stretches[1].fragility.changes.empty());
}

}  // namespace
