#include "forecast/rating.hpp"

#include <gtest/gtest.h>

#include <random>

namespace {

using forecast::BandHeights;
using forecast::CellRating;
using forecast::Coverage;
using forecast::DangerLevel;
using forecast::ElevationBound;
using forecast::Forecast;
using forecast::HeightRange;
using forecast::Period;
using forecast::Problem;
using forecast::ProblemType;
using forecast::Rating;
using forecast::RatingState;
using forecast::RatingTable;
using Kind = ElevationBound::Kind;

const core::Day kDay = std::chrono::year(2026) / 4 / 13;
constexpr int kNorth = 0;

ElevationBound metres(int value) { return {Kind::metres, value}; }
ElevationBound treeline() { return {Kind::treeline, 0}; }

Rating rated(DangerLevel level, Coverage where = {}, Period period = Period::all_day) {
  Rating rating;
  rating.day = kDay;
  rating.period = period;
  rating.where = where;
  rating.level = level;
  rating.state = RatingState::rated;
  return rating;
}

Rating unrated(RatingState state, Coverage where = {}) {
  Rating rating;
  rating.day = kDay;
  rating.where = where;
  rating.state = state;
  return rating;
}

Coverage above(ElevationBound bound) { return {.lower = bound, .upper = {}, .rose = {}}; }
Coverage below(ElevationBound bound) { return {.lower = {}, .upper = bound, .rose = {}}; }
Coverage rose(std::uint32_t cells) { return {.lower = {}, .upper = {}, .rose = cells}; }

Forecast with(std::vector<Rating> ratings) {
  Forecast forecast;
  forecast.ratings = std::move(ratings);
  return forecast;
}

CellRating at(const Forecast& forecast, double elevation_m, const BandHeights& heights = {},
              int octant = kNorth) {
  return RatingTable::build(forecast, kDay, heights).at(elevation_m, octant);
}

TEST(Rating, AppliesBetweenItsBoundsInclusive) {
  const auto forecast = with({rated(DangerLevel::moderate, below(metres(2500))),
                              rated(DangerLevel::considerable, above(metres(2500)))});

  EXPECT_EQ(at(forecast, 2499.9).level, DangerLevel::moderate);
  EXPECT_EQ(at(forecast, 2500).level, DangerLevel::considerable);
  EXPECT_EQ(at(forecast, 2500.1).level, DangerLevel::considerable);
  EXPECT_FALSE(at(forecast, 2500).conflicting);
  EXPECT_FALSE(at(forecast, 2500).height_uncertain);
}

TEST(Rating, AppliesOnItsAspectsOnly) {
  auto north = rated(DangerLevel::high);
  north.where.aspects = 0b1;
  north.where.aspects_stated = true;
  const auto forecast = with({north});

  EXPECT_EQ(at(forecast, 2000, {}, 0).level, DangerLevel::high);
  EXPECT_TRUE(at(forecast, 2000, {}, 0).aspects_stated);
  EXPECT_EQ(at(forecast, 2000, {}, 4).state, RatingState::not_forecast);
  EXPECT_EQ(at(forecast, 2000, {}, 4).level, std::nullopt);
}

TEST(Rating, NothingSaidIsNeverLow) {
  EXPECT_EQ(at(with({}), 2000).state, RatingState::no_forecast);
  Forecast summer = with({});
  summer.off_season = true;
  EXPECT_EQ(at(summer, 2000).state, RatingState::off_season);
  auto other_day = rated(DangerLevel::low);
  other_day.day = core::add_days(kDay, 1);
  EXPECT_EQ(at(with({other_day}), 2000).state, RatingState::no_forecast);
}

TEST(Rating, DayIsTheWorstOfItsParts) {
  const auto forecast = with(
      {rated(DangerLevel::low, {}, Period::earlier), rated(DangerLevel::considerable, {}, Period::later)});

  EXPECT_EQ(at(forecast, 2000).level, DangerLevel::considerable);
  EXPECT_EQ(at(forecast, 2000).state, RatingState::rated);
  EXPECT_FALSE(at(forecast, 2000).conflicting);
}

TEST(Rating, AnUnratedHalfOfTheDayLeavesTheDayUnknown) {
  const auto forecast = with({rated(DangerLevel::low, {}, Period::earlier),
                              rated(DangerLevel::considerable, below(metres(2400)), Period::later)});

  EXPECT_EQ(at(forecast, 2000).state, RatingState::rated);
  EXPECT_EQ(at(forecast, 2600).state, RatingState::not_forecast);
}

TEST(Rating, ContradictionsKeepTheMaximumAndAreFlagged) {
  const auto forecast =
      with({rated(DangerLevel::high, below(metres(2500))),
            rated(DangerLevel::considerable, above(metres(2500))), rated(DangerLevel::low)});

  EXPECT_EQ(at(forecast, 2000).level, DangerLevel::high);
  EXPECT_EQ(at(forecast, 2600).level, DangerLevel::considerable);
  EXPECT_TRUE(at(forecast, 2000).conflicting);
  EXPECT_TRUE(at(forecast, 2600).conflicting);
}

TEST(Rating, AnUnusableRatingBesideAUsableOneIsUnknown) {
  const auto forecast = with({rated(DangerLevel::considerable), unrated(RatingState::unrecognised)});

  EXPECT_EQ(at(forecast, 2000).state, RatingState::unrecognised);
  EXPECT_EQ(at(forecast, 2000).level, DangerLevel::considerable);
}

TEST(Rating, WorstStateFollowsThePrecedence) {
  const auto state = [](RatingState a, RatingState b) {
    return at(with({unrated(a), unrated(b)}), 2000).state;
  };

  EXPECT_EQ(state(RatingState::no_rating, RatingState::off_season), RatingState::off_season);
  EXPECT_EQ(state(RatingState::no_forecast, RatingState::unrecognised), RatingState::no_forecast);
  EXPECT_EQ(state(RatingState::unrecognised, RatingState::no_rating), RatingState::unrecognised);
  EXPECT_EQ(state(RatingState::not_forecast, RatingState::no_rating), RatingState::no_rating);
}

TEST(Rating, TreelineInsideItsRangeTakesBothSides) {
  const auto forecast =
      with({rated(DangerLevel::low, below(treeline())), rated(DangerLevel::high, above(treeline()))});
  BandHeights heights;
  heights.treeline = HeightRange{1600, 2200};

  EXPECT_EQ(at(forecast, 1500, heights).level, DangerLevel::low);
  EXPECT_FALSE(at(forecast, 1500, heights).height_uncertain);
  EXPECT_EQ(at(forecast, 1900, heights).level, DangerLevel::high);
  EXPECT_EQ(at(forecast, 1900, heights).state, RatingState::rated);
  EXPECT_TRUE(at(forecast, 1900, heights).height_uncertain);
  EXPECT_EQ(at(forecast, 2300, heights).level, DangerLevel::high);
  EXPECT_FALSE(at(forecast, 2300, heights).height_uncertain);
}

TEST(Rating, UnknownTreelineIsUncertainEverywhere) {
  const auto forecast =
      with({rated(DangerLevel::low, below(treeline())), rated(DangerLevel::high, above(treeline()))});

  for (const double elevation_m : {-100.0, 500.0, 4000.0}) {
    EXPECT_EQ(at(forecast, elevation_m).level, DangerLevel::high);
    EXPECT_TRUE(at(forecast, elevation_m).height_uncertain);
  }
}

TEST(Rating, OneSidedTreelineLeavesTheUncertainPartUnknown) {
  BandHeights heights;
  heights.treeline = HeightRange{1600, 2200};
  const auto forecast = with({rated(DangerLevel::moderate, above(treeline()))});

  EXPECT_EQ(at(forecast, 1900, heights).state, RatingState::not_forecast);
  EXPECT_EQ(at(forecast, 2300, heights).state, RatingState::rated);
}

TEST(Rating, BandsFollowTheirHeights) {
  const auto forecast =
      with({rated(DangerLevel::high, rose(0x0000FF)), rated(DangerLevel::considerable, rose(0x00FF00)),
            rated(DangerLevel::low, rose(0xFF0000))});
  BandHeights heights;
  heights.upper_begins = HeightRange{2500, 2600};
  heights.middle_begins = HeightRange{2000, 2000};

  EXPECT_EQ(at(forecast, 1999, heights).level, DangerLevel::low);
  EXPECT_EQ(at(forecast, 2001, heights).level, DangerLevel::considerable);
  EXPECT_EQ(at(forecast, 2550, heights).level, DangerLevel::high);
  EXPECT_TRUE(at(forecast, 2550, heights).height_uncertain);
  EXPECT_FALSE(at(forecast, 2700, heights).height_uncertain);
  EXPECT_EQ(at(forecast, 500).level, DangerLevel::high);
}

TEST(Rating, AMissingBandIsNotForecastWhereItMayApply) {
  const auto forecast =
      with({rated(DangerLevel::high, rose(0x0000FF)), unrated(RatingState::not_forecast, rose(0xFF0000)),
            rated(DangerLevel::considerable, rose(0x00FF00))});
  BandHeights heights;
  heights.middle_begins = HeightRange{2000, 2000};
  heights.upper_begins = HeightRange{2500, 2500};

  EXPECT_EQ(at(forecast, 1500, heights).state, RatingState::not_forecast);
  EXPECT_EQ(at(forecast, 2200, heights).state, RatingState::rated);
  EXPECT_EQ(at(forecast, 2200).state, RatingState::not_forecast);
  EXPECT_EQ(at(forecast, 2200).level, DangerLevel::high);
}

TEST(Rating, AnUnreadableBoundMayApplyAnywhereAndProvesNothing) {
  const Coverage torn{.lower = {Kind::unrecognised, 0}, .upper = {}, .rose = {}};
  const auto beside_low = with({rated(DangerLevel::low), rated(DangerLevel::high, torn)});
  const auto alone = with({rated(DangerLevel::low, torn)});

  EXPECT_EQ(at(beside_low, 1000).level, DangerLevel::high);
  EXPECT_EQ(at(beside_low, 1000).state, RatingState::rated);
  EXPECT_EQ(at(alone, 1000).state, RatingState::unrecognised);
}

TEST(Rating, CrossedBoundsProveNothing) {
  const Coverage crossed{.lower = metres(2500), .upper = metres(2000), .rose = {}};

  EXPECT_EQ(at(with({rated(DangerLevel::low, crossed)}), 2200).state, RatingState::unrecognised);
}

TEST(Rating, FlatGroundTakesTheWorstOctant) {
  auto north = rated(DangerLevel::high);
  north.where.aspects = 0b1;
  auto rest = rated(DangerLevel::low);
  rest.where.aspects = 0xFE;
  const auto table = RatingTable::build(with({north, rest}), kDay, {});

  EXPECT_EQ(table.flat(2000).level, DangerLevel::high);
  EXPECT_EQ(table.at(2000, 4).level, DangerLevel::low);
}

TEST(Rating, ProblemsAreMarkedWhereTheyMayBe) {
  Forecast forecast = with({rated(DangerLevel::moderate)});
  Problem wind;
  wind.type = ProblemType::wind_slab;
  wind.where = above(treeline());
  wind.where.aspects = 0b1;
  Problem old;
  old.type = ProblemType::persistent_slab;
  old.day = core::add_days(kDay, 1);
  forecast.problems = {old, wind};
  BandHeights heights;
  heights.treeline = HeightRange{1600, 2200};

  EXPECT_EQ(at(forecast, 1500, heights).problems, 0U);
  EXPECT_EQ(at(forecast, 1900, heights).problems, 2U);
  EXPECT_TRUE(at(forecast, 1900, heights).height_uncertain);
  EXPECT_EQ(at(forecast, 2300, heights).problems, 2U);
  EXPECT_EQ(at(forecast, 2300, heights, 4).problems, 0U);
  EXPECT_TRUE(RatingTable::build(forecast, kDay, heights).problems_complete());
}

TEST(Rating, ProblemsAreIncompleteWhenAnyCannotBePlaced) {
  const auto complete = [](auto change) {
    Forecast forecast = with({rated(DangerLevel::moderate)});
    Problem problem;
    problem.type = ProblemType::wind_slab;
    forecast.problems = {problem};
    change(forecast);
    return RatingTable::build(forecast, kDay, {}).problems_complete();
  };

  EXPECT_TRUE(complete([](Forecast&) {}));
  EXPECT_FALSE(complete([](Forecast& f) { f.problems_stated = false; }));
  EXPECT_FALSE(complete([](Forecast& f) { f.problems[0].coverage_complete = false; }));
  EXPECT_FALSE(complete([](Forecast& f) { f.problems[0].type = ProblemType::unrecognised; }));
  EXPECT_FALSE(complete([](Forecast& f) { f.problems[0].where.upper = {Kind::unrecognised, 0}; }));
  EXPECT_FALSE(complete([](Forecast& f) { f.problems.resize(33, f.problems[0]); }));
}

/// Random forecasts for the properties below.
class RandomForecast {
 public:
  explicit RandomForecast(unsigned seed) : random_(seed) {}

