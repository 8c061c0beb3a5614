#include "forecast/conditions.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <numeric>
#include <set>

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

TEST(Conditions, WhatIsKnownForAZoneChangesAsSoonAsAnotherForecastIsIssuedForIt) {
  using Ids = std::vector<std::string>;
  EXPECT_EQ(conditions({kEvening}, "2026-01-12T09:00:00Z").known_in(0), Ids{"evening"});
  EXPECT_EQ(conditions({kEvening, kMorning}, "2026-01-12T09:00:00Z").known_in(0), Ids{"morning"});
  EXPECT_EQ(conditions({kEvening, kMorning}, "2026-01-12T09:00:00Z").known_in(1), Ids{});
  const auto next = issue("next", "AT-07-15", "2026-01-12T10:00:00Z", "2026-01-12T15:00:00Z",
                          "2026-01-13T15:00:00Z", DangerLevel::low);
  const auto pending = conditions({kEvening, kMorning, next}, "2026-01-12T11:00:00Z");
  EXPECT_EQ(pending.known_in(0), (Ids{"morning", "next"})) << "issued, but not begun";
  EXPECT_EQ(conditions({kMorning, next}, "2026-01-12T15:00:00Z").known_in(0), Ids{"next"});
  auto first = kEvening;
  first.family = "one";
  auto corrected = first;
  corrected.revision = 2;
  corrected.id = "corrected";
  EXPECT_EQ(conditions({first, corrected}, "2026-01-12T09:00:00Z").known_in(0), Ids{"corrected"});
}

TEST(Conditions, AnExpiredForecastStaysAndSaysThatItIsExpired) {
  const auto now = conditions({kMorning}, "2026-01-12T16:00:00Z");
  EXPECT_EQ(only_entry(now, 0).freshness, Freshness::expired);
  EXPECT_EQ(only_entry(now, 0).forecast->id, "morning");
}

TEST(Conditions, TheNewestRevisionOfAFamilyCounts) {
  auto first = kEvening;
  first.family = "one";
  auto corrected = first;
  corrected.revision = 2;
  corrected.id = "corrected";
  for (const auto& order : {std::vector{corrected, first}, std::vector{first, corrected}}) {
    EXPECT_EQ(only_entry(conditions(order, "2026-01-12T09:00:00Z"), 0).forecast->id, "corrected");
  }
}

TEST(Conditions, ARevisionThatHasNotBegunReplacesNothingYet) {
  auto first = kEvening;
  first.family = "one";
  auto later = issue("later", "AT-07-15", "2026-01-12T06:30:00Z", "2026-01-12T12:00:00Z",
                     "2026-01-12T16:00:00Z", DangerLevel::low);
  later.family = "one";
  later.revision = 2;
  const auto older = issue("older", "AT-07-15", "2026-01-10T16:00:00Z", "2026-01-10T16:00:00Z",
                           "2026-01-12T16:00:00Z", DangerLevel::low);
  EXPECT_EQ(only_entry(conditions({older, later, first}, "2026-01-12T09:00:00Z"), 0).forecast->id, "evening");
  EXPECT_EQ(only_entry(conditions({older, later, first}, "2026-01-12T13:00:00Z"), 0).forecast->id, "later");
}

/// The ids of what is in force in the first zone, for every order of the input.
std::set<std::vector<std::string>> answers_in_every_order(std::vector<StoredForecast> forecasts) {
  std::vector<std::size_t> order(forecasts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::set<std::vector<std::string>> answers;
  do {
    std::vector<StoredForecast> shuffled;
    for (const auto i : order) shuffled.push_back(forecasts[i]);
    const auto now = conditions(std::move(shuffled), "2026-01-12T09:00:00Z");
    std::vector<std::string> ids;
    for (const auto entry : now.entries_of(0)) ids.push_back(now.entries()[entry].forecast->id);
    answers.insert(ids);
  } while (std::ranges::next_permutation(order).found);
  return answers;
}

StoredForecast with_product_id(StoredForecast stored, const char* product_id) {
  auto changed = std::make_shared<Forecast>(*stored.forecast);
  changed->product_id = product_id;
  stored.forecast = std::move(changed);
  return stored;
}

TEST(Conditions, OneProductIdInTwoFamiliesIsDecidedByTheIssueNotByRevisionOrOrder) {
  auto older = with_product_id(kEvening, "same");
  older.family = "zones of yesterday";
  older.revision = 7;
  auto newer = with_product_id(kMorning, "same");
  newer.family = "zones of today";
  EXPECT_EQ(answers_in_every_order({older, newer}), (std::set<std::vector<std::string>>{{"morning"}}));
}

TEST(Conditions, ForecastsWithoutAProductIdAreNeverMerged) {
  const auto low = with_product_id(kEvening, "");
  auto high = with_product_id(issue("second", "AT-07-15", "2026-01-11T16:00:00Z", "2026-01-11T16:00:00Z",
                                    "2026-01-12T16:00:00Z", DangerLevel::high),
                              "");
  EXPECT_EQ(answers_in_every_order({low, high}), (std::set<std::vector<std::string>>{{"evening", "second"}}));
}

TEST(Conditions, AForecastThatNamesAZoneAndItsParentIsOne) {
  auto both = std::make_shared<Forecast>(*kEvening.forecast);
  both->zones = {"AT-07", "AT-07-15"};
  auto stored = kEvening;
  stored.forecast = both;
  EXPECT_EQ(conditions({stored}, "2026-01-12T09:00:00Z").entries_of(0).size(), 1u);
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
