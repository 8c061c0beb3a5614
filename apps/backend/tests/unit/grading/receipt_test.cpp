#include "grading/receipt.hpp"

#include "core/error.hpp"

#include "unit/grading/scene.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace scene;  // NOLINT: the test's own vocabulary

const grading::Ruleset& rules() {
  static const grading::Ruleset loaded = grading::default_ruleset();
  return loaded;
}

Scene example() {
  Scene scene(ramp(50, 36), zone({rating(DangerLevel::considerable)}));
  scene.zones[0].heights.treeline = forecast::HeightRange{1700, 1900};
  return scene;
}

grading::ReceiptContext context() { return {"1.2.3", {{"tirol-10m", std::string(64, '7')}}}; }

grading::OverrideRef an_override(const char* id) {
  grading::OverrideRef made{.id = id,
                            .zone_key = "ZONE-0",
                            .provider = "test",
                            .base_forecast_id = "forecast-0",
                            .set_at = kNow,
                            .ends_at = kNow + std::chrono::hours(3),
                            .danger = {}};
  made.danger.bands = {DangerLevel::high, DangerLevel::moderate, std::nullopt};
  made.danger.upper_begins_m = 2100;
  made.danger.problems = {{ProblemType::wind_slab, {}}};
  made.danger.problems->front().where.aspects = kNorthSide;
  made.danger.problems->front().where.aspects_stated = true;
  made.danger.problems->front().where.lower = {forecast::ElevationBound::Kind::metres, 2000};
  return made;
}

grading::Receipt receipt_of(Scene& scene, const grading::ReceiptContext& with = context()) {
  const auto input = scene.input();
  return grading::make_receipt(input, rules(), grading::assess(input, rules()), with);
}

std::vector<std::string> differing(const grading::Receipt& a, const grading::Receipt& b) {
  std::vector<std::string> fields;
  for (const auto& difference : grading::verify_receipt(a, b)) fields.push_back(difference.field);
  return fields;
}

TEST(Receipt, SameInputsGiveTheSameBytes) {
  Scene a = example();
  Scene b = example();
  EXPECT_EQ(render_json(receipt_of(a)), render_json(receipt_of(b)));
  EXPECT_EQ(receipt_id(receipt_of(a)), receipt_id(receipt_of(b)));
  EXPECT_THAT(differing(receipt_of(a), receipt_of(b)), testing::IsEmpty());
}

TEST(Receipt, SurvivesTheWayThroughJson) {
  Scene scene = example();
  auto with = context();
  for (const auto& overrides :
       {std::vector<grading::OverrideRef>{}, {an_override("0190")}, {an_override("a"), an_override("b")}}) {
    with.overrides = overrides;
    const auto receipt = receipt_of(scene, with);
    EXPECT_EQ(grading::parse_receipt(render_json(receipt)), receipt);
  }
  EXPECT_EQ(override_id(receipt_of(scene, with)), "a,b");
  EXPECT_EQ(override_id(receipt_of(scene)), std::nullopt);
}

TEST(Receipt, WithoutOverridesIsSilentAboutThem) {
  Scene scene = example();
  const auto text = render_json(receipt_of(scene));
  EXPECT_THAT(text, testing::HasSubstr("\"overrideId\":null,"));
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("\"overrides\"")));
}

TEST(Receipt, WhoseOverridesAreNotThoseItNamesIsNone) {
  Scene scene = example();
  auto with = context();
  with.overrides = {an_override("0190")};
  auto text = render_json(receipt_of(scene, with));
  text.replace(text.find("\"overrideId\":\"0190\""), 19, "\"overrideId\":\"0191\"");
  EXPECT_THROW(grading::parse_receipt(text), core::Error);
}

struct Tamper {
  const char* name;
  std::vector<std::string> fields;
  void (*change)(Scene&, grading::ReceiptContext&);
};

class ReceiptVerify : public testing::TestWithParam<Tamper> {};

TEST_P(ReceiptVerify, SaysWhichInputDiffers) {
  Scene before = example();
  Scene after = example();
  auto with = context();
  GetParam().change(after, with);
  EXPECT_EQ(differing(receipt_of(before), receipt_of(after, with)), GetParam().fields);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ReceiptVerify,
    testing::Values(
        Tamper{"slope_that_does_not_change_the_grade",
               {"piecesSha256", "assessmentSha256"},
               [](Scene& scene, auto&) { scene.ground[1].slope_deg = 37; }},
        Tamper{"gentle_slope",
               {"piecesSha256"},
               [](Scene& scene, auto&) { scene.ground[0].slope_deg = 15.01F; }},
        Tamper{"rating",
               {"assessmentSha256"},
               [](Scene& scene, auto&) { scene.zones[0].forecast.ratings[0].level = DangerLevel::high; }},
        Tamper{"heights",
               {"forecasts"},
               [](Scene& scene, auto&) { scene.zones[0].heights.treeline->to_m = 2000; }},
        Tamper{"freshness",
               {"forecasts", "assessmentSha256"},
               [](Scene& scene, auto&) { scene.zones[0].freshness = forecast::Freshness::expired; }},
        Tamper{"line",
               {"lineSha256", "piecesSha256", "assessmentSha256"},
               [](Scene& scene, auto&) { scene.ground[2].length_m = 31; }},
        Tamper{"terrain", {"terrain"}, [](Scene&, auto& with) { with.terrain[0].sha256[0] = '8'; }},
        Tamper{"engine", {"engineVersion"}, [](Scene&, auto& with) { with.engine_version = "1.2.4"; }},
        Tamper{"override", {"overrides"}, [](Scene&, auto& with) { with.overrides = {an_override("x")}; }}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(ReceiptParse, NamesEveryFault) {
  Scene scene = example();
  auto text = render_json(receipt_of(scene));
  const auto spoil = [&](std::string_view from, std::string_view to) {
    const auto at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
  };
  spoil("\"lineSha256\":\"", "\"lineSha256\":\"zz");
  spoil("\"day\":\"2026", "\"day\":\"20x6");
  spoil("\"treeline\":[1700,1900]", "\"treeline\":[1700]");
  try {
    grading::parse_receipt(text);
    FAIL() << "was accepted";
  } catch (const core::Error& error) {
    std::vector<std::string> paths;
    for (const auto& fault : error.fields()) paths.push_back(fault.path);
    EXPECT_THAT(paths, testing::UnorderedElementsAre("lineSha256", "day", "forecasts[0].heights.treeline"));
  }
}

TEST(ReceiptParse, RefusesOtherJson) {
  EXPECT_THROW(grading::parse_receipt("[]"), core::Error);
  EXPECT_THROW(grading::parse_receipt("{\"a\":1}"), core::Error);
}

}  // namespace
