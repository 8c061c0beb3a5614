#include "forecast/sync.hpp"

#include "core/error.hpp"
#include "core/files.hpp"
#include "forecast/fetch_store.hpp"
#include "forecast/forecast_store.hpp"

#include "sync_fixture.hpp"
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

namespace {

using namespace std::chrono_literals;
using forecast::Conditions;
using forecast::DangerLevel;
using forecast::FeedOptions;
using forecast::Freshness;
using forecast::HeightBook;
using forecast::SyncReport;
using sync_fixture::Provider;
using sync_fixture::SyncTestBase;
using sync_fixture::time;

const std::string kCaamlUrl = "http://feed.test/bulletins/latest/AT-07_en_CAAMLv6.json";
const std::string kZonesUrl = "http://feed.test/zones.geojson";
constexpr const char* kZones =
    R"({"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":"AT-07-01"},"geometry":)"
    R"({"type":"Polygon","coordinates":[[[11,47],[12,47],[12,48],[11,48],[11,47]]]}},{"type":"Feature",)"
    R"("properties":{"id":"AT-07-02"},"geometry":{"type":"Polygon","coordinates":[[[12,47],[13,47],[13,48],[12,48],)"
    R"([12,47]]]}}]})";

struct Bulletin {
  std::string id = "b1";
  std::string level = "considerable";
  std::string region = "AT-07-01";
  std::string published = "2026-01-11T16:00:00Z";
  std::string start = "2026-01-11T16:00:00Z";
  std::string end = "2026-01-12T16:00:00Z";
};

std::string text_of(const Bulletin& b) {
  return R"({"bulletinID":")" + b.id + R"(","lang":"en","publicationTime":")" + b.published +
         R"(","validTime":{"startTime":")" + b.start + R"(","endTime":")" + b.end +
         R"("},"regions":[{"regionID":")" + b.region +
         R"(","name":"Test Range"}],"dangerRatings":[{"mainValue":")" + b.level +
         R"("}],"avalancheProblems":[]})";
}

std::string bulletins(const std::vector<Bulletin>& list) {
  std::string out;
  for (const Bulletin& b : list) out += (out.empty() ? "" : ",") + text_of(b);
  return R"({"bulletins":[)" + out + "]}";
}

class SyncTest : public SyncTestBase {
 protected:
  SyncTest() {
    feed_.provider = "albina";
    feed_.base_url = "http://feed.test";
    feed_.regions = {"AT-07"};
    feed_.zone_urls = {kZonesUrl};
    feed_.time_zone = "Europe/Vienna";
    feed_.attribution = "CC BY 4.0";
    provider_.pages[kZonesUrl] = {200, kZones, ""};
  }

  forecast::ProviderState state() {
    const auto lease = pool_.acquire(db::within(10s));
    db::OnSession on(*lease, db::within(10s));
    return forecast::list_providers(on, clock_.now()).at(0);
  }
};

constexpr db::Query kForecasts{"test.forecasts", "SELECT count(*) AS n FROM forecast"};
constexpr db::Query kFetches{"test.fetches", "SELECT count(*) AS n FROM forecast_fetch"};
constexpr db::Query kBodies{"test.bodies", "SELECT count(*) AS n FROM forecast_body"};
constexpr db::Query kZoneSets{"test.zone_sets", "SELECT count(*) AS n FROM zone_set"};

TEST_F(SyncTest, EveryQueryFitsTheSchema) {
  const auto session = database_.connect();
  for (const auto& queries : {forecast::fetch_store_queries(), forecast::forecast_store_queries()}) {
    for (const db::Query& query : queries)
      EXPECT_NO_THROW(session->prepare(query, db::within(10s))) << query.name;
  }
}

TEST_F(SyncTest, StoresWhatIsNewAndAnswersForAPlace) {
  provider_.pages[kCaamlUrl] = {200, bulletins({{}}), ""};

  const auto report = sync();

  EXPECT_EQ(report.stored, 1);
  EXPECT_TRUE(report.zones_changed);
  EXPECT_TRUE(report.failures.empty());
  EXPECT_EQ(report.zone_keys, std::vector<std::string>{"AT-07-01"});
  const auto here = conditions();
  const auto found = at(here);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].zone->name, "Test Range");
  EXPECT_EQ(found[0].freshness, Freshness::current);
  EXPECT_EQ(found[0].table->at(2000, 0).level, DangerLevel::considerable);
  EXPECT_EQ(found[0].zone->heights.source, "default");
  EXPECT_EQ(at(here, {12.5, 47.5}).at(0).freshness, Freshness::unavailable);
}

