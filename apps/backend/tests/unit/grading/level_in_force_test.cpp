// Which level holds where: official rating, scary moderate, the one-level rule, overlaps, unknowns.

#include "unit/grading/scene.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace scene;  // NOLINT: the test's own vocabulary
using grading::Flag;
using grading::UnknownCode;

const grading::Ruleset& rules() {
  static const grading::Ruleset loaded = grading::default_ruleset();
  return loaded;
}

bool has(std::uint16_t flags, Flag flag) { return (flags & static_cast<std::uint16_t>(flag)) != 0; }

/// The one section of a line of one ground.
grading::Section section_of(const Zone& in, float aspect_deg, float elevation_m = 2200,
                            float slope_deg = 20) {
  Scene scene({{50, slope_deg, aspect_deg, elevation_m}}, in);
  return scene.assess(rules()).in_force.sections.at(0);
}

struct LevelCase {
  const char* name;
  Zone in;
  float aspect_deg;
  float elevation_m;
  std::optional<Level> level;
  int official;
  bool derived = false;
  bool problems_unknown = false;
};

class LevelInForce : public testing::TestWithParam<LevelCase> {};

TEST_P(LevelInForce, IsAsTheRulesSay) {
  const auto& c = GetParam();
  const auto section = section_of(c.in, c.aspect_deg, c.elevation_m);
  EXPECT_EQ(section.level, c.level);
  EXPECT_EQ(section.official_level ? static_cast<int>(*section.official_level) : 0, c.official);
  EXPECT_EQ(has(section.flags, Flag::derived_one_level_rule), c.derived);
  EXPECT_EQ(has(section.flags, Flag::problems_unknown), c.problems_unknown);
}

Zone with(Zone in, auto change) {
  change(in.forecast);
  return in;
}

Zone considerable_north() {
  return zone({rating(DangerLevel::considerable)}, {problem(ProblemType::wind_slab, kNorthSide, 2000)});
}

Zone moderate_persistent_north() {
  return zone({rating(DangerLevel::moderate)},
              {problem(ProblemType::persistent_weak_layers, kNorthSide, 2000)});
}

