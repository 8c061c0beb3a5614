// Stored grades and overrides: which jobs a change queues, and that no grade is shown whose override is gone.

#include "geo/line_codec.hpp"
#include "route/override_link.hpp"
#include "route/route_store.hpp"
#include "support/postgres.hpp"

#include "account/user_store.hpp"
#include "overrides/override_store.hpp"
#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;

const core::Timestamp kNow = *core::parse_time("2026-01-15T08:00:00Z");
const std::string kBasis(64, 'b');

class RouteOverridesTest : public testing::Test {
 protected:
  RouteOverridesTest() {
    for (auto* person : {&me_, &other_}) {
      account::User user;
      user.id = *person = core::make_uuid_v7(kNow);
      user.email = core::to_string(user.id) + "@example.org";
      user.created_at = kNow;
      account::insert_user(db_, user, user.email);
    }
    mine_ = insert(me_);
    others_ = insert(other_);
    zone_.shape.parts.push_back({{{11, 47}, {12, 47}, {12, 48}, {11, 48}, {11, 47}}, {}});
  }

  core::Uuid insert(const core::Uuid& owner) {
    route::Route made;
    made.id = core::make_uuid_v7(kNow);
    made.owner_id = owner;
    made.line.points = {{11.0, 47.0}, {11.1, 47.1}};
    made.created_at = kNow;
    const auto line = geo::encode_line(made.line);
    const std::string request(32, 'r');
    route::insert_route(db_, {.route = made,
                              .encoded_line = line,
                              .extent = {11.0, 47.0, 11.1, 47.1},
                              .idempotency_key = std::nullopt,
                              .request_sha256 = request});
    return made.id;
  }

  overrides::Override put_override() {
    overrides::Override made;
    made.id = core::make_uuid_v7(kNow);
    made.user_id = me_;
    made.zone_key = "C/one";
    made.provider = "test";
    made.reason = "A reason that is long enough";
    made.danger.bands = {forecast::DangerLevel::high, std::nullopt, std::nullopt};
    made.set_at = kNow;
    made.ends_at = kNow + 2h;
    made.official = "{}";
    overrides::put_override(db_, made);
    return made;
  }

  bool append(const core::Uuid& id, const std::vector<core::Uuid>& override_ids,
              const route::AppendGuard& guard, int seq = 1) {
    route::StoredAssessment answer;
    answer.seq = seq;
    answer.computed_at = answer.valid_from = kNow;
    answer.valid_until = kNow + 1h;
    answer.grade = "orange";
    if (!override_ids.empty()) answer.official_grade = "red";
    answer.override_ids = override_ids;
    answer.basis = kBasis;
    answer.body = "{}";

    return route::append_assessment(db_, id, 1, answer, guard);
  }
  route::RouteRow row(const core::Uuid& owner, const core::Uuid& id) {
    return *route::find_route(db_, owner, id);
  }

  void in_transaction(const std::function<void(db::Transaction&)>& work) {
    db::Transaction tx(*session_, db::within(30s));
    work(tx);
    tx.commit();
  }

  support::TestDatabase database_;
  std::unique_ptr<db::Session> session_ = db::Session::connect(database_.as_app(), db::within(10s));
  db::OnSession db_{*session_, db::within(60s)};
  core::Uuid me_;
  core::Uuid other_;
  core::Uuid mine_;
  core::Uuid others_;
  forecast::Zone zone_;
};

TEST_F(RouteOverridesTest, AGradeHoldsOnlyWhileEveryOverrideOfItIsThere) {
  const auto override = put_override();
  ASSERT_TRUE(append(mine_, {override.id}, route::guard_of(row(me_, mine_))));
  auto stored = row(me_, mine_);
  EXPECT_TRUE(stored.holds_at(kNow, kBasis));
  EXPECT_EQ(stored.assessed_official_grade, "red");
  EXPECT_TRUE(route::list_routes(db_, me_, 5).at(0).holds_at(kNow, kBasis));

  const auto anew = put_override();
  EXPECT_FALSE(row(me_, mine_).holds_at(kNow, kBasis)) << "set anew: another one";
  ASSERT_TRUE(append(mine_, {anew.id}, route::guard_of(row(me_, mine_)), 2));
  EXPECT_TRUE(row(me_, mine_).holds_at(kNow, kBasis));
  overrides::delete_override(db_, me_, "C/one", "{}", kNow);
  EXPECT_FALSE(row(me_, mine_).holds_at(kNow, kBasis));
  EXPECT_FALSE(route::list_routes(db_, me_, 5).at(0).holds_at(kNow, kBasis));
  EXPECT_FALSE(route::find_route_of_any_owner(db_, mine_)->holds_at(kNow, kBasis));

  ASSERT_TRUE(append(mine_, {}, route::guard_of(row(me_, mine_)), 3));
  EXPECT_TRUE(row(me_, mine_).holds_at(kNow, kBasis));
  EXPECT_EQ(row(me_, mine_).assessed_official_grade, std::nullopt);
}

TEST_F(RouteOverridesTest, AnotherPersonsOverrideIsNone) {
  const auto override = put_override();
  ASSERT_TRUE(append(others_, {override.id}, route::guard_of(row(other_, others_))));
  EXPECT_FALSE(row(other_, others_).holds_at(kNow, kBasis));
}

TEST_F(RouteOverridesTest, AChangeQueuesTheOwnersRoutesNearTheZoneAndVoidsWhatIsInTheMaking) {
  const auto begun_mine = route::guard_of(row(me_, mine_));
  const auto begun_others = route::guard_of(row(other_, others_));
  in_transaction([&](db::Transaction& tx) { route::queue_routes_of(tx, me_, {&zone_}); });
  EXPECT_FALSE(append(mine_, {}, begun_mine)) << "never graded before, and begun before the change";
  EXPECT_TRUE(append(others_, {}, begun_others));
  ASSERT_TRUE(append(mine_, {}, route::guard_of(row(me_, mine_))));
  in_transaction([&](db::Transaction& tx) { route::queue_routes_of(tx, me_, {&zone_}); });
  EXPECT_FALSE(row(me_, mine_).holds_at(kNow, kBasis)) << "at once, not when the job has run";
  EXPECT_TRUE(row(other_, others_).holds_at(kNow, kBasis));
}

TEST_F(RouteOverridesTest, AZoneElsewhereTouchesNothingAndOneThatIsNoMoreMayHaveLainAnywhere) {
  ASSERT_TRUE(append(mine_, {}, route::guard_of(row(me_, mine_))));
  forecast::Zone elsewhere;
  elsewhere.shape.parts.push_back({{{1, 40}, {2, 40}, {2, 41}, {1, 41}, {1, 40}}, {}});
  in_transaction([&](db::Transaction& tx) { route::queue_routes_of(tx, me_, {&elsewhere}); });
  EXPECT_TRUE(row(me_, mine_).holds_at(kNow, kBasis));
  in_transaction([&](db::Transaction& tx) { route::queue_routes_of(tx, me_, {}); });
  EXPECT_FALSE(row(me_, mine_).holds_at(kNow, kBasis));
}

TEST_F(RouteOverridesTest, AForecastVoidsWhatIsInTheMakingToo) {
  const auto begun = route::guard_of(row(me_, mine_));
  const geo::BoundingBox everywhere{-180, -90, 180, 90};
  route::enqueue_compiles(db_, std::span(&everywhere, 1));
  EXPECT_FALSE(append(mine_, {}, begun));
}

}  // namespace