TEST_F(SyncTest, SameBytesAndSameValidatorsAreReadOnce) {
  provider_.pages[kCaamlUrl] = {200, bulletins({{}}), "\"v1\""};
  sync();

  const auto again = sync();

  EXPECT_EQ(again.unchanged, 2);
  EXPECT_EQ(again.fetched, 0);
  EXPECT_EQ(count(kForecasts), 1);
  EXPECT_EQ(count(kBodies), 2);
  EXPECT_EQ(count(kFetches), 4);
}

TEST_F(SyncTest, SameContentInOtherBytesIsNoRevision) {
  provider_.pages[kCaamlUrl] = {200, bulletins({{}}), ""};
  sync();
  provider_.pages[kCaamlUrl].body += "\n ";

  const auto report = sync();

  EXPECT_EQ(report.fetched, 1);
  EXPECT_EQ(report.stored, 0);
  EXPECT_EQ(count(kForecasts), 1);
}

TEST_F(SyncTest, ACorrectionSupersedesAndTheOldStays) {
  provider_.pages[kCaamlUrl] = {200, bulletins({{.level = "moderate"}}), ""};
  sync();
  const std::string first = at(conditions()).at(0).forecast->id;
  provider_.pages[kCaamlUrl].body = bulletins({{.id = "b2", .level = "high"}});
  sync();

  const auto here = conditions();
  const auto found = at(here);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].forecast->revision, 2);
  EXPECT_EQ(found[0].table->at(2000, 0).level, DangerLevel::high);
  const auto lease = pool_.acquire(db::within(10s));
  db::OnSession on(*lease, db::within(10s));
  const auto old = forecast::find_forecast(on, core::parse_uuid(first).value());
  EXPECT_EQ(old->forecast->ratings.at(0).level, DangerLevel::moderate);
  const auto rendered = forecast::find_rendered(on, core::parse_uuid(found[0].forecast->id).value());
  EXPECT_NE(rendered->find("\"supersedes\":\"" + first + "\""), std::string::npos);
  EXPECT_EQ(forecast::list_history(on, "AT-07-01", time("2026-01-12T00:00:00Z"), time("2026-01-13T00:00:00Z"))
                .size(),
            2U);
}

TEST_F(SyncTest, ARevertedCorrectionIsAThirdRevision) {
  for (const char* level : {"moderate", "high", "moderate"}) {
    provider_.pages[kCaamlUrl] = {200, bulletins({{.level = level}}), ""};
    sync();
  }

  const auto here = conditions();
  EXPECT_EQ(at(here).at(0).forecast->revision, 3);
  EXPECT_EQ(at(here).at(0).table->at(2000, 0).level, DangerLevel::moderate);
}

TEST_F(SyncTest, AZoneNamedInTwoBulletinsHasBoth) {
  provider_.pages[kCaamlUrl] = {
      200, bulletins({{.level = "low"}, {.id = "b2", .level = "high", .region = "AT-07"}}), ""};
  sync();

  const auto here = conditions();
  std::set<std::optional<DangerLevel>> levels;
  for (const auto& entry : at(here)) levels.insert(entry.table->at(2000, 0).level);
  EXPECT_EQ(levels, (std::set<std::optional<DangerLevel>>{DangerLevel::low, DangerLevel::high}));
}

TEST_F(SyncTest, TwoBulletinsOfOneResponseForOneZoneNeverReplaceEachOther) {
  for (const char* second : {"b2", ""}) {
    const std::string first = *second == '\0' ? "" : "b1";
    for (const bool reversed : {false, true}) {
      std::vector<Bulletin> list{{.id = first, .level = "low"}, {.id = second, .level = "high"}};
      if (reversed) std::ranges::reverse(list);
      provider_.pages[kCaamlUrl] = {200, bulletins(list), ""};
      sync();
      const auto here = conditions();
      std::multiset<std::optional<DangerLevel>> levels;
      for (const auto& entry : at(here)) levels.insert(entry.table->at(2000, 0).level);
      EXPECT_EQ(levels, (std::multiset<std::optional<DangerLevel>>{DangerLevel::low, DangerLevel::high}))
          << "ids \"" << first << "\" and \"" << second << "\"" << (reversed ? ", reversed" : "");
    }
  }
}

