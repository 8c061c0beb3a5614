#include "forecast/conditions.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace forecast {
namespace {

using namespace std::chrono_literals;

core::Timestamp at(const char* text) { return *core::parse_time(text); }

Zone square(const char* key, double west_deg) {
  Zone zone;
  zone.key = key;
  zone.provider = "albina";
  zone.name = key;
  zone.shape.parts.push_back(
      {{{west_deg, 47}, {west_deg + 1, 47}, {west_deg + 1, 48}, {west_deg, 48}, {west_deg, 47}}, {}});
  return zone;
}

StoredForecast issue(const char* id, const char* zone, const char* issued, const char* from,
                     const char* until, DangerLevel level) {
  auto made = std::make_shared<Forecast>();
  made->provider = "albina";
  made->product_id = id;
  made->zones = {zone};
  made->issued_at = at(issued);
  made->valid_from = at(from);
  made->expires_at = at(until);
  made->time_zone = "Europe/Vienna";
  Rating rating;
  rating.day = *core::parse_day("2026-01-12");
  rating.level = level;
  rating.state = RatingState::rated;
  made->ratings = {rating};
  StoredForecast stored;
  stored.id = id;
  stored.content_sha256 = id;
  stored.forecast = std::move(made);
  return stored;
}

Conditions conditions(std::vector<StoredForecast> forecasts, const char* now) {
  ForecastBook book;
  book.zones = std::make_shared<const ZoneIndex>(std::vector{square("AT-07-15", 11), square("AT-07-16", 12)},
                                                 *core::parse_day("2026-01-12"));
  book.forecasts = std::move(forecasts);
  return {std::move(book), at(now)};
}

const InZone& only_entry(const Conditions& conditions, std::size_t zone) {
  EXPECT_EQ(conditions.entries_of(zone).size(), 1u);
  return conditions.entries()[conditions.entries_of(zone).front()];
}

const auto kEvening = issue("evening", "AT-07-15", "2026-01-11T16:00:00Z", "2026-01-11T16:00:00Z",
                            "2026-01-12T16:00:00Z", DangerLevel::moderate);
const auto kMorning = issue("morning", "AT-07-15", "2026-01-12T06:30:00Z", "2026-01-11T16:00:00Z",
                            "2026-01-12T16:00:00Z", DangerLevel::high);

TEST(Conditions, ANewerIssueReplacesAnOlderOne) {
  const auto now = conditions({kEvening, kMorning}, "2026-01-12T09:00:00Z");
  EXPECT_EQ(only_entry(now, 0).forecast->id, "morning");
  EXPECT_EQ(only_entry(now, 0).freshness, Freshness::current);
  EXPECT_EQ(only_entry(now, 0).table->at(2000, 0).level, DangerLevel::high);
}

TEST(Conditions, AZoneWithoutAForecastSaysSo) {
  const auto now = conditions({kEvening}, "2026-01-12T09:00:00Z");
  EXPECT_EQ(only_entry(now, 1).forecast, nullptr);
  EXPECT_EQ(only_entry(now, 1).freshness, Freshness::unavailable);
}

TEST(Conditions, AForecastThatHasNotBegunDoesNotCountYetButEndsTheAnswer) {
  const auto next = issue("next", "AT-07-15", "2026-01-12T10:00:00Z", "2026-01-12T15:00:00Z",
                          "2026-01-13T15:00:00Z", DangerLevel::low);
  const auto now = conditions({kMorning, next}, "2026-01-12T11:00:00Z");
  EXPECT_EQ(only_entry(now, 0).forecast->id, "morning");
  EXPECT_EQ(now.valid_until(), at("2026-01-12T14:00:00Z")) << "two hours before the end it is expiring";
  const auto later = conditions({kMorning, next}, "2026-01-12T14:30:00Z");
  EXPECT_EQ(later.valid_until(), at("2026-01-12T14:55:00Z"))
      << "the next begins, five minutes of skew tolerated";
}

TEST(Conditions, AnExpiredForecastStaysAndSaysThatItIsExpired) {
  const auto now = conditions({kMorning}, "2026-01-12T16:00:00Z");
  EXPECT_EQ(only_entry(now, 0).freshness, Freshness::expired);
  EXPECT_EQ(only_entry(now, 0).forecast->id, "morning");
}

TEST(Conditions, TheNewestRevisionOfAProductCounts) {
  auto corrected = kEvening;
  corrected.revision = 2;
  corrected.id = "corrected";
  const auto now = conditions({corrected, kEvening}, "2026-01-12T09:00:00Z");
  EXPECT_EQ(only_entry(now, 0).forecast->id, "corrected");
}

TEST(Conditions, TwoProductsOfOneIssueBothCount) {
  auto second = issue("second", "AT-07-15", "2026-01-11T16:00:00Z", "2026-01-11T16:00:00Z",
                      "2026-01-12T16:00:00Z", DangerLevel::high);
  const auto now = conditions({kEvening, second}, "2026-01-12T09:00:00Z");
  EXPECT_EQ(now.entries_of(0).size(), 2u);
}

TEST(Conditions, AParentSpeaksForItsChildrenAndAnotherProviderForNobody) {
  auto parent = issue("parent", "AT-07", "2026-01-11T16:00:00Z", "2026-01-11T16:00:00Z",
                      "2026-01-12T16:00:00Z", DangerLevel::low);
  auto foreign = std::make_shared<Forecast>(*kMorning.forecast);
  foreign->provider = "somebody-else";
  StoredForecast other = kMorning;
  other.forecast = foreign;
  const auto now = conditions({parent, other}, "2026-01-12T09:00:00Z");
  EXPECT_EQ(only_entry(now, 0).forecast->id, "parent");
  EXPECT_EQ(only_entry(now, 1).forecast->id, "parent");
}

TEST(Conditions, AWarningRatesNoZone) {
  auto warning = std::make_shared<Forecast>(*kMorning.forecast);
  warning->type = ProductType::warning;
  StoredForecast stored = kMorning;
  stored.forecast = warning;
  const auto now = conditions({stored}, "2026-01-12T09:00:00Z");
  EXPECT_EQ(only_entry(now, 0).forecast, nullptr);
}

TEST(Conditions, TheDayEndsTheAnswer) {
  const auto long_one = issue("long", "AT-07-15", "2026-01-11T16:00:00Z", "2026-01-11T16:00:00Z",
                              "2026-01-15T16:00:00Z", DangerLevel::low);
  const auto now = conditions({long_one}, "2026-01-12T09:00:00Z");
  EXPECT_EQ(now.valid_until(), at("2026-01-12T23:00:00Z")) << "midnight in Vienna";
}

}  // namespace
}  // namespace forecast
