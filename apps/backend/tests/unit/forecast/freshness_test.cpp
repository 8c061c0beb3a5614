#include "forecast/freshness.hpp"

#include "forecast/valid_day.hpp"

#include <gtest/gtest.h>

namespace {

using forecast::Freshness;

core::Timestamp time(const char* text) { return core::parse_time(text).value(); }
core::Day day(const char* text) { return core::parse_day(text).value(); }

forecast::Forecast rated_forecast() {
  forecast::Forecast made;
  made.time_zone = "Europe/Vienna";
  made.valid_from = time("2026-04-12T15:00:00Z");
  made.issued_at = made.valid_from;
  made.expires_at = time("2026-04-13T15:00:00Z");
  forecast::Rating rating;
  rating.day = day("2026-04-13");
  rating.level = forecast::DangerLevel::low;
  rating.state = forecast::RatingState::rated;
  made.ratings = {rating};
  return made;
}

TEST(Freshness, FollowsTheForecastsOwnTimes) {
  const auto forecast = rated_forecast();
  const auto at = [&](const char* now) { return freshness(forecast, time(now)); };

  EXPECT_EQ(at("2026-04-12T14:54:59Z"), Freshness::unavailable);
  EXPECT_EQ(at("2026-04-12T14:55:00Z"), Freshness::current);
  EXPECT_EQ(at("2026-04-13T12:59:59Z"), Freshness::current);
  EXPECT_EQ(at("2026-04-13T13:00:00Z"), Freshness::expiring);
  EXPECT_EQ(at("2026-04-13T14:59:59Z"), Freshness::expiring);
  EXPECT_EQ(at("2026-04-13T15:00:00Z"), Freshness::expired);
}

TEST(Freshness, WithoutAnExpiryItIsExpired) {
  auto forecast = rated_forecast();
  forecast.expires_at.reset();

  EXPECT_EQ(freshness(forecast, time("2026-04-12T16:00:00Z")), Freshness::expired);
}

TEST(Freshness, PrecedenceIsOffSeasonExpiredNoRating) {
  auto forecast = rated_forecast();
  forecast.ratings[0].state = forecast::RatingState::no_rating;
  forecast.ratings[0].level.reset();
  EXPECT_EQ(freshness(forecast, time("2026-04-12T16:00:00Z")), Freshness::no_rating);
  EXPECT_EQ(freshness(forecast, time("2026-04-14T16:00:00Z")), Freshness::expired);
  forecast.off_season = true;
  EXPECT_EQ(freshness(forecast, time("2026-04-14T16:00:00Z")), Freshness::off_season);
}

TEST(ValidDay, NacFollowsNoonInTheCentresZone) {
  const struct {
    const char* published;
    const char* zone;
    const char* current;
  } cases[] = {
      {"2026-03-09T01:30:00Z", "America/Los_Angeles", "2026-03-09"},  // the evening of a DST change
      {"2026-02-25T14:05:00Z", "America/Denver", "2026-02-25"},
      {"2025-12-28T16:00:00Z", "America/Anchorage", "2025-12-28"},
      {"2022-01-07T02:00:00Z", "America/Los_Angeles", "2022-01-07"},
      {"2026-01-10T19:59:59Z", "America/Los_Angeles", "2026-01-10"},
      {"2026-01-10T20:00:00Z", "America/Los_Angeles", "2026-01-11"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(forecast::nac_current_day(time(c.published), c.zone), day(c.current)) << c.published;
  }
  EXPECT_EQ(forecast::nac_current_day(time("2026-01-10T20:00:00Z"), "Mars/Olympus"), std::nullopt);
}

TEST(ValidDay, CaamlAfternoonStartIsAboutTomorrow) {
  const struct {
    const char* start;
    const char* zone;
    const char* main_day;
  } cases[] = {
      {"2026-04-12T15:00:00Z", "Europe/Rome", "2026-04-13"},
      {"2026-02-01T07:00:00Z", "Europe/Zurich", "2026-02-01"},
      {"2026-01-11T16:00:00Z", "Europe/Vienna", "2026-01-12"},
  };
  for (const auto& c : cases) EXPECT_EQ(forecast::caaml_main_day(time(c.start), c.zone), day(c.main_day));
}

TEST(ValidDay, AProductLastsUntilItsLastMoment) {
  const auto days = [](const char* first, const char* expires) {
    return forecast::days_until(day(first), time(expires), "America/Denver").size();
  };

  EXPECT_EQ(days("2026-02-25", "2026-02-26T07:00:00Z"), 1U);  // local midnight ends the 25th
  EXPECT_EQ(days("2026-02-25", "2026-02-26T07:00:01Z"), 2U);
  EXPECT_EQ(days("2026-02-25", "2026-02-20T07:00:00Z"), 1U);
  EXPECT_EQ(days("2026-02-25", "2026-09-01T07:00:00Z"), 10U);
}

TEST(ValidDay, AnEveningIssueIsInForceForItsOwnDay) {
  const auto forecast = rated_forecast();

  EXPECT_EQ(day_in_force(forecast, time("2026-04-12T16:00:00Z")), day("2026-04-13"));
  EXPECT_EQ(day_in_force(forecast, time("2026-04-13T08:00:00Z")), day("2026-04-13"));
  EXPECT_EQ(day_in_force(forecast, time("2026-04-14T08:00:00Z")), day("2026-04-14"));
  EXPECT_EQ(day_in_force(forecast, time("2026-04-12T08:00:00Z")), day("2026-04-12"));
}

}  // namespace
