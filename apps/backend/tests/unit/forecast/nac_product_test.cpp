#include "core/error.hpp"
#include "core/json.hpp"
#include "forecast/freshness.hpp"
#include "forecast/providers/nac/product.hpp"
#include "forecast/rating.hpp"
#include "forecast/valid_day.hpp"

#include "fixtures.hpp"
#include <gtest/gtest.h>

namespace {

using forecast::DangerLevel;
using forecast::ExpirySource;
using forecast::Forecast;
using forecast::ProblemType;
using forecast::ProductType;
using forecast::RatingState;
using forecast::RatingTable;
using forecast::providers::NacContext;
using forecast::providers::parse_nac_products;

NacContext denver() {
  NacContext context;
  context.provider = "avalanche.org";
  context.center_id = "BTAC";
  context.time_zone = "America/Denver";
  return context;
}

/// A product with the given members besides id, type, time and zone.
std::string product(const std::string& members) {
  return R"({"id":1,"product_type":"forecast","published_time":"2026-02-25T14:05:00+00:00",)"
         R"("forecast_zone":[{"id":7,"name":"Togwotee Pass","zone_id":"1"}])" +
         members + "}";
}

Forecast parse_one(const std::string& members, const NacContext& context = denver()) {
  return parse_nac_products(product(members), context).forecasts.at(0);
}

const forecast::Rating* rating_of(const Forecast& forecast, core::Day day, std::size_t band) {
  for (const auto& rating : forecast.ratings) {
    if (rating.day == day && rating.where.rose == 0xFFU << (8 * band)) return &rating;
  }
  return nullptr;
}

TEST(Nac, EveryFixtureParsesWithoutDriftOrQuarantine) {
  SKIP_WITHOUT_FIXTURES();
  for (const auto& file : fixtures::nac_files()) {
    const auto feed = fixtures::nac(file);
    const bool none_in_force = file.name.find("warning_null") != std::string::npos;

    EXPECT_EQ(feed.forecasts.empty(), none_in_force) << file.name;
    EXPECT_TRUE(feed.quarantined.empty()) << file.name;
    EXPECT_TRUE(feed.drift.empty()) << file.name << ": " << feed.drift.front().path << " "
                                    << feed.drift.front().value;
  }
}

/// Days, bands and rose masks against a second opinion, computed by another program.
TEST(Nac, DaysLevelsAndRosesEqualThePrototype) {
  SKIP_WITHOUT_FIXTURES();
  const auto document = core::JsonDocument::parse(fixtures::read("golden_prototype.json"));
  int products = 0;
  for (const auto& file : fixtures::nac_files()) {
    const auto expected = document.root()[file.name];
    if (!expected.exists()) continue;
    ++products;
    const auto forecast = fixtures::nac(file).forecasts.at(0);
    for (std::size_t i = 0; i < expected["danger"].size(); ++i) {
      const auto entry = expected["danger"].at(i);
      const auto day = core::parse_day(entry["day"].string().value()).value();
      const char* bands[] = {"upper", "middle", "lower"};
      for (std::size_t band = 0; band < 3; ++band) {
        const auto* rating = rating_of(forecast, day, band);
        ASSERT_NE(rating, nullptr) << file.name << " " << bands[band];
        const auto level = entry[bands[band]].integer();
        EXPECT_EQ(rating->level ? std::optional(static_cast<std::int64_t>(*rating->level)) : std::nullopt,
                  level);
      }
    }
    ASSERT_EQ(forecast.problems.size(), expected["problems"].size()) << file.name;
    for (std::size_t i = 0; i < forecast.problems.size(); ++i) {
      const auto mask =
          std::stoul(std::string(expected["problems"].at(i)["mask"].string().value()), nullptr, 16);
      EXPECT_EQ(forecast.problems[i].where.rose, mask) << file.name;
      EXPECT_TRUE(forecast.problems[i].coverage_complete);
      EXPECT_EQ(forecast.problems[i].size_max, expected["problems"].at(i)["size"].at(1).number());
    }
  }
  EXPECT_EQ(products, 6);
}

TEST(Nac, ANullBandIsNotForecastAndNeverLow) {
  SKIP_WITHOUT_FIXTURES();
  const auto forecast = fixtures::nac(fixtures::nac_file("181320")).forecasts.at(0);
  const auto* lower = rating_of(forecast, fixtures::day("2026-02-25"), 2);

  ASSERT_NE(lower, nullptr);
  EXPECT_EQ(lower->state, RatingState::not_forecast);
  EXPECT_EQ(lower->level, std::nullopt);
}

TEST(Nac, FragmentsOfOneCentreAreReadOneByOne) {
  SKIP_WITHOUT_FIXTURES();
  const auto feed = fixtures::nac(fixtures::nac_file("fragments"));

  ASSERT_EQ(feed.forecasts.size(), 18U);
  int unrated_olympics = 0;
  for (const auto& forecast : feed.forecasts) {
    EXPECT_FALSE(forecast.problems_stated);
    if (forecast.zones.at(0) != "NWAC/olympics" || forecast.ratings.at(0).state == RatingState::rated)
      continue;
    ++unrated_olympics;
    for (const auto& rating : forecast.ratings) EXPECT_EQ(rating.state, RatingState::no_rating);
  }
  EXPECT_EQ(unrated_olympics, 2);
}

TEST(Nac, ProductTypesAreToldApart) {
  SKIP_WITHOUT_FIXTURES();
  const auto type = [](const char* part) {
    return fixtures::nac(fixtures::nac_file(part)).forecasts.at(0).type;
  };

  EXPECT_EQ(type("warning_active"), ProductType::warning);
  EXPECT_EQ(type("watch_active"), ProductType::watch);
  EXPECT_EQ(type("special_active"), ProductType::special);
  EXPECT_EQ(type("weather"), ProductType::weather);
  EXPECT_EQ(type("182375"), ProductType::forecast);
}

TEST(Nac, SummaryIsOffSeasonForAllItsZones) {
  SKIP_WITHOUT_FIXTURES();
  const auto forecast = fixtures::nac(fixtures::nac_file("summary")).forecasts.at(0);

  EXPECT_EQ(forecast.type, ProductType::summary);
  EXPECT_EQ(forecast.zones, (std::vector<std::string>{"NWAC/mt-hood", "NWAC/olympics"}));
  EXPECT_EQ(freshness(forecast, fixtures::time("2026-05-12T17:00:00Z")), forecast::Freshness::off_season);
}

TEST(Nac, AWarningNamesNoZoneSoTheAskedOneCounts) {
  SKIP_WITHOUT_FIXTURES();
  const auto forecast = fixtures::nac(fixtures::nac_file("warning_active")).forecasts.at(0);

  EXPECT_EQ(forecast.zones, std::vector<std::string>{"NWAC/asked-zone"});
  EXPECT_FALSE(forecast.texts.headline.empty());
}

TEST(Nac, NoiseAfterTheBodyIsFlagged) {
  SKIP_WITHOUT_FIXTURES();
  const auto feed = parse_nac_products(
      fixtures::read("avalanche-org/synthetic/product_body_then_php_warning.txt"), denver());

  EXPECT_GT(feed.trailing_bytes, 0U);
  EXPECT_TRUE(feed.forecasts.empty());
  ASSERT_EQ(feed.quarantined.size(), 1U);
  EXPECT_EQ(feed.quarantined[0].product_id, "999005");
}

TEST(Nac, BandValuesMapToLevelsAndStates) {
  const struct {
    const char* value;
    std::optional<DangerLevel> level;
    RatingState state;
  } cases[] = {
      {"1", DangerLevel::low, RatingState::rated},          {"\"4\"", DangerLevel::high, RatingState::rated},
      {"5", DangerLevel::extreme, RatingState::rated},      {"-1", std::nullopt, RatingState::no_rating},
      {"0", std::nullopt, RatingState::not_forecast},       {"null", std::nullopt, RatingState::not_forecast},
      {"6", std::nullopt, RatingState::unrecognised},       {"2.5", std::nullopt, RatingState::unrecognised},
      {"\"low\"", std::nullopt, RatingState::unrecognised},
  };
  for (const auto& c : cases) {
    const auto forecast =
        parse_one(std::string(R"(,"danger":[{"valid_day":"current","upper":)") + c.value + "}]");
    const auto* upper = rating_of(forecast, fixtures::day("2026-02-25"), 0);
    ASSERT_NE(upper, nullptr) << c.value;
    EXPECT_EQ(upper->level, c.level) << c.value;
    EXPECT_EQ(upper->state, c.state) << c.value;
    EXPECT_EQ(rating_of(forecast, fixtures::day("2026-02-25"), 1)->state, RatingState::not_forecast);
  }
}

TEST(Nac, CurrentLastsUntilTheProductExpires) {
  const auto forecast = parse_one(
      R"(,"expires_time":"2026-02-28T14:00:00+00:00","danger":[{"valid_day":"current","upper":2,"middle":2,"lower":2}])");

  EXPECT_NE(rating_of(forecast, fixtures::day("2026-02-25"), 0), nullptr);
  EXPECT_NE(rating_of(forecast, fixtures::day("2026-02-28"), 0), nullptr);
  EXPECT_EQ(rating_of(forecast, fixtures::day("2026-03-01"), 0), nullptr);
}

TEST(Nac, DaysAfterTomorrowTakeTheWorseOfBoth) {
  const auto forecast = parse_one(
      R"(,"expires_time":"2026-02-28T14:00:00+00:00","danger":[{"valid_day":"current","upper":4,"middle":2,"lower":1},)"
      R"({"valid_day":"tomorrow","upper":2,"middle":3,"lower":null}])");
  const auto level = [&](const char* day) {
    return RatingTable::build(forecast, fixtures::day(day), {}).at(9000, 0).level;
  };
  forecast::BandHeights heights;
  heights.upper_begins = forecast::HeightRange{2500, 2500};
  heights.middle_begins = forecast::HeightRange{2000, 2000};
  const auto later = RatingTable::build(forecast, fixtures::day("2026-02-27"), heights);

  EXPECT_EQ(level("2026-02-26"), DangerLevel::considerable);
  EXPECT_EQ(later.at(3000, 0).level, DangerLevel::high);
  EXPECT_EQ(later.at(2200, 0).level, DangerLevel::considerable);
  EXPECT_EQ(later.at(1500, 0).state, RatingState::not_forecast);
}

TEST(Nac, WithoutAnEntryForTheCurrentDayItIsNotForecast) {
  const auto forecast = parse_one(
      R"(,"expires_time":"2026-02-28T14:00:00+00:00","danger":[{"valid_day":"tomorrow","upper":1,"middle":1,"lower":1}])");
  const auto state = [&](const char* day) {
    return RatingTable::build(forecast, fixtures::day(day), {}).at(2000, 0).state;
  };
  EXPECT_EQ(day_in_force(forecast, forecast.issued_at), fixtures::day("2026-02-25"))
      << "tomorrow's rating must not be drawn to today";
  EXPECT_EQ(state("2026-02-25"), RatingState::not_forecast);
  EXPECT_EQ(state("2026-02-26"), RatingState::rated);
  EXPECT_EQ(state("2026-02-27"), RatingState::not_forecast) << "the worse of both days is not known";
}

TEST(Nac, AnEntryWithoutItsDayMakesEveryDayUnrecognised) {
  const auto forecast = parse_one(
      R"(,"danger":[{"upper":2,"middle":2,"lower":2},{"valid_day":"tomorrow","upper":1,"middle":1,"lower":1}])");

  for (const char* day : {"2026-02-25", "2026-02-26"}) {
    EXPECT_EQ(RatingTable::build(forecast, fixtures::day(day), {}).at(2000, 0).state,
              RatingState::unrecognised);
  }
}

TEST(Nac, ExpiryComesFromFeedThenCentreThenOneDay) {
  auto with_hour = denver();
  with_hour.expires_hour_local = 16.5;
  auto past_hour = denver();
  past_hour.expires_hour_local = 6;

  EXPECT_EQ(parse_one(R"(,"expires_time":"2026-02-26T07:00:00+00:00")").expiry_source, ExpirySource::feed);
  EXPECT_EQ(parse_one(R"(,"expires_time":null)", with_hour).expires_at,
            fixtures::time("2026-02-25T23:30:00Z"));
  EXPECT_EQ(parse_one(R"(,"expires_time":null)", past_hour).expires_at,
            fixtures::time("2026-02-26T13:00:00Z"));
  EXPECT_EQ(parse_one(R"(,"expires_time":null)").expires_at, fixtures::time("2026-02-26T14:05:00Z"));
  EXPECT_EQ(parse_one(R"(,"expires_time":null)").expiry_source, ExpirySource::assumed_24h);
  EXPECT_EQ(parse_one("", with_hour).expires_at, std::nullopt);
  EXPECT_EQ(parse_one(R"(,"expires_time":"soon")", with_hour).expires_at, std::nullopt);
}

TEST(Nac, ProblemTypeFollowsTheIdNotTheName) {
  const auto type = [](const char* members) {
    return parse_one(std::string(R"(,"forecast_avalanche_problems":[{)") + members + "}]")
        .problems.at(0)
        .type;
  };

  EXPECT_EQ(type(R"("avalanche_problem_id":9,"name":"Glide")"), ProblemType::glide);
  EXPECT_EQ(type(R"("avalanche_problem_id":8,"name":"Cornice")"), ProblemType::cornice);
  EXPECT_EQ(type(R"("avalanche_problem_id":4,"name":"Wind Slab")"), ProblemType::persistent_slab);
  EXPECT_EQ(type(R"("name":"Deep Persistent Slab")"), ProblemType::deep_persistent_slab);
  EXPECT_EQ(type(R"("avalanche_problem_id":12,"name":"Wind Slab")"), ProblemType::unrecognised);
}

TEST(Nac, ALocationThatCannotBeReadCoversTheWholeRose) {
  const auto problem = [](const char* location) {
    return parse_one(std::string(R"(,"forecast_avalanche_problems":[{"avalanche_problem_id":3,"location":)") +
                     location + "}]")
        .problems.at(0);
  };

  EXPECT_EQ(problem(R"(["north upper","south lower"])").where.rose, 0x100001U);
  EXPECT_TRUE(problem(R"(["north upper"])").coverage_complete);
  for (const char* torn : {"null", "[]", R"(["north upper","nort upper"])", R"(["north"])", "[3]"}) {
    EXPECT_EQ(problem(torn).where.rose, 0xFFFFFFU) << torn;
    EXPECT_FALSE(problem(torn).coverage_complete) << torn;
  }
}

TEST(Nac, ZoneKeysComeFromNames) {
  using forecast::providers::nac_zone_key;
  EXPECT_EQ(nac_zone_key("NWAC", "Mt Hood"), "NWAC/mt-hood");
  EXPECT_EQ(nac_zone_key("BTAC", " Salt River & Wyoming Ranges "), "BTAC/salt-river-wyoming-ranges");
  EXPECT_EQ(nac_zone_key("NWAC", "—"), "");
  EXPECT_EQ(nac_zone_key("", "Mt Hood"), "");
}

TEST(Nac, BodiesThatAreNoProductAreRefused) {
  for (const char* body : {"", "17", "\"x\"", "{", "<html></html>"}) {
    EXPECT_THROW(parse_nac_products(body, denver()), core::Error) << body;
  }
  EXPECT_EQ(parse_nac_products("[17,{}]", denver()).quarantined.size(), 2U);
}

}  // namespace