TEST_F(SyncTest, ABulletinToldTwiceInOneResponseIsOne) {
  provider_.pages[kCaamlUrl] = {200, bulletins({{}, {}}), ""};
  EXPECT_EQ(sync().stored, 1);
  EXPECT_EQ(at(conditions()).size(), 1U);
}

TEST_F(SyncTest, AProductIdUsedAgainForOtherZonesDoesNotBringTheOlderIssueBack) {
  for (const char* level : {"low", "moderate", "low"}) {
    provider_.pages[kCaamlUrl] = {200, bulletins({{.level = level}}), ""};
    sync();
  }
  auto newer = text_of({.level = "high", .published = "2026-01-12T06:30:00Z"});
  newer.insert(newer.find("],\"dangerRatings\""), R"(,{"regionID":"AT-07-02"})");
  provider_.pages[kCaamlUrl] = {200, R"({"bulletins":[)" + newer + "]}", ""};
  sync();

  const auto here = conditions();
  ASSERT_EQ(at(here).size(), 1U);
  EXPECT_EQ(at(here)[0].forecast->revision, 1) << "of a family of its own";
  EXPECT_EQ(at(here)[0].table->at(2000, 0).level, DangerLevel::high);
}

TEST_F(SyncTest, AFaultyFeedKeepsTheLastGood) {
  const std::string good = bulletins({{}});
  provider_.pages[kCaamlUrl] = {200, good, ""};
  sync();
  const Provider::Page faults[] = {
      {200, bulletins({{.level = "low"}}) + "<br /><b>Warning</b>", ""},
      {200, "<html>maintenance</html>", ""},
      {200, R"({"message":"no"})", ""},
      {200, "", ""},
      {500, good, ""},
      {200, good.substr(0, good.size() / 2), ""},
  };
  for (const auto& fault : faults) {
    provider_.pages[kCaamlUrl] = fault;
    const auto report = sync();
    EXPECT_EQ(report.failures.size(), 1U) << fault.body.substr(0, 20);
    EXPECT_EQ(report.stored, 0);
    EXPECT_EQ(at(conditions()).at(0).table->at(2000, 0).level, DangerLevel::considerable);
  }
  provider_.unreachable = true;
  EXPECT_EQ(sync().failures.size(), 2U);
  EXPECT_EQ(at(conditions()).at(0).freshness, Freshness::current);

  provider_.unreachable = false;
  provider_.pages[kCaamlUrl] = {200, good, ""};
  EXPECT_TRUE(sync().failures.empty());
}

TEST_F(SyncTest, NothingPublishedIsNoFailure) {
  const auto report = sync();

  EXPECT_EQ(report.absent, 1);
  EXPECT_TRUE(report.failures.empty());
  EXPECT_EQ(at(conditions()).at(0).freshness, Freshness::unavailable);
  EXPECT_EQ(state().last_error, std::nullopt);
  EXPECT_EQ(state().last_good_at, std::nullopt)
      << "out of season the age of the forecasts must go on growing";
}

TEST_F(SyncTest, AnAddressThatMustBeThereAndIsNotIsAFailure) {
  provider_.pages.clear();
  const auto report = sync();
  EXPECT_EQ(report.absent, 1) << "the bulletin";
  ASSERT_EQ(report.failures.size(), 1U) << "the zones";
  EXPECT_NE(report.failures[0].message.find("404"), std::string::npos);
  EXPECT_EQ(state().last_good_at, std::nullopt);
  EXPECT_NE(state().last_error, std::nullopt);
}

TEST_F(SyncTest, AFeedsHealthIsItsLastGoodSyncAndTheEndOfItsNewestForecast) {
  const std::vector<std::string> providers{"nobody", "albina"};
  const auto health = [&](core::Timestamp now) {
    const auto lease = pool_.acquire(db::within(10s));
    db::OnSession on(*lease, db::within(10s));
    return forecast::feed_health(on, providers, now);
  };
  EXPECT_EQ(health(clock_.now()).at(0).good_age_s, std::nullopt);
  provider_.pages[kCaamlUrl] = {200, R"({"bulletins":[)" + text_of({}) + "]}", ""};
  sync();
  const auto fresh = health(clock_.now() + 10s).at(1);
  EXPECT_EQ(fresh.provider, "albina");
  EXPECT_EQ(fresh.good_age_s, 10.0);
  EXPECT_FALSE(fresh.has_expired);
  EXPECT_TRUE(health(clock_.now() + 72h).at(1).has_expired);
}

