// Overrides on a real database: what is refused, what is written, and whose it is.

#include "overrides/override_service.hpp"

#include "core/error.hpp"
#include "db/error.hpp"
#include "support/postgres.hpp"

#include "account/user_store.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace {

using namespace std::chrono_literals;
using forecast::DangerLevel;
using overrides::PutRequest;
using overrides::Standing;

const core::Timestamp kStart = *core::parse_time("2026-01-12T09:00:00Z");
const core::Day kDay = *core::parse_day("2026-01-12");
constexpr const char* kFirst = "018f0000-0000-7000-8000-000000000001";
constexpr const char* kSecond = "018f0000-0000-7000-8000-000000000002";
constexpr const char* kZone = "C/one";

/// The code of the core::Error that `work` throws, and the paths of its faults; empty when it throws none.
template <typename Work>
std::vector<std::string> refusal_of(Work work) {
  try {
    work();
  } catch (const core::Error& error) {
    std::vector<std::string> found{error.code()};
    for (const auto& field : error.fields()) found.push_back(field.path);
    return found;
  }
  return {};
}
using Refusal = std::vector<std::string>;

forecast::StoredForecast issue(const char* id, core::Timestamp issued_at) {
  auto made = std::make_shared<forecast::Forecast>();
  made->provider = "test";
  made->zones = {kZone};
  made->time_zone = "UTC";
  made->issued_at = issued_at;
  made->valid_from = issued_at;
  made->expires_at = kStart + 8h;
  forecast::Rating rating;
  rating.day = kDay;
  rating.level = DangerLevel::considerable;
  rating.state = forecast::RatingState::rated;
  made->ratings = {rating};
  return {.id = id, .content_sha256 = std::string(64, 'a'), .family = "", .revision = 1, .forecast = made};
}

class OverrideServiceTest : public testing::Test {
 protected:
  OverrideServiceTest() {
    for (auto* person : {&me_, &other_}) {
      account::User user;
      user.id = *person = core::make_uuid_v7(kStart);
      user.email = core::to_string(user.id) + "@example.org";
      user.created_at = kStart;
      account::insert_user(db_, user, user.email);
    }
  }

  static db::Deadline soon() { return db::within(30s); }

  std::shared_ptr<const forecast::Conditions> conditions() const {
    forecast::Zone zone;
    zone.key = kZone;
    zone.provider = "test";
    zone.name = "One";
    zone.shape.parts.push_back({{{11, 47}, {12, 47}, {12, 48}, {11, 48}, {11, 47}}, {}});
    forecast::Zone without = zone;
    without.key = "C/none";
    forecast::ForecastBook book;
    book.zones = std::make_shared<const forecast::ZoneIndex>(std::vector{zone, without}, kDay);
    book.forecasts = forecasts_;
    return std::make_shared<const forecast::Conditions>(std::move(book), clock_.now());
  }

  static PutRequest wanted(DangerLevel level = DangerLevel::high) {
    PutRequest request;
    request.reason = "Fresh wind signs above the hut";
    request.base_forecast_id = *core::parse_uuid(kFirst);
    request.danger.bands = {level, level, level};
    return request;
  }
  overrides::Override put(const PutRequest& request) { return service_.put(me_, kZone, request, soon()); }

  std::vector<std::string> actions_of(const core::Uuid& person) {
    std::vector<std::string> actions;
    for (const auto& entry : service_.history(person, std::nullopt, 50, soon()).entries)
      actions.push_back(entry.action + (entry.cause ? " " + *entry.cause : ""));
    return actions;
  }

  support::TestDatabase database_;
  std::unique_ptr<db::Session> session_ = db::Session::connect(database_.as_app(), db::within(10s));
  db::OnSession db_{*session_, db::within(60s)};
  db::Pool pool_{{.session = database_.as_app()}};
  db::Pump pump_{{.session = database_.as_app()}};
  core::FrozenClock clock_{kStart};
  std::vector<forecast::StoredForecast> forecasts_{issue(kFirst, kStart - 2h)};
  std::vector<core::Uuid> changed_;
  overrides::OverrideService service_{
      {.pool = pool_,
       .pump = pump_,
       .clock = clock_,
       .conditions = [this](db::Deadline) { return conditions(); },
       .on_change = [this](db::Transaction&, const core::Uuid& user_id,
                           const std::vector<const forecast::Zone*>&) { changed_.push_back(user_id); }}};
  core::Uuid me_;
  core::Uuid other_;
};

TEST_F(OverrideServiceTest, IsStoredListedAndWrittenIntoTheHistory) {
  const auto stored = put(wanted());
  EXPECT_EQ(stored.revision, 1);
  EXPECT_EQ(stored.ends_at, kStart + 8h) << "with the forecast";
  EXPECT_FALSE(stored.lowers);
  const auto listed = service_.list(me_, soon());
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0].override.id, stored.id);
  EXPECT_EQ(listed[0].override.danger, stored.danger);
  EXPECT_EQ(listed[0].standing, Standing::in_force);
  EXPECT_THAT(listed[0].override.official, testing::HasSubstr(kFirst));
  EXPECT_EQ(actions_of(me_), Refusal{"put"});
  EXPECT_EQ(changed_, std::vector{me_});
}