INSTANTIATE_TEST_SUITE_P(
    Table, LevelInForce,
    testing::Values(
        LevelCase{"low", zone({rating(DangerLevel::low)}), 0, 2200, Level::low, 1},
        LevelCase{"moderate", zone({rating(DangerLevel::moderate)}), 0, 2200, Level::moderate, 2},
        LevelCase{"considerable", zone({rating(DangerLevel::considerable)}), 0, 2200, Level::considerable, 3},
        LevelCase{"high", zone({rating(DangerLevel::high)}), 0, 2200, Level::high, 4},
        LevelCase{"extreme", zone({rating(DangerLevel::extreme)}), 0, 2200, Level::extreme, 5},
        LevelCase{"inside_core", considerable_north(), 0, 2200, Level::considerable, 3},
        LevelCase{"outside_core_by_aspect", considerable_north(), 180, 2200, Level::moderate, 3, true},
        LevelCase{"outside_core_by_height", considerable_north(), 0, 1800, Level::moderate, 3, true},
        LevelCase{"low_has_no_lower",
                  zone({rating(DangerLevel::low)}, {problem(ProblemType::wind_slab, kNorthSide, 2000)}), 180,
                  2200, Level::low, 1},
        LevelCase{"core_not_fully_read",
                  with(considerable_north(), [](auto& f) { f.problems[0].coverage_complete = false; }), 180,
                  2200, Level::considerable, 3},
        LevelCase{"no_problem_list",
                  with(considerable_north(), [](auto& f) { f.problems.clear(), f.problems_stated = false; }),
                  180, 2200, Level::considerable, 3},
        LevelCase{"no_problem_at_all", zone({rating(DangerLevel::considerable)}), 180, 2200,
                  Level::considerable, 3},
        LevelCase{"only_no_distinct_problem",
                  zone({rating(DangerLevel::considerable)},
                       {problem(ProblemType::no_distinct_problem, kNorthSide, 2000)}),
                  180, 2200, Level::considerable, 3},
        LevelCase{"rating_names_aspects",
                  with(considerable_north(), [](auto& f) { f.ratings[0].where.aspects_stated = true; }), 180,
                  2200, Level::considerable, 3},
        LevelCase{"north_american_scale",
                  with(considerable_north(), [](auto& f) { f.scale = forecast::Scale::north_american; }), 180,
                  2200, Level::considerable, 3},
        LevelCase{"problem_of_another_day",
                  with(considerable_north(), [](auto& f) { f.problems[0].day = core::add_days(kDay, 1); }),
                  180, 2200, Level::considerable, 3},
        LevelCase{"scary", moderate_persistent_north(), 0, 2200, Level::scary_moderate, 2},
        LevelCase{"moderate_outside_core", moderate_persistent_north(), 180, 2200, Level::low, 2, true},
        LevelCase{"wind_slab_is_not_scary",
                  zone({rating(DangerLevel::moderate)}, {problem(ProblemType::wind_slab)}), 0, 2200,
                  Level::moderate, 2},
        LevelCase{"persistent_slab",
                  zone({rating(DangerLevel::moderate)}, {problem(ProblemType::persistent_slab)}), 0, 2200,
                  Level::scary_moderate, 2},
        LevelCase{"deep_persistent_slab",
                  zone({rating(DangerLevel::moderate)}, {problem(ProblemType::deep_persistent_slab)}), 0,
                  2200, Level::scary_moderate, 2},
        LevelCase{"type_not_understood",
                  zone({rating(DangerLevel::moderate)}, {problem(ProblemType::unrecognised)}), 0, 2200,
                  Level::scary_moderate, 2},
        LevelCase{"scary_core_not_fully_read",
                  with(moderate_persistent_north(), [](auto& f) { f.problems[0].coverage_complete = false; }),
                  180, 2200, Level::scary_moderate, 2, false, true},
        LevelCase{"moderate_without_problem_list",
                  with(zone({rating(DangerLevel::moderate)}), [](auto& f) { f.problems_stated = false; }), 0,
                  2200, Level::scary_moderate, 2, false, true},
        LevelCase{"considerable_with_persistent_slab",
                  zone({rating(DangerLevel::considerable)}, {problem(ProblemType::persistent_slab)}), 0, 2200,
                  Level::considerable, 3}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(LevelInForceEdge, NearAnOctantEdgeBothOctantsCount) {
  // The core ends at the edge between NE and E, 67.5°.
  EXPECT_EQ(section_of(considerable_north(), 67).level, Level::considerable);
  EXPECT_EQ(section_of(considerable_north(), 72).level, Level::considerable);
  EXPECT_EQ(section_of(considerable_north(), 73).level, Level::moderate);
  EXPECT_EQ(section_of(considerable_north(), 288).level, Level::considerable);
  EXPECT_EQ(section_of(considerable_north(), 287).level, Level::moderate);
}

TEST(LevelInForceEdge, TheOfficialLevelOfOneOctantIsNotCalledDerived) {
  EXPECT_FALSE(has(section_of(considerable_north(), 68).flags, Flag::derived_one_level_rule));
  EXPECT_TRUE(has(section_of(considerable_north(), 112).flags, Flag::derived_one_level_rule));
}

TEST(LevelInForceEdge, GroundWithoutAspectTakesTheWorstOfAll) {
  EXPECT_EQ(section_of(considerable_north(), -1).level, Level::considerable);
  EXPECT_EQ(section_of(considerable_north(), 180, 2200, 4.9F).level, Level::considerable);
  EXPECT_EQ(section_of(considerable_north(), 180, 2200, 5).level, Level::moderate);
}

TEST(LevelInForceEdge, ExtremeOnOneAspectClosesAllGroundAtThatHeight) {
  auto north = rating(DangerLevel::extreme);
  north.where.aspects = kNorthSide;
  north.where.aspects_stated = true;
  auto rest = rating(DangerLevel::high);
  rest.where.aspects = static_cast<forecast::AspectMask>(~kNorthSide);
  rest.where.aspects_stated = true;
  const auto section = section_of(zone({north, rest}), 180, 2200, 10);
  EXPECT_EQ(section.level, Level::extreme);
  EXPECT_TRUE(has(section.flags, Flag::all_ground_closed));
}

TEST(LevelInForceEdge, AProblemOfAZonesOwnDayCountsWhereTheLineSpeaksOfAnotherDay) {
  auto tomorrow = moderate_persistent_north();
  tomorrow.day = core::add_days(kDay, 1);
  for (auto& rating : tomorrow.forecast.ratings) rating.day = *tomorrow.day;
  for (auto& problem : tomorrow.forecast.problems) problem.day = tomorrow.day;
  EXPECT_EQ(section_of(tomorrow, 0).level, Level::scary_moderate);
}

TEST(Overlap, TheHighestLevelWinsAndAllAreCited) {
  Scene scene(ramp(50, 36), zone({rating(DangerLevel::low)}));
  scene.zones.push_back(zone({rating(DangerLevel::considerable)}));
  scene.zone_sets = {{0, 1}};
  const auto result = scene.assess(rules());
  EXPECT_EQ(result.in_force.grade, Grade::red);
  ASSERT_EQ(result.in_force.stretches.size(), 1u);
  EXPECT_EQ(result.in_force.stretches[0].level, Level::considerable);
  EXPECT_THAT(result.in_force.stretches[0].zones, testing::ElementsAre(0, 1));
  EXPECT_TRUE(has(result.in_force.stretches[0].flags, Flag::overlapping_zones));
  EXPECT_EQ(result.zones.size(), 2u);
}

TEST(Overlap, TwoForecastsOfOneZoneThatDisagreeAreAConflict) {
  Scene scene(ramp(50, 36), zone({rating(DangerLevel::low)}));
  scene.zones.push_back(zone({rating(DangerLevel::considerable)}));
  scene.zone_sets = {{0, 1}};
  const auto flags = [&scene] {
    auto input = scene.input();
    std::vector<grading::ZoneInForce> zones(input.zones.begin(), input.zones.end());
    zones[1].zone_key = zones[0].zone_key;
    input.zones = zones;
    return grading::assess(input, rules()).in_force.sections.front().flags;
  };
  EXPECT_TRUE(has(flags(), Flag::conflicting_ratings));
  EXPECT_FALSE(has(flags(), Flag::overlapping_zones)) << "there is one zone";
  scene.zones[0].forecast.ratings[0].level = DangerLevel::considerable;
  EXPECT_FALSE(has(flags(), Flag::conflicting_ratings)) << "they agree";
}

TEST(Overlap, AnUnknownZoneMakesTheGroundUnknownUnlessTheOtherClosesIt) {
  Scene scene(ramp(50, 36), zone({rating(DangerLevel::low)}));
  scene.zones.push_back(zone({rating(DangerLevel::considerable)}));
  scene.zones[1].freshness = forecast::Freshness::expired;
  scene.zone_sets = {{0, 1}};
  EXPECT_EQ(scene.assess(rules()).in_force.grade, Grade::unknown);

  scene.zones[0] = zone({rating(DangerLevel::considerable)});
  const auto closed = scene.assess(rules()).in_force;
  EXPECT_EQ(closed.grade, Grade::red);
  EXPECT_EQ(closed.stretches[0].unknown, grading::bit(UnknownCode::forecast_expired));
}

struct UnknownCase {
  const char* name;
  UnknownCode code;
  void (*spoil)(Scene&);
};

class Unknown : public testing::TestWithParam<UnknownCase> {};

TEST_P(Unknown, IsNeverGreenAndSaysWhy) {
  Scene scene(ramp(50, 20), zone({rating(DangerLevel::low)}));
  ASSERT_EQ(scene.assess(rules()).in_force.grade, Grade::green);
  GetParam().spoil(scene);
  const auto result = scene.assess(rules()).in_force;
  EXPECT_EQ(result.grade, Grade::unknown);
  EXPECT_EQ(result.unknown_codes, grading::bit(GetParam().code)) << grading::to_string(GetParam().code);
  ASSERT_FALSE(result.unknown.empty());
  EXPECT_EQ(result.unknown[0].codes, grading::bit(GetParam().code));
  EXPECT_GT(result.unknown_m, 0);
}

template <RatingState State>
void rate(Scene& scene) {
  scene.zones[0].forecast.ratings = {no_rating(State)};
}
template <forecast::Freshness Value>
void freshen(Scene& scene) {
  scene.zones[0].freshness = Value;
}

INSTANTIATE_TEST_SUITE_P(
    Table, Unknown,
    testing::Values(
        UnknownCase{"expired", UnknownCode::forecast_expired, freshen<forecast::Freshness::expired>},
        UnknownCase{"off_season", UnknownCode::off_season, freshen<forecast::Freshness::off_season>},
        UnknownCase{"freshness_no_rating", UnknownCode::no_rating, freshen<forecast::Freshness::no_rating>},
        UnknownCase{"unavailable", UnknownCode::no_forecast, freshen<forecast::Freshness::unavailable>},
        UnknownCase{"called_current_but_expired", UnknownCode::forecast_expired,
                    [](Scene& scene) {
                      scene.zones[0].freshness = forecast::Freshness::current;
                      scene.zones[0].forecast.expires_at = kNow;
                    }},
        UnknownCase{"called_current_without_expiry", UnknownCode::forecast_expired,
                    [](Scene& scene) {
                      scene.zones[0].freshness = forecast::Freshness::current;
                      scene.zones[0].forecast.expires_at.reset();
                    }},
        UnknownCase{"called_current_without_forecast", UnknownCode::no_forecast,
                    [](Scene& scene) {
                      scene.zones[0].freshness = forecast::Freshness::current;
                      scene.zones[0].has_forecast = false;
                    }},
        UnknownCase{"no_forecast_at_all", UnknownCode::no_forecast,
                    [](Scene& scene) { scene.zones[0].has_forecast = false; }},
        UnknownCase{"state_no_rating", UnknownCode::no_rating, rate<RatingState::no_rating>},
        UnknownCase{"state_early_season", UnknownCode::early_season, rate<RatingState::early_season>},
        UnknownCase{"state_spring", UnknownCode::spring, rate<RatingState::spring>},
        UnknownCase{"state_no_snow", UnknownCode::no_snow, rate<RatingState::no_snow>},
        UnknownCase{"state_unrecognised", UnknownCode::unrecognised_value, rate<RatingState::unrecognised>},
        UnknownCase{
            "height_not_forecast", UnknownCode::not_forecast,
            [](Scene& scene) {
              scene.zones[0].forecast.ratings[0].where.lower = {forecast::ElevationBound::Kind::metres, 3000};
            }},
        UnknownCase{"outside_zones", UnknownCode::outside_zones,
                    [](Scene& scene) { scene.zone_sets = {{}}; }},
        UnknownCase{"void_terrain", UnknownCode::dem_gap,
                    [](Scene& scene) { scene.ground[1].state = terrain::PieceState::no_elevation; }},
        UnknownCase{"gap_in_the_line", UnknownCode::line_gap,
                    [](Scene& scene) { scene.ground[1].state = terrain::PieceState::line_gap; }},
        UnknownCase{
            "slope_not_a_number", UnknownCode::dem_gap,
            [](Scene& scene) { scene.ground[1].slope_deg = std::numeric_limits<float>::quiet_NaN(); }},
        UnknownCase{
            "elevation_not_a_number", UnknownCode::dem_gap,
            [](Scene& scene) { scene.ground[1].elevation_m = std::numeric_limits<float>::infinity(); }},
        UnknownCase{"one_small_void", UnknownCode::dem_gap,
                    [](Scene& scene) {
                      scene.ground[1].length_m = 0.5;
                      scene.ground[1].state = terrain::PieceState::no_elevation;
                    }}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(UnknownPrecedence, RedWinsOverUnknownAndUnknownOverOrange) {
  const auto grade = [](double no_go_m) {
    Scene scene(ramp(no_go_m, 36), zone({rating(DangerLevel::considerable)}));
    scene.ground.push_back({10, 20, 0, 2200, terrain::PieceState::no_elevation});
    return scene.assess(rules()).in_force.grade;
  };
  EXPECT_EQ(grade(41), Grade::red);
  EXPECT_EQ(grade(20), Grade::unknown);
  EXPECT_EQ(grade(5), Grade::unknown);
}

TEST(UnknownReasons, WhatHoldsAtEveryHeightIsToldOfUnknownGroundToo) {
  const auto codes = [](auto change) {
    Scene scene({{10, 20, 0, 2200, terrain::PieceState::no_elevation}}, zone({rating(DangerLevel::low)}));
    change(scene);
    return scene.assess(rules()).in_force.unknown_codes;
  };
  const auto dem_gap = grading::bit(UnknownCode::dem_gap);
  EXPECT_EQ(codes([](Scene&) {}), dem_gap);
  EXPECT_EQ(codes([](Scene& scene) { scene.zone_sets = {{}}; }),
            dem_gap | grading::bit(UnknownCode::outside_zones));
  EXPECT_EQ(codes([](Scene& scene) { scene.zones[0].freshness = forecast::Freshness::expired; }),
            dem_gap | grading::bit(UnknownCode::forecast_expired));
  EXPECT_EQ(codes([](Scene& scene) {
              scene.zones[0].forecast.ratings[0].where.lower = {forecast::ElevationBound::Kind::metres, 2000};
            }),
            dem_gap)
      << "whether the height is forecast depends on the height";
  EXPECT_EQ(codes([](Scene& scene) {
              scene.zone_sets = {{}};
              scene.ground[0].state = terrain::PieceState::line_gap;
            }),
            grading::bit(UnknownCode::line_gap))
      << "nobody knows where a gap led";
}

TEST(UnknownPrecedence, AMissingForecastLeavesTheGradesByLevel) {
  Scene scene(ramp(50, 36), zone({}));
  scene.zones[0].has_forecast = false;
  const auto result = scene.assess(rules());
  EXPECT_EQ(result.in_force.grade, Grade::unknown);
  EXPECT_EQ(result.levels[grading::index_of(Level::moderate)].grade, Grade::green);
  EXPECT_EQ(result.levels[grading::index_of(Level::considerable)].grade, Grade::red);
}

}  // namespace
