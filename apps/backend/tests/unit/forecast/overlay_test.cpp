// A person's danger laid over an official forecast.

#include "forecast/overlay.hpp"

#include "core/json.hpp"
#include "forecast/overlay_json.hpp"
#include "forecast/rating.hpp"

#include <gtest/gtest.h>

#include <random>

namespace {

using forecast::CellRating;
using forecast::DangerLevel;
using forecast::Forecast;
using forecast::Overlay;
using forecast::ProblemType;
using forecast::RatingState;
using forecast::RatingTable;
using Kind = forecast::ElevationBound::Kind;

const core::Day kDay = std::chrono::year(2026) / 4 / 13;
constexpr std::uint32_t kUpper = 0xFFU;
constexpr std::uint32_t kMiddle = 0xFF00U;

forecast::Rating rated(DangerLevel level) {
  forecast::Rating rating;
  rating.day = kDay;
  rating.level = level;
  rating.state = RatingState::rated;
  return rating;
}
forecast::Rating in_band(DangerLevel level, std::uint32_t rose) {
  auto rating = rated(level);
  rating.where.rose = rose;
  return rating;
}
forecast::Problem problem(ProblemType type) {
  forecast::Problem made;
  made.type = type;
  return made;
}

/// Upper considerable, middle moderate, lower not rated; bands begin at 2000 m and 1500 m.
Forecast by_bands() {
  Forecast forecast;
  forecast.ratings = {in_band(DangerLevel::considerable, kUpper), in_band(DangerLevel::moderate, kMiddle)};
  return forecast;
}
forecast::BandHeights borders() {
  forecast::BandHeights heights;
  heights.upper_begins = forecast::HeightRange{2000, 2000};
  heights.middle_begins = forecast::HeightRange{1500, 1500};
  return heights;
}
Overlay bands(std::optional<DangerLevel> upper, std::optional<DangerLevel> middle,
              std::optional<DangerLevel> lower) {
  Overlay overlay;
  overlay.bands = {upper, middle, lower};
  return overlay;
}
CellRating at(const Forecast& forecast, const Overlay& overlay, double elevation_m,
              const forecast::BandHeights& heights = borders()) {
  return RatingTable::build(forecast, kDay, heights, overlay).at(elevation_m, 0);
}

TEST(Overlay, TakesThePlaceOfTheBandsItNamesAndOfNoOther) {
  const auto overlay = bands(DangerLevel::low, std::nullopt, std::nullopt);
  const auto upper = at(by_bands(), overlay, 2500);
  EXPECT_EQ(upper.level, DangerLevel::low);
  EXPECT_EQ(upper.official, DangerLevel::considerable);
  EXPECT_TRUE(upper.overlaid);
  const auto middle = at(by_bands(), overlay, 1700);
  EXPECT_EQ(middle.level, DangerLevel::moderate);
  EXPECT_EQ(middle.official, DangerLevel::moderate);
  EXPECT_FALSE(middle.overlaid);
}

TEST(Overlay, LeavesUnknownWhatTheForecastLeavesUnknown) {
  const auto lower = at(by_bands(), bands(std::nullopt, std::nullopt, DangerLevel::low), 1000);
  EXPECT_EQ(lower.state, RatingState::not_forecast);
  EXPECT_EQ(lower.official, std::nullopt);
  EXPECT_EQ(lower.level, std::nullopt);
}

TEST(Overlay, CountsTheWorseSideWhereABorderIsNotKnown) {
  forecast::BandHeights heights = borders();
  heights.upper_begins = forecast::HeightRange{1900, 2100};
  const auto overlay = bands(DangerLevel::low, std::nullopt, std::nullopt);
  EXPECT_EQ(at(by_bands(), overlay, 2000, heights).level, DangerLevel::moderate)
      << "it may be the middle band";
  EXPECT_TRUE(at(by_bands(), overlay, 2000, heights).height_uncertain);
  EXPECT_EQ(at(by_bands(), overlay, 2200, heights).level, DangerLevel::low);
}

TEST(Overlay, MayBringBordersOfItsOwnAndThenReadsTheForecastAsBefore) {
  Forecast forecast;
  forecast.ratings = {rated(DangerLevel::moderate)};
  auto overlay = bands(DangerLevel::high, std::nullopt, std::nullopt);
  EXPECT_EQ(at(forecast, overlay, 1000, {}).level, DangerLevel::high) << "nobody knows where the band begins";
  overlay.upper_begins_m = 2200;
  EXPECT_EQ(at(forecast, overlay, 2300, {}).level, DangerLevel::high);
  EXPECT_EQ(at(forecast, overlay, 2100, {}).level, DangerLevel::moderate);
  // Official bands whose borders are not known are not told apart by a person's.
  overlay.bands = {DangerLevel::low, std::nullopt, std::nullopt};
  EXPECT_EQ(at(by_bands(), overlay, 2100, {}).level, DangerLevel::considerable);
}

TEST(Overlay, AChosenLevelCountsWhateverProblemsImply) {
  auto forecast = by_bands();
  forecast.problems = {problem(ProblemType::wind_slab)};
  forecast.problems[0].level_implied = DangerLevel::high;
  const auto cell = at(forecast, bands(DangerLevel::moderate, std::nullopt, std::nullopt), 2500);
  EXPECT_EQ(cell.level, DangerLevel::moderate);
  EXPECT_EQ(cell.official, DangerLevel::high);
  EXPECT_FALSE(cell.conflicting);
  EXPECT_EQ(at(forecast, bands(DangerLevel::moderate, std::nullopt, std::nullopt), 1700).level,
            DangerLevel::high);
}

TEST(Overlay, ChosenProblemsReplaceThoseThatCanBePlaced) {
  auto forecast = by_bands();
  forecast.problems = {problem(ProblemType::persistent_slab), problem(ProblemType::wind_slab)};
  forecast.problems[1].coverage_complete = false;
  Overlay overlay;
  overlay.problems = {{ProblemType::wet_loose, {}}};
  overlay.problems->front().where.lower = {Kind::metres, 2200};
  const auto counted = forecast::problems_under(forecast, overlay);
  ASSERT_EQ(counted.size(), 2U);
  EXPECT_EQ(counted[0].type, ProblemType::wind_slab);
  EXPECT_EQ(counted[1].type, ProblemType::wet_loose);
  EXPECT_EQ(at(forecast, overlay, 2500).problems, 0b11U);
  EXPECT_EQ(at(forecast, overlay, 2100).problems, 0b01U);
  EXPECT_FALSE(RatingTable::build(forecast, kDay, borders(), overlay).problems_complete());
  EXPECT_EQ(at(forecast, overlay, 2500).level, DangerLevel::considerable);
}

TEST(Overlay, TellsWhatIsOfficialInEachBand) {
  const auto facts = official_by_band(by_bands(), kDay, borders(), {});
  EXPECT_EQ(facts[0], (forecast::BandFacts{DangerLevel::considerable, true}));
  EXPECT_EQ(facts[1], (forecast::BandFacts{DangerLevel::moderate, true}));
  EXPECT_EQ(facts[2], (forecast::BandFacts{std::nullopt, false}));
}

TEST(OverlayJson, GivesBackWhatWasWritten) {
  Overlay overlay = bands(DangerLevel::low, std::nullopt, DangerLevel::extreme);
  overlay.middle_begins_m = 1400;
  overlay.problems.emplace();
  for (const auto& one : {overlay, Overlay{}, bands(DangerLevel::low, std::nullopt, std::nullopt)}) {
    const auto document = core::JsonDocument::parse(overlay_to_json(one));
    EXPECT_EQ(forecast::overlay_from_json(document.root()), one) << overlay_to_json(one);
  }
  overlay.problems->push_back({ProblemType::cornice, {}});
  overlay.problems->push_back({ProblemType::wet_slab, {}});
  overlay.problems->back().where.aspects = 0b101;
  overlay.problems->back().where.aspects_stated = true;
  overlay.problems->back().where.upper = {Kind::metres, 2000};
  const auto document = core::JsonDocument::parse(overlay_to_json(overlay));
  EXPECT_EQ(forecast::overlay_from_json(document.root()), overlay);
}

TEST(OverlayJson, RefusesWhatItDidNotWrite) {
  for (const char* text :
       {"{}", R"({"bands":{},"heights":null,"problems":null})",
        R"({"bands":{"upper":"awful","middle":null,"lower":null},"heights":null,"problems":null})",
        R"({"bands":{"upper":null,"middle":null,"lower":null},"heights":3,"problems":null})",
        R"({"bands":{"upper":null,"middle":null,"lower":null},"heights":null,"problems":[{"type":"x"}]})"}) {
    const auto document = core::JsonDocument::parse(text);
    EXPECT_EQ(forecast::overlay_from_json(document.root()), std::nullopt) << text;
  }
}

class Dice {
 public:
  explicit Dice(std::uint32_t seed) : engine_(seed) {}
  int below(int count) { return static_cast<int>(engine_() % static_cast<unsigned>(count)); }
  DangerLevel level() { return static_cast<DangerLevel>(1 + below(5)); }