  int upto(int highest) { return std::uniform_int_distribution<int>(0, highest)(random_); }

  ElevationBound bound() {
    switch (upto(7)) {
      case 0:
        return treeline();
      case 1:
        return {Kind::unrecognised, 0};
      case 2:
        return metres(1000 + 100 * upto(20));
      default:
        return {};
    }
  }

  Coverage coverage() {
    Coverage where;
    if (upto(2) == 0) {
      where.rose = 0xFFU << (8 * upto(2));
      return where;
    }
    where.lower = bound();
    where.upper = bound();
    if (upto(3) == 0) where.aspects = static_cast<forecast::AspectMask>(upto(255));
    return where;
  }

  Rating rating() {
    const auto period = static_cast<Period>(upto(2));
    if (upto(9) == 0) return unrated(static_cast<RatingState>(1 + upto(7)), coverage());
    return rated(static_cast<DangerLevel>(1 + upto(4)), coverage(), period);
  }

  Forecast forecast() {
    Forecast made;
    for (int i = upto(5); i >= 0; --i) made.ratings.push_back(rating());
    return made;
  }

  std::optional<HeightRange> range() {
    const int from = 1000 + 100 * upto(20);
    return HeightRange{from, from + 50 * upto(8)};
  }

 private:
  std::mt19937 random_;
};

/// True when `b` may be shown where `a` was right: unknown, or rated at least as high.
bool not_greener(const CellRating& a, const CellRating& b) {
  if (b.state != RatingState::rated) return true;
  return a.state == RatingState::rated && b.level >= a.level;
}

TEST(RatingProperty, ForgettingHeightsIsNeverGreener) {
  RandomForecast random(7);
  for (int round = 0; round < 400; ++round) {
    const Forecast forecast = random.forecast();
    BandHeights known;
    known.treeline = random.range();
    known.middle_begins = random.range();
    known.upper_begins = random.range();
    const auto table = RatingTable::build(forecast, kDay, known);
    for (int forget = 1; forget < 8; ++forget) {
      BandHeights less = known;
      if ((forget & 1) != 0) less.treeline.reset();
      if ((forget & 2) != 0) less.middle_begins.reset();
      if ((forget & 4) != 0) less.upper_begins.reset();
      const auto vague = RatingTable::build(forecast, kDay, less);
      for (int elevation_m = 900; elevation_m < 3600; elevation_m += 50) {
        for (int octant = 0; octant < 8; octant += 3) {
          ASSERT_TRUE(not_greener(table.at(elevation_m, octant), vague.at(elevation_m, octant)))
              << "round " << round << " at " << elevation_m;
        }
      }
    }
  }
}

TEST(RatingProperty, OneMoreRatingNeverLowersALevel) {
  RandomForecast random(11);
  for (int round = 0; round < 400; ++round) {
    Forecast forecast = random.forecast();
    const auto before = RatingTable::build(forecast, kDay, {});
    forecast.ratings.push_back(random.rating());
    const auto after = RatingTable::build(forecast, kDay, {});
    for (int elevation_m = 900; elevation_m < 3600; elevation_m += 50) {
      ASSERT_GE(after.at(elevation_m, 2).level, before.at(elevation_m, 2).level) << "round " << round;
      ASSERT_GE(after.flat(elevation_m).level, after.at(elevation_m, 2).level) << "round " << round;
    }
  }
}

Problem implying(DangerLevel level, Coverage where) {
  Problem problem;
  problem.type = ProblemType::wind_slab;
  problem.level_implied = level;
  problem.where = where;
  return problem;
}

TEST(LevelImplied, RaisesTheRatingWhereTheProblemAppliesAndIsFlagged) {
  auto forecast = with({rated(DangerLevel::moderate)});
  Coverage north = above(metres(2200));
  north.aspects = 0b1;
  north.aspects_stated = true;
  forecast.problems = {implying(DangerLevel::considerable, north)};

  const auto inside = at(forecast, 2500);
  EXPECT_EQ(inside.level, DangerLevel::considerable);
  EXPECT_TRUE(inside.conflicting);
  EXPECT_TRUE(inside.aspects_stated);
  EXPECT_FALSE(inside.height_uncertain);
  for (const auto& outside : {at(forecast, 2000), at(forecast, 2500, {}, 4)}) {
    EXPECT_EQ(outside.level, DangerLevel::moderate);
    EXPECT_FALSE(outside.conflicting);
  }
}

TEST(LevelImplied, NeverLowersAndRatesNothingThatIsNotRated) {
  auto forecast = with({rated(DangerLevel::high)});
  forecast.problems = {implying(DangerLevel::low, {})};
  EXPECT_EQ(at(forecast, 2500).level, DangerLevel::high);
  EXPECT_FALSE(at(forecast, 2500).conflicting);

  forecast.ratings = {unrated(RatingState::no_rating)};
  EXPECT_EQ(at(forecast, 2500).level, std::nullopt);
  EXPECT_EQ(at(forecast, 2500).state, RatingState::no_rating);
}

TEST(LevelImplied, OfAProblemThatCannotBePlacedMayApplyAnywhere) {
  auto forecast = with({rated(DangerLevel::moderate)});
  forecast.problems = {implying(DangerLevel::high, above({Kind::unrecognised, 0}))};
  forecast.problems[0].coverage_complete = false;
  EXPECT_EQ(at(forecast, 900).level, DangerLevel::high);
  EXPECT_TRUE(at(forecast, 900).height_uncertain);
}

}  // namespace