TEST_F(SyncTest, QuarantineAndDriftAreReportedWithTheRest) {
  provider_.pages[kCaamlUrl] = {
      200, R"({"bulletins":[)" + text_of({.level = "enormous"}) + R"(,{"bulletinID":"bad"}]})", ""};

  const auto report = sync();

  EXPECT_EQ(report.stored, 1);
  EXPECT_EQ(report.quarantined, 1);
  EXPECT_EQ(report.drifts, 1);
  const auto lease = pool_.acquire(db::within(10s));
  db::OnSession on(*lease, db::within(10s));
  const auto providers = forecast::list_providers(on, clock_.now());
  ASSERT_EQ(providers.size(), 1U);
  EXPECT_EQ(providers[0].drift_count, 1);
  EXPECT_EQ(providers[0].quarantine_count, 1);
  EXPECT_EQ(providers[0].last_good_at, clock_.now());
  EXPECT_EQ(at(conditions()).at(0).freshness, Freshness::no_rating);
}

TEST_F(SyncTest, FailedAttemptsKeepTheLastGoodTime) {
  provider_.pages[kCaamlUrl] = {200, bulletins({{}}), ""};
  sync();
  const auto good_at = clock_.now();
  clock_.advance(1h);
  provider_.unreachable = true;
  sync();

  const auto lease = pool_.acquire(db::within(10s));
  db::OnSession on(*lease, db::within(10s));
  const auto state = forecast::list_providers(on, clock_.now()).at(0);
  EXPECT_EQ(state.last_good_at, good_at);
  EXPECT_EQ(state.last_attempt_at, clock_.now());
  EXPECT_EQ(state.last_error, "The provider is away.");
}

TEST_F(SyncTest, WhatTheChangeTriggersIsStoredWithItOrNotAtAll) {
  provider_.pages[kCaamlUrl] = {200, bulletins({{}}), ""};
  const auto explode = [](db::Transaction&, const forecast::SyncOutcome& outcome) {
    if (!outcome.forecasts.empty()) throw std::runtime_error("queue is full");
  };

  EXPECT_THROW(sync(explode), std::runtime_error);
  EXPECT_EQ(count(kForecasts), 0);

  std::vector<forecast::SyncOutcome> outcomes;
  sync([&](db::Transaction&, const forecast::SyncOutcome& outcome) { outcomes.push_back(outcome); });
  ASSERT_EQ(outcomes.size(), 1U);
  EXPECT_EQ(outcomes[0].forecasts.size(), 1U);
  EXPECT_EQ(outcomes[0].zone_keys, std::vector<std::string>{"AT-07-01"});
  sync([&](db::Transaction&, const forecast::SyncOutcome& outcome) { outcomes.push_back(outcome); });
  EXPECT_EQ(outcomes.size(), 1U);
}

TEST_F(SyncTest, ChangesAreAnnounced) {
  const auto listener = database_.connect();
  listener->listen(forecast::kForecastChangedChannel, db::within(10s));
  provider_.pages[kCaamlUrl] = {200, bulletins({{}}), ""};
  sync();

  EXPECT_EQ(listener->wait_notification(db::within(10s)), db::WaitResult::ready);
  const auto notes = listener->take_notifications();
  ASSERT_FALSE(notes.empty());
  EXPECT_EQ(notes[0].payload, "albina");
}

TEST_F(SyncTest, AnExpiredIssueIsNotReplacedByAnOlderOneThatLastsLonger) {
  provider_.pages[kCaamlUrl] = {200,
                                bulletins({{.id = "long",
                                            .level = "low",
                                            .published = "2026-01-05T16:00:00Z",
                                            .start = "2026-01-05T16:00:00Z",
                                            .end = "2026-01-14T16:00:00Z"}}),
                                ""};
  sync();
  provider_.pages[kCaamlUrl].body = bulletins({{.id = "short",
                                                .level = "high",
                                                .published = "2026-01-06T16:00:00Z",
                                                .start = "2026-01-06T16:00:00Z",
                                                .end = "2026-01-07T16:00:00Z"}});
  sync();

  const auto here = conditions();
  ASSERT_EQ(at(here).size(), 1U);
  EXPECT_EQ(at(here)[0].freshness, Freshness::expired);
  EXPECT_EQ(at(here)[0].forecast->forecast->product_id, "short");
}

