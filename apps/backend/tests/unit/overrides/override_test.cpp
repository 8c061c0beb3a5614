// When an override counts, and where it is below the official danger.

#include "overrides/override.hpp"

#include "core/json.hpp"

#include "overrides/lapse.hpp"
#include "overrides/official.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using forecast::DangerLevel;
using forecast::Overlay;
using forecast::ProblemType;
using overrides::Override;
using overrides::Standing;

const core::Timestamp kNow = *core::parse_time("2026-01-12T09:00:00Z");
const core::Day kToday = *core::parse_day("2026-01-12");
const core::Day kTomorrow = *core::parse_day("2026-01-13");

forecast::Zone zone_of(const char* key) {
  forecast::Zone zone;
  zone.key = key;
  zone.provider = "test";
  zone.name = "Zone of the test";
  zone.heights.upper_begins = forecast::HeightRange{2000, 2000};
  zone.heights.middle_begins = forecast::HeightRange{1500, 1500};
  zone.shape.parts.push_back({{{11, 47}, {12, 47}, {12, 48}, {11, 48}, {11, 47}}, {}});
  return zone;
}

forecast::Rating rating(core::Day day, DangerLevel level, std::uint32_t rose = 0xFFFFFF) {
  forecast::Rating made;
  made.day = day;
  made.level = level;
  made.state = forecast::RatingState::rated;
  made.where.rose = rose;
  return made;
}

forecast::Problem problem(ProblemType type) {
  forecast::Problem made;
  made.type = type;
  return made;
}

/// Considerable above 2000 m and moderate below it today, high tomorrow; a persistent slab.
forecast::Forecast bulletin() {
  forecast::Forecast made;
  made.provider = "test";
  made.zones = {"C/one"};
  made.time_zone = "UTC";
  made.issued_at = kNow - 3h;
  made.valid_from = kNow - 3h;
  made.expires_at = kNow + 30h;
  made.ratings = {rating(kToday, DangerLevel::considerable, 0xFF),
                  rating(kToday, DangerLevel::moderate, 0xFFFF00), rating(kTomorrow, DangerLevel::high)};
  made.problems = {problem(ProblemType::persistent_slab)};
  return made;
}

forecast::Conditions conditions(const std::vector<forecast::Forecast>& forecasts, core::Timestamp at = kNow) {
  forecast::ForecastBook book;
  book.zones =
      std::make_shared<const forecast::ZoneIndex>(std::vector{zone_of("C/one"), zone_of("C/two")}, kToday);
  for (const auto& one : forecasts) {
    book.forecasts.push_back({.id = "id-" + std::to_string(book.forecasts.size()),
                              .content_sha256 = std::string(64, 'a'),
                              .family = "",
                              .revision = 1,
                              .forecast = std::make_shared<const forecast::Forecast>(one)});
  }
  return {std::move(book), at};
}

Override an_override(const forecast::Conditions& based_on) {
  Override made;
  made.zone_key = "C/one";
  made.provider = "test";
  made.known_forecasts = overrides::find_zone(based_on, "C/one")->known_forecasts;
  made.set_at = kNow;
  made.ends_at = kNow + 2h;
  made.danger.bands = {DangerLevel::high, std::nullopt, std::nullopt};
  return made;
}

TEST(Standing, IsInForceUntilItsEndAndNotAtIt) {
  const auto now = conditions({bulletin()});
  const auto one = an_override(now);
  EXPECT_EQ(standing_of(one, now, kNow), Standing::in_force);
  EXPECT_EQ(standing_of(one, now, one.ends_at - 1s), Standing::in_force);
  EXPECT_EQ(standing_of(one, now, one.ends_at), Standing::ended);
}

TEST(Standing, LapsesWithAnotherForecastAlsoOneThatHasNotBegun) {
  const auto one = an_override(conditions({bulletin()}));
  auto newer = bulletin();
  newer.issued_at = kNow;
  EXPECT_EQ(standing_of(one, conditions({bulletin(), newer}), kNow), Standing::new_forecast);
  newer.valid_from = kNow + 10h;
  EXPECT_EQ(standing_of(one, conditions({bulletin(), newer}), kNow), Standing::new_forecast);
  newer.zones = {"C/two"};
  EXPECT_EQ(standing_of(one, conditions({bulletin(), newer}), kNow), Standing::in_force) << "of another zone";
}

TEST(Standing, LapsesWithItsForecastOrItsZone) {
  auto one = an_override(conditions({bulletin()}));
  EXPECT_EQ(standing_of(one, conditions({}), kNow), Standing::new_forecast);
  one.zone_key = "C/three";
  EXPECT_EQ(standing_of(one, conditions({bulletin()}), kNow), Standing::new_forecast);
  one.zone_key = "C/one";
  one.provider = "another";
  EXPECT_EQ(standing_of(one, conditions({bulletin()}), kNow), Standing::new_forecast);
}

TEST(Standing, OnlyThoseInForceAreLeft) {
  const auto now = conditions({bulletin()});
  auto over = an_override(now);
  over.ends_at = kNow;
  EXPECT_EQ(overrides::in_force({over, an_override(now)}, now, kNow).size(), 1U);
  const auto lapsed = overrides::find_lapsed(std::vector{over, an_override(now)}, now, kNow);
  ASSERT_EQ(lapsed.size(), 1U);
  EXPECT_EQ(lapsed[0].lapse.cause, Standing::ended);
  EXPECT_EQ(lapsed[0].shapes.size(), 1U);
}

struct LoweringCase {
  const char* name;
  Overlay danger;
  std::chrono::hours lasts;
  std::vector<std::string> lowered;  ///< paths
};