TEST_F(OverrideServiceTest, TheSameAgainChangesNothing) {
  const auto first = put(wanted());
  EXPECT_EQ(put(wanted()).id, first.id);
  EXPECT_EQ(actions_of(me_).size(), 1U);
  auto changed = wanted();
  changed.reason = "Shooting cracks on the ridge";
  const auto second = put(changed);
  EXPECT_NE(second.id, first.id);
  EXPECT_EQ(second.revision, 2);
  EXPECT_EQ(actions_of(me_), (Refusal{"put", "put"}));
  EXPECT_EQ(service_.list(me_, soon()).size(), 1U) << "in place of the first";
}

TEST_F(OverrideServiceTest, LoweringNeedsItsAcknowledgement) {
  auto low = wanted(DangerLevel::low);
  EXPECT_EQ(refusal_of([&] { put(low); }),
            (Refusal{"override.lowers_danger", "bands.upper", "bands.middle", "bands.lower"}));
  EXPECT_TRUE(actions_of(me_).empty());
  low.acknowledges_lowering = true;
  EXPECT_TRUE(put(low).lowers);
}

TEST_F(OverrideServiceTest, IsRefusedWithEveryFault) {
  auto bad = wanted();
  bad.reason = "  too short  ";
  bad.danger = {};
  bad.ends_at = kStart + 9h;
  EXPECT_EQ(refusal_of([&] { put(bad); }), (Refusal{"validation_failed", "reason", "bands", "endsAt"}));
  bad.ends_at = kStart;
  EXPECT_EQ(refusal_of([&] { put(bad); }), (Refusal{"validation_failed", "reason", "bands", "endsAt"}));
  auto borders = wanted();
  borders.danger.upper_begins_m = 1500;
  borders.danger.middle_begins_m = 2000;
  EXPECT_EQ(refusal_of([&] { put(borders); }), (Refusal{"validation_failed", "heights"}));
}

TEST_F(OverrideServiceTest, CountsCharactersOfTheReasonNotBytes) {
  auto request = wanted();
  request.reason = "Schneebrü";  // nine
  EXPECT_EQ(refusal_of([&] { put(request); }), (Refusal{"validation_failed", "reason"}));
  request.reason = std::string();
  for (int i = 0; i < 500; ++i) request.reason += "ü";
  EXPECT_EQ(put(request).reason.size(), 1000U);
  request.reason += "ü";
  EXPECT_EQ(refusal_of([&] { put(request); }), (Refusal{"validation_failed", "reason"}));
}

TEST_F(OverrideServiceTest, NeedsAZoneWithAForecastAndThatForecast) {
  const auto put_in = [&](const char* zone) { service_.put(me_, zone, wanted(), soon()); };
  EXPECT_EQ(refusal_of([&] { put_in("C/nowhere"); }), Refusal{"override.zone_unknown"});
  EXPECT_EQ(refusal_of([&] { put_in("C/none"); }), Refusal{"override.no_forecast"});
  forecasts_.push_back(issue(kSecond, kStart - 1h));
  EXPECT_EQ(refusal_of([&] { put_in(kZone); }), (Refusal{"override.base_changed", "baseForecastId"}));
  clock_.set(kStart + 8h);
  EXPECT_EQ(refusal_of([&] { put_in(kZone); }), Refusal{"override.no_forecast"}) << "expired";
}

TEST_F(OverrideServiceTest, AnotherForecastEndsItAtOnceAndAlsoInTheHistory) {
  put(wanted());
  forecasts_.push_back(issue(kSecond, kStart - 1h));
  EXPECT_EQ(service_.list(me_, soon()).at(0).standing, Standing::new_forecast);
  auto anew = wanted();
  anew.base_forecast_id = *core::parse_uuid(kSecond);
  EXPECT_EQ(put(anew).revision, 3);
  EXPECT_EQ(actions_of(me_), (Refusal{"put", "lapsed new_forecast", "put"}));
}

TEST_F(OverrideServiceTest, RemovingIsWrittenDownAndDoneOnce) {
  put(wanted());
  service_.remove(me_, kZone, soon());
  EXPECT_TRUE(service_.list(me_, soon()).empty());
  EXPECT_EQ(refusal_of([&] { service_.remove(me_, kZone, soon()); }), Refusal{"override.not_found"});
  EXPECT_EQ(actions_of(me_), (Refusal{"delete", "put"}));
  put(wanted());
  clock_.set(kStart + 8h);
  service_.remove(me_, kZone, soon());
  EXPECT_EQ(actions_of(me_).front(), "lapsed ended") << "it had ended by itself";
}