TEST_F(SyncTest, ANewIssueWaitsForItsTime) {
  provider_.pages[kCaamlUrl] = {200, bulletins({{.level = "moderate"}}), ""};
  sync();
  clock_.set(time("2026-01-12T15:30:00Z"));
  provider_.pages[kCaamlUrl].body = bulletins({{.id = "next",
                                                .level = "high",
                                                .published = "2026-01-12T15:20:00Z",
                                                .start = "2026-01-12T16:00:00Z",
                                                .end = "2026-01-13T16:00:00Z"}});
  sync();

  EXPECT_EQ(at(conditions()).at(0).table->at(2000, 0).level, DangerLevel::moderate);
  clock_.set(time("2026-01-12T16:00:00Z"));
  EXPECT_EQ(at(conditions()).at(0).table->at(2000, 0).level, DangerLevel::high);
}

TEST_F(SyncTest, RedrawnZonesAreANewSet) {
  sync();
  sync();
  EXPECT_EQ(count(kZoneSets), 1);
  std::string redrawn = kZones;
  for (const auto corner : {redrawn.find("[11,47]"), redrawn.find("[11,47]]]")}) {
    redrawn.replace(corner, 7, "[10,47]");
  }
  provider_.pages[kZonesUrl].body = redrawn;
  clock_.advance(1h);
  EXPECT_TRUE(sync().zones_changed);
  EXPECT_EQ(count(kZoneSets), 2);
  const auto lease = pool_.acquire(db::within(10s));
  db::OnSession on(*lease, db::within(10s));
  EXPECT_TRUE(load_book(on, heights_, clock_.now() - 1min).zones->zones_at({10.6, 47.2}).empty());
  EXPECT_FALSE(load_book(on, heights_, clock_.now()).zones->zones_at({10.6, 47.2}).empty());
}

TEST_F(SyncTest, TheApplicationCannotRewriteHistory) {
  provider_.pages[kCaamlUrl] = {200, bulletins({{}}), ""};
  sync();
  const auto app = db::Session::connect(database_.as_app(), db::within(10s));
  for (const char* table : {"forecast", "forecast_fetch", "forecast_body", "forecast_zone", "zone_set",
                            "zone_shape", "forecast_quarantine"}) {
    EXPECT_THROW(app->run_script(std::string("DELETE FROM ") + table, db::within(10s)), db::DbError) << table;
    EXPECT_THROW(app->run_script(std::string("TRUNCATE ") + table, db::within(10s)), db::DbError) << table;
  }
  EXPECT_THROW(app->run_script("UPDATE forecast SET revision = 9", db::within(10s)), db::DbError);
}

TEST_F(SyncTest, ARecordedDayAnswersForEveryRegionOfTyrol) {
  const auto fixtures = std::filesystem::path(ASPECTAVY_REPO_DIR) / "../shared/fixtures/forecasts";
  if (!std::filesystem::exists(fixtures))
    GTEST_SKIP() << "recorded provider responses are not here: " << fixtures;
  provider_.pages[kZonesUrl].body = core::read_file(fixtures / "eaws-regions/AT-07_micro-regions.geojson");
  provider_.pages[kCaamlUrl] = {
      200, core::read_file(fixtures / "eaws-caamlv6/EUREGIO_2026-04-13_en.caaml.v6.json"), ""};
  clock_.set(time("2026-04-13T08:00:00Z"));

  EXPECT_TRUE(sync().failures.empty());

  const auto here = conditions();
  std::set<std::string> unrated;
  for (const auto& entry : here.entries()) {
    if (entry.freshness != Freshness::current) unrated.insert(entry.zone->key);
  }
  EXPECT_TRUE(unrated.empty()) << *unrated.begin();
  EXPECT_EQ(here.zones().zones().size(), 40U);
  for (const auto& entry : here.entries()) {
    if (entry.zone->key != "AT-07-23-02") continue;
    EXPECT_EQ(entry.table->at(2000, 0).level, DangerLevel::high);
    EXPECT_EQ(entry.table->at(2600, 0).level, DangerLevel::considerable);
  }
}

}  // namespace
