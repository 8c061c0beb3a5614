// Whole answers, byte for byte. ASPECTAVY_UPDATE_GOLDEN=1 writes the files anew; read the diff before
// committing.

#include "grading/json.hpp"
#include "grading/receipt.hpp"
#include "grading/what_if.hpp"

#include "unit/grading/scene.hpp"
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace {

using namespace scene;  // NOLINT: the test's own vocabulary

const grading::Ruleset& rules() {
  static const grading::Ruleset loaded = grading::default_ruleset();
  return loaded;
}

void expect_golden(const std::string& name, const std::string& actual) {
  const std::string path = ASPECTAVY_TEST_DIR "/golden/grading/" + name;
  if (std::getenv("ASPECTAVY_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << actual;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  ASSERT_TRUE(file) << path << " is missing";
  std::ostringstream expected;
  expected << file.rdbuf();
  EXPECT_EQ(actual, expected.str());
}

/// A tour through a core zone, its outside, a void and ground outside every zone.
Scene mixed_tour() {
  auto in = zone({rating(DangerLevel::considerable)},
                 {problem(ProblemType::wind_slab, kNorthSide, 2000),
                  problem(ProblemType::persistent_weak_layers, kNorthSide, 2300)});
  in.forecast.center = "Test Centre";
  in.forecast.link = "https://example.org/forecast";
  Scene scene({{120, 12, 180, 1900},
               {22, 37, 190, 1950},
               {30, 24, 150, 1990},
               {18, 36.4F, 20, 2040},
               {6, 33.6F, 25, 2050},
               {9, 35.2F, 66, 2060},
               {35, 20, 45, 2080},
               {25, 38, 350, 2290},
               {25, 41, 352, 2310},
               {40, 10, -1, 2320},
               {15, 0, 0, 0, terrain::PieceState::no_elevation},
               {60, 25, 0, 2340, terrain::PieceState::known, 1}},
              in);
  scene.zone_sets = {{0}, {}};
  return scene;
}

void expect_answer(const std::string& name, const grading::Assessment& assessment) {
  expect_golden(name + ".json", grading::render_json(assessment) + "\n");
  expect_golden(name + ".txt", grading::render_table(assessment, "0123abcd"));
}

TEST(Golden, MixedTour) {
  auto scene = mixed_tour();
  expect_answer("mixed_tour", scene.assess(rules()));
}

TEST(Golden, GreenButClose) {
  Scene scene(ramp(45, 33), zone({rating(DangerLevel::considerable)}));
  expect_answer("green_but_close", scene.assess(rules()));
}

TEST(Golden, ExpiredForecast) {
  auto scene = mixed_tour();
  scene.zones[0].freshness = forecast::Freshness::expired;
  expect_answer("expired_forecast", scene.assess(rules()));
}

TEST(Golden, WhatIfHigh) {
  auto scene = mixed_tour();
  const auto input = scene.input();
  grading::WhatIfChoice choice;
  choice.level = Level::high;
  expect_answer("what_if_high",
                grading::assess_what_if({input.pieces, input.line, kNow, kDay}, choice, rules()));
}

TEST(Golden, Receipt) {
  auto scene = mixed_tour();
  const auto input = scene.input();
  const auto receipt = grading::make_receipt(input, rules(), grading::assess(input, rules()),
                                             {"1.0.0", {{"tirol-10m", std::string(64, '7')}}});
  expect_golden("receipt.json", grading::render_json(receipt) + "\n");
}

TEST(Golden, NoTextCallsAnythingSafe) {
  for (const char* name : {"mixed_tour", "green_but_close", "expired_forecast", "what_if_high"}) {
    for (const char* ending : {".json", ".txt"}) {
      std::ifstream file(std::string(ASPECTAVY_TEST_DIR "/golden/grading/") + name + ending);
      std::ostringstream text;
      text << file.rdbuf();
      ASSERT_FALSE(text.str().empty()) << name;
      EXPECT_EQ(text.str().find("safe"), std::string::npos) << name;
    }
  }
}

}  // namespace