Overlay bands(std::optional<DangerLevel> upper, std::optional<DangerLevel> middle,
              std::optional<DangerLevel> lower) {
  Overlay made;
  made.bands = {upper, middle, lower};
  return made;
}

Overlay problems(std::vector<forecast::ChosenProblem> chosen) {
  Overlay made;
  made.problems = std::move(chosen);
  return made;
}

forecast::Coverage above(int metres) {
  forecast::Coverage where;
  where.lower = {forecast::ElevationBound::Kind::metres, metres};
  return where;
}

class Lowering : public testing::TestWithParam<LoweringCase> {};

TEST_P(Lowering, IsNamedValueByValue) {
  const auto now = conditions({bulletin()});
  const auto zone = overrides::find_zone(now, "C/one");
  std::vector<std::string> paths;
  for (const auto& fault : lowered_values(*zone, GetParam().danger, {kNow, kNow + GetParam().lasts}))
    paths.push_back(fault.path);
  EXPECT_EQ(paths, GetParam().lowered);
}

constexpr auto kLow = DangerLevel::low;
constexpr auto kModerate = DangerLevel::moderate;
constexpr auto kConsiderable = DangerLevel::considerable;

INSTANTIATE_TEST_SUITE_P(
    Table, Lowering,
    testing::Values(
        LoweringCase{"the_same", bands(kConsiderable, kModerate, kModerate), 2h, {}},
        LoweringCase{"higher", bands(DangerLevel::high, kConsiderable, std::nullopt), 2h, {}},
        LoweringCase{"one_band", bands(kModerate, kModerate, std::nullopt), 2h, {"bands.upper"}},
        LoweringCase{
            "every_band", bands(kModerate, kLow, kLow), 2h, {"bands.upper", "bands.middle", "bands.lower"}},
        LoweringCase{
            "below_tomorrow", bands(kConsiderable, std::nullopt, std::nullopt), 20h, {"bands.upper"}},
        LoweringCase{"no_problems", problems({}), 2h, {"problems"}},
        LoweringCase{"another_problem", problems({{ProblemType::wind_slab, {}}}), 2h, {"problems"}},
        LoweringCase{
            "a_confined_problem", problems({{ProblemType::persistent_slab, above(2200)}}), 2h, {"problems"}},
        LoweringCase{"one_more_problem",
                     problems({{ProblemType::wind_slab, above(2200)}, {ProblemType::persistent_slab, {}}}),
                     2h,
                     {}}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(Lowering, NamesBothValues) {
  const auto now = conditions({bulletin()});
  const auto zone = overrides::find_zone(now, "C/one");
  const auto lowered = lowered_values(*zone, bands(kLow, std::nullopt, std::nullopt), {kNow, kNow + 2h});
  ASSERT_EQ(lowered.size(), 1U);
  EXPECT_EQ(lowered[0].message, "is low; the official danger is considerable");
}

TEST(Lowering, AProblemThatCannotBePlacedIsNobodysToLeaveOut) {
  auto vague = bulletin();
  vague.problems[0].coverage_complete = false;
  const auto now = conditions({vague});
  const auto zone = overrides::find_zone(now, "C/one");
  EXPECT_THAT(lowered_values(*zone, problems({}), {kNow, kNow + 2h}), testing::IsEmpty());
}

TEST(OfficialZone, HoldsWhatIsInForceAndWhenItEnds) {
  const auto now = conditions({bulletin()});
  const auto zone = overrides::find_zone(now, "C/one");
  ASSERT_TRUE(zone);
  EXPECT_TRUE(is_rated(*zone));
  EXPECT_EQ(end_of_forecast(*zone), kNow + 30h);
  EXPECT_EQ(zone->known_forecasts, "id-0");
  EXPECT_FALSE(is_rated(*overrides::find_zone(now, "C/two"))) << "no forecast";
  EXPECT_FALSE(overrides::find_zone(now, "C/three"));
  const auto later = conditions({bulletin()}, kNow + 31h);
  EXPECT_FALSE(is_rated(*overrides::find_zone(later, "C/one"))) << "expired";
}

TEST(OfficialZone, IsWrittenDownForTheHistory) {
  const auto now = conditions({bulletin()});
  const auto zone = overrides::find_zone(now, "C/one");
  const auto document = core::JsonDocument::parse(official_json(*zone, {}, {kNow, kNow + 2h}));
  const auto root = document.root();
  EXPECT_EQ(root["forecasts"].at(0)["forecastId"].string(), "id-0");
  EXPECT_EQ(root["bands"]["upper"]["level"].string(), "considerable");
  EXPECT_EQ(root["bands"]["upper"]["complete"].boolean(), true);
  EXPECT_EQ(root["bands"]["lower"]["level"].string(), "moderate");
  EXPECT_EQ(root["days"].size(), 1U);
  EXPECT_EQ(root["problems"].at(0)["type"].string(), "persistent_slab");
  const auto longer = core::JsonDocument::parse(official_json(*zone, {}, {kNow, kNow + 20h}));
  EXPECT_EQ(longer.root()["days"].size(), 2U);
  EXPECT_EQ(longer.root()["bands"]["lower"]["level"].string(), "high");
}

TEST(ZoneIds, AreKeysThatAPathCanHold) {
  for (const char* key : {"AT-07-14-01", "NWAC/mt-hood"}) {
    const auto id = overrides::zone_id_of(key);
    EXPECT_EQ(id.find('/'), std::string::npos);
    EXPECT_EQ(overrides::zone_key_of(id), key);
  }
  EXPECT_EQ(overrides::zone_id_of("NWAC/mt-hood"), "NWAC~mt-hood");
}

}  // namespace
