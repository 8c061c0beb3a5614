#include "forecast/providers/caaml/caaml.hpp"

#include "core/error.hpp"
#include "forecast/freshness.hpp"
#include "forecast/rating.hpp"

#include "fixtures.hpp"
#include <gtest/gtest.h>

#include <algorithm>

namespace {

using forecast::CellRating;
using forecast::DangerLevel;
using forecast::ElevationBound;
using forecast::HeightRange;
using forecast::Period;
using forecast::ProblemType;
using forecast::RatingState;
using forecast::RatingTable;
using forecast::providers::parse_caaml;

forecast::ParsedFeed parse(const std::string& body) { return parse_caaml(body, fixtures::caaml_context()); }

/// A bulletin that is complete but for `members`, which replace the defaults.
std::string bulletin(const std::string& ratings, const std::string& problems = "[]") {
  return R"({"bulletinID":"b1","lang":"en","publicationTime":"2026-04-12T15:00:00Z",)"
         R"("validTime":{"startTime":"2026-04-12T15:00:00Z","endTime":"2026-04-13T15:00:00Z"},)"
         R"("regions":[{"regionID":"AT-07-01","name":"x"}],"dangerRatings":)" +
         ratings + R"(,"avalancheProblems":)" + problems + "}";
}

TEST(Caaml, EveryFixtureParsesWithoutDriftOrQuarantine) {
  SKIP_WITHOUT_FIXTURES();
  for (const std::string& name : fixtures::caaml_files()) {
    const auto feed = fixtures::caaml(name);

    EXPECT_FALSE(feed.forecasts.empty()) << name;
    EXPECT_TRUE(feed.quarantined.empty()) << name << ": " << feed.quarantined.front().reason;
    EXPECT_EQ(feed.trailing_bytes, 0U) << name;
    const bool has_alien = name.find("unknown_problem_type") != std::string::npos;
    EXPECT_EQ(feed.drift.size(), has_alien ? 1U : 0U) << name << ": " << feed.drift.front().path;
    for (const auto& forecast : feed.forecasts) {
      EXPECT_FALSE(forecast.ratings.empty()) << name;
      EXPECT_TRUE(std::is_sorted(forecast.zones.begin(), forecast.zones.end())) << name;
      EXPECT_GT(forecast.expires_at, forecast.valid_from) << name;
    }
  }
}

TEST(Caaml, UnknownProblemTypeIsKeptAndReported) {
  SKIP_WITHOUT_FIXTURES();
  const auto feed = fixtures::caaml("slf/synthetic/sample_unknown_problem_type.json");

  ASSERT_EQ(feed.drift.size(), 1U);
  EXPECT_EQ(feed.drift[0].path, "bulletins[].avalancheProblems[].problemType");
  EXPECT_EQ(feed.drift[0].value, "\"alien_snow_type\"");
  const auto& problem = feed.forecasts.at(0).problems.at(0);
  EXPECT_EQ(problem.type, ProblemType::unrecognised);
  EXPECT_EQ(problem.native_type, "alien_snow_type");
}

TEST(Caaml, InvertedElevationHoldsInTheGoldenAndInTheFaultyFile) {
  SKIP_WITHOUT_FIXTURES();
  for (const bool faulty : {false, true}) {
    const auto feed = fixtures::caaml(faulty ? "eaws-caamlv6/AT-07_2026-04-13.caaml.v6.json"
                                             : "eaws-caamlv6/EUREGIO_2026-04-13_en.caaml.v6.json");
    const auto& forecast = fixtures::for_zone(feed, "AT-07-23-02");
    const auto table = RatingTable::build(forecast, fixtures::day("2026-04-13"), {});

    EXPECT_EQ(table.at(2600, 0).level, DangerLevel::considerable);
    EXPECT_EQ(table.at(2000, 0).level, DangerLevel::high);
    EXPECT_EQ(table.at(2000, 0).state, RatingState::rated);
    EXPECT_EQ(table.at(2000, 0).conflicting, faulty);
    EXPECT_EQ(table.at(2600, 0).conflicting, faulty);
  }
}

TEST(Caaml, EarlierAndLaterGiveTheMaximumOfTheDay) {
  SKIP_WITHOUT_FIXTURES();
  const auto feed = fixtures::caaml("eaws-caamlv6/AT-07_2026-04-08.caaml.v6.json");
  const auto& forecast = fixtures::for_zone(feed, "AT-07-14-01");
  const auto table = RatingTable::build(forecast, fixtures::day("2026-04-08"), {});

  EXPECT_EQ(table.at(2000, 0).level, DangerLevel::considerable);
  EXPECT_EQ(table.at(2600, 0).level, DangerLevel::considerable);
  EXPECT_EQ(table.at(3000, 0).level, DangerLevel::moderate);
  EXPECT_EQ(table.at(3000, 0).state, RatingState::rated);
  EXPECT_FALSE(table.at(2000, 0).conflicting);
  EXPECT_EQ(RatingTable::build(forecast, fixtures::day("2026-04-09"), {}).at(2000, 0).state,
            RatingState::no_forecast);
}

TEST(Caaml, ARegionMayStandInTwoBulletins) {
  SKIP_WITHOUT_FIXTURES();
  const auto feed = fixtures::caaml("eaws-caamlv6/ES-AR_2025-09-17_en.caaml.v6.json");
  const auto names = [&](std::size_t i) {
    return std::ranges::count(feed.forecasts.at(i).zones, std::string("ES-AR-09"));
  };

  ASSERT_EQ(feed.forecasts.size(), 2U);
  EXPECT_EQ(names(0), 1);
  EXPECT_EQ(names(1), 1);
}

TEST(Caaml, SlfVariableDayIsLowThenConsiderable) {
  SKIP_WITHOUT_FIXTURES();
  const auto feed = fixtures::caaml("slf/sample_variable_day.json");
  const auto& forecast = feed.forecasts.at(0);
  const auto table = RatingTable::build(forecast, fixtures::day("2026-04-09"), {});

  EXPECT_EQ(forecast.ratings.at(0).period, Period::all_day);
  EXPECT_EQ(forecast.ratings.at(0).level, DangerLevel::low);
  EXPECT_EQ(forecast.ratings.at(1).period, Period::later);
  EXPECT_EQ(table.at(2000, 0).level, DangerLevel::considerable);
  EXPECT_FALSE(table.at(2000, 0).conflicting);
  EXPECT_FALSE(table.at(2000, 0).aspects_stated);
}

TEST(Caaml, BothBoundsMakeABand) {
  SKIP_WITHOUT_FIXTURES();
  const auto feed = fixtures::caaml("eaws-caamlv6/EUREGIO_2018-12-27_en.caaml.v6.json");
  int bands = 0;
  for (const auto& forecast : feed.forecasts) {
    for (const auto& problem : forecast.problems) {
      bands += problem.where.lower == ElevationBound{ElevationBound::Kind::metres, 2200} &&
               problem.where.upper == ElevationBound{ElevationBound::Kind::metres, 2700};
    }
  }
  EXPECT_EQ(bands, 3);
}

TEST(Caaml, StatedMainDateIsTheDay) {
  SKIP_WITHOUT_FIXTURES();
  EXPECT_EQ(fixtures::caaml("eaws-caamlv6/AT-07_2026-01-12.caaml.v6.json").forecasts.at(0).ratings.at(0).day,
            fixtures::day("2026-01-12"));
  EXPECT_EQ(fixtures::caaml("slf/CH_2023_12_19.json").forecasts.at(0).ratings.at(0).day,
            fixtures::day("2023-12-19"));
}

TEST(Caaml, WordsMapToLevelsAndStates) {
  const struct {
    const char* native;
    std::optional<DangerLevel> level;
    RatingState state;
    std::size_t drifts;
  } cases[] = {
      {"\"low\"", DangerLevel::low, RatingState::rated, 0},
      {"\"very_high\"", DangerLevel::extreme, RatingState::rated, 0},
      {"\"no_rating\"", std::nullopt, RatingState::no_rating, 0},
      {"\"no_snow\"", std::nullopt, RatingState::no_snow, 0},
      {"\"catastrophic\"", std::nullopt, RatingState::unrecognised, 1},
      {"\"Low\"", std::nullopt, RatingState::unrecognised, 1},
      {"1", std::nullopt, RatingState::unrecognised, 1},
      {"null", std::nullopt, RatingState::unrecognised, 1},
  };
  for (const auto& c : cases) {
    const auto feed = parse(bulletin(std::string(R"([{"mainValue":)") + c.native + "}]"));
    const auto& rating = feed.forecasts.at(0).ratings.at(0);
    EXPECT_EQ(rating.level, c.level) << c.native;
    EXPECT_EQ(rating.state, c.state) << c.native;
    EXPECT_EQ(feed.drift.size(), c.drifts) << c.native;
  }
}

TEST(Caaml, BoundsComeAsTextNumberTreelineOrNull) {
  using Kind = ElevationBound::Kind;
  const struct {
    const char* native;
    ElevationBound bound;
    std::size_t drifts;
  } cases[] = {
      {"\"2200\"", {Kind::metres, 2200}, 0},
      {"2200", {Kind::metres, 2200}, 0},
      {"2200.5", {Kind::metres, 2200}, 0},
      {"\"treeline\"", {Kind::treeline, 0}, 0},
      {"null", {}, 0},
      {"\"\"", {}, 0},
      {"\"tree line\"", {Kind::unrecognised, 0}, 1},
      {"99999", {Kind::unrecognised, 0}, 1},
      {"[2200]", {Kind::unrecognised, 0}, 1},
  };
  for (const auto& c : cases) {
    const auto feed =
        parse(bulletin(std::string(R"([{"mainValue":"low","elevation":{"lowerBound":)") + c.native + "}}]"));
    EXPECT_EQ(feed.forecasts.at(0).ratings.at(0).where.lower, c.bound) << c.native;
    EXPECT_EQ(feed.drift.size(), c.drifts) << c.native;
  }
}

TEST(Caaml, AspectsThatCannotBeReadProveNothing) {
  const auto state = [](const char* aspects) {
    const auto feed = parse(bulletin(std::string(R"([{"mainValue":"low","aspects":)") + aspects + "}]"));
    return RatingTable::build(feed.forecasts.at(0), fixtures::day("2026-04-13"), {}).at(2000, 4).state;
  };

  EXPECT_EQ(state("[]"), RatingState::rated);
  EXPECT_EQ(state(R"(["n/a"])"), RatingState::rated);
  EXPECT_EQ(state(R"(["S","N"])"), RatingState::rated);
  EXPECT_EQ(state(R"(["N"])"), RatingState::not_forecast);
  EXPECT_EQ(state(R"(["N","south-ish"])"), RatingState::unrecognised);
  EXPECT_EQ(state(R"(["n/a","N"])"), RatingState::unrecognised) << "a contradiction narrows nothing";
  EXPECT_EQ(state(R"("N")"), RatingState::unrecognised);
}

TEST(Caaml, OneBadBulletinDoesNotTakeTheOthersWithIt) {
  const std::string good = bulletin(R"([{"mainValue":"low"}])");
  const auto feed = parse(R"({"bulletins":[17,)" + good +
                          R"(,{"bulletinID":"b2","regions":[]},{"bulletinID":"b3","regions":)" +
                          R"([{"regionID":"AT-07-02"}]}]})");

  ASSERT_EQ(feed.forecasts.size(), 1U);
  ASSERT_EQ(feed.quarantined.size(), 3U);
  EXPECT_EQ(feed.quarantined[0].path, "bulletins[0]");
  EXPECT_EQ(feed.quarantined[1].product_id, "b2");
  EXPECT_EQ(feed.quarantined[1].reason, "names no region that can be read");
  EXPECT_EQ(feed.quarantined[2].reason, "says neither when it was published nor when it is valid");
}

TEST(Caaml, NoBulletinsIsAnAnswerAndNoListIsNot) {
  EXPECT_TRUE(parse(R"({"bulletins":[]})").forecasts.empty());
  for (const char* body : {R"({"message":"no data"})", "null", "\"x\"", "{", ""}) {
    EXPECT_THROW(parse(body), core::Error) << body;
  }
}

TEST(Caaml, BytesAfterTheFirstValueAreCounted) {
  EXPECT_EQ(parse(R"({"bulletins":[]} <br />)").trailing_bytes, 5U);
}

TEST(Caaml, AMissingEndNeverExtendsTheValidity) {
  auto body = bulletin(R"([{"mainValue":"low"}])");
  const std::string end = R"(,"endTime":"2026-04-13T15:00:00Z")";
  body.erase(body.find(end), end.size());
  const auto feed = parse(body);

  EXPECT_EQ(feed.forecasts.at(0).expires_at, std::nullopt);
  EXPECT_EQ(freshness(feed.forecasts[0], fixtures::time("2026-04-12T16:00:00Z")),
            forecast::Freshness::expired);
}

TEST(Caaml, AMissingStartIsTakenFromTheEndNotFromThePublication) {
  auto body = bulletin(R"([{"mainValue":"low"}])");
  const std::string start = R"("startTime":"2026-04-12T15:00:00Z",)";
  body.erase(body.find(start), start.size());
  const std::string published = "2026-04-12T15:00:00Z";
  body.replace(body.find(published), published.size(), "2026-04-12T10:00:00Z");

  EXPECT_EQ(parse(body).forecasts.at(0).valid_from, fixtures::time("2026-04-12T15:00:00Z"));
}

TEST(Caaml, LongValidityRepeatsTheRatingsForItsDays) {
  auto body = bulletin(R"([{"mainValue":"low"}])");
  const std::string end = "2026-04-13T15:00:00Z";
  body.replace(body.find(end), end.size(), "2026-04-15T15:00:00Z");
  const auto feed = parse(body);

  EXPECT_EQ(feed.forecasts.at(0).ratings.size(), 3U);
  EXPECT_EQ(feed.forecasts.at(0).ratings.back().day, fixtures::day("2026-04-15"));
}

}  // namespace