 private:
  std::mt19937 engine_;
};

Forecast random_forecast(Dice& dice) {
  Forecast made;
  for (int i = 1 + dice.below(4); i > 0; --i) {
    auto rating = rated(dice.level());
    if (dice.below(3) == 0) rating.where.rose = 0xFFU << (8 * dice.below(3));
    if (dice.below(3) == 0) rating.where.lower = {Kind::treeline, 0};
    if (dice.below(4) == 0) rating.where.upper = {Kind::metres, 1500 + 100 * dice.below(10)};
    if (dice.below(8) == 0) rating.where.lower = {Kind::unrecognised, 0};
    made.ratings.push_back(rating);
  }
  return made;
}

TEST(OverlayProperty, NeverChangesAStateAndWithoutAnythingChosenNothing) {
  for (std::uint32_t seed = 0; seed < 400; ++seed) {
    Dice dice(seed);
    const auto forecast = random_forecast(dice);
    forecast::BandHeights heights;
    if (dice.below(2) == 0) heights = borders();
    if (dice.below(2) == 0) heights.treeline = forecast::HeightRange{1700, 1900};
    Overlay overlay;
    for (auto& band : overlay.bands) {
      if (dice.below(2) == 0) band = dice.level();
    }
    if (dice.below(3) == 0) overlay.upper_begins_m = 1800;
    if (dice.below(3) == 0) overlay.problems.emplace();
    const auto official = RatingTable::build(forecast, kDay, heights);
    const auto laid_over = RatingTable::build(forecast, kDay, heights, overlay);
    const auto untouched = RatingTable::build(forecast, kDay, heights, Overlay{});
    for (int elevation_m = 1000; elevation_m < 3000; elevation_m += 50) {
      const auto& before = official.at(elevation_m, 3);
      ASSERT_EQ(laid_over.at(elevation_m, 3).state, before.state) << seed << " at " << elevation_m;
      ASSERT_EQ(laid_over.at(elevation_m, 3).official, before.level) << seed << " at " << elevation_m;
      ASSERT_EQ(untouched.at(elevation_m, 3), before) << seed << " at " << elevation_m;
    }
  }
}

TEST(OverlayProperty, WhatIsAtLeastTheOfficialLevelNeverLowersOne) {
  for (std::uint32_t seed = 0; seed < 400; ++seed) {
    Dice dice(seed);
    const auto forecast = random_forecast(dice);
    const auto heights = dice.below(2) == 0 ? borders() : forecast::BandHeights{};
    Overlay overlay;
    const auto facts = official_by_band(forecast, kDay, heights, overlay);
    for (std::size_t band = 0; band < 3; ++band) {
      if (dice.below(2) == 0) continue;
      overlay.bands[band] = std::max(facts[band].highest.value_or(DangerLevel::low), dice.level());
    }
    const auto official = RatingTable::build(forecast, kDay, heights);
    const auto laid_over = RatingTable::build(forecast, kDay, heights, overlay);
    for (int elevation_m = 1000; elevation_m < 3000; elevation_m += 50) {
      ASSERT_GE(laid_over.at(elevation_m, 5).level, official.at(elevation_m, 5).level)
          << seed << " at " << elevation_m;
    }
  }
}

}  // namespace