TEST_F(OverrideServiceTest, ARevisionThatIsGivenMustBeTheOneThatIsThere) {
  auto request = wanted();
  request.base_revision = 1;
  EXPECT_EQ(refusal_of([&] { put(request); }), (Refusal{"override.changed", "baseRevision"}));
  request.base_revision = 0;
  put(request);
  request.reason = "Another reason for the same";
  EXPECT_EQ(refusal_of([&] { put(request); }), (Refusal{"override.changed", "baseRevision"}));
  request.base_revision = 1;
  EXPECT_EQ(put(request).revision, 2);
}

TEST_F(OverrideServiceTest, IsNobodyElsesToSeeOrToRemove) {
  put(wanted());
  EXPECT_TRUE(service_.list(other_, soon()).empty());
  EXPECT_TRUE(actions_of(other_).empty());
  EXPECT_EQ(refusal_of([&] { service_.remove(other_, kZone, soon()); }), Refusal{"override.not_found"});
  service_.put(other_, kZone, wanted(DangerLevel::extreme), soon());
  EXPECT_EQ(service_.list(me_, soon()).at(0).override.danger, wanted().danger);
  EXPECT_EQ(service_.list(me_, soon()).at(0).override.revision, 1);
}

TEST_F(OverrideServiceTest, TheHistoryIsPagedNewestFirst) {
  for (int i = 0; i < 5; ++i) {
    auto request = wanted();
    request.reason = "Reason number " + std::to_string(i);
    put(request);
  }
  std::vector<std::string> reasons;
  std::optional<std::int64_t> before;
  for (int page = 0; page < 3; ++page) {
    const auto history = service_.history(me_, before, 2, soon());
    EXPECT_EQ(history.more, page < 2);
    for (const auto& entry : history.entries) reasons.push_back(entry.override.reason);
    before = history.entries.back().id;
  }
  EXPECT_THAT(reasons, testing::ElementsAre("Reason number 4", "Reason number 3", "Reason number 2",
                                            "Reason number 1", "Reason number 0"));
}

TEST_F(OverrideServiceTest, TheHistoryCannotBeChangedByTheProgramsOwnRole) {
  put(wanted());
  for (const char* sql : {"UPDATE forecast_override_history SET reason = 'something else'",
                          "DELETE FROM forecast_override_history", "TRUNCATE forecast_override_history"}) {
    const db::Query query{sql, sql};
    EXPECT_THROW(session_->run(query, {}, soon()), core::Error) << sql;
  }
  EXPECT_EQ(actions_of(me_).size(), 1U);
}

TEST_F(OverrideServiceTest, GoesWithTheAccount) {
  put(wanted());
  constexpr db::Query kForget{"test.forget", "DELETE FROM app_user WHERE id = $1"};
  session_->run(kForget, {me_}, soon());
  EXPECT_TRUE(service_.list(me_, soon()).empty());
  EXPECT_TRUE(actions_of(me_).empty());
  EXPECT_EQ(refusal_of([&] { put(wanted()); }), Refusal{"session_revoked"});
}

TEST_F(OverrideServiceTest, ChangesOfOnePersonWaitForEachOther) {
  std::vector<std::thread> threads;
  std::atomic<int> failed = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      auto request = wanted();
      request.reason = "Reason number " + std::to_string(i);
      if (!refusal_of([&] { put(request); }).empty()) ++failed;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(actions_of(me_).size(), 8U);
  EXPECT_EQ(service_.list(me_, soon()).at(0).override.revision, 8);
}

TEST_F(OverrideServiceTest, LapsesAreRecordedOnceAndOnlyForWhatIsStillThere) {
  const auto first = put(wanted());
  auto changed = wanted();
  changed.reason = "Set anew while the worker looked";
  const auto second = put(changed);
  const std::vector<overrides::Lapse> lapses{{first.id, Standing::ended, "{}"},
                                             {second.id, Standing::ended, "{}"}};
  EXPECT_EQ(record_lapses(db_, lapses, kStart + 1h), 1) << "the first was replaced";
  EXPECT_EQ(record_lapses(db_, lapses, kStart + 1h), 0);
  EXPECT_EQ(actions_of(me_), (Refusal{"lapsed ended", "put", "put"}));
  EXPECT_TRUE(service_.list(me_, soon()).empty());
}

TEST_F(OverrideServiceTest, TheWorkerSeesEverybodysPageByPage) {
  put(wanted());
  service_.put(other_, kZone, wanted(), soon());
  const auto first = overrides::list_of_everybody(db_, {}, 1);
  ASSERT_EQ(first.size(), 1U);
  const auto second = overrides::list_of_everybody(db_, first[0].id, 5);
  ASSERT_EQ(second.size(), 1U);
  EXPECT_NE(first[0].user_id, second[0].user_id);
}

}  // namespace
