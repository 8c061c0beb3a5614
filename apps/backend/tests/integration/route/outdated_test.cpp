// Which routes the refresh asks to be graded anew, and when it leaves a failing one alone.

#include "geo/line_codec.hpp"
#include "jobs/inspect.hpp"
#include "jobs/queue.hpp"
#include "route/route_store.hpp"
#include "support/postgres.hpp"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;

const core::Timestamp kNow = *core::parse_time("2026-01-15T08:00:00Z");
const std::vector<std::string> kKinds{"route.compile"};

class OutdatedTest : public testing::Test {
 protected:
  OutdatedTest() {
    route_.id = core::make_uuid_v7(kNow);
    route_.owner_id = core::make_uuid_v7(kNow);
    route_.line.points = {{11.0, 47.0}, {11.1, 47.1}};
    route_.created_at = kNow;
    const auto line = geo::encode_line(route_.line);
    const std::string request(32, 'r');
    route::insert_route(db_, {.route = route_,
                              .encoded_line = line,
                              .extent = {11.0, 47.0, 11.1, 47.1},
                              .idempotency_key = std::nullopt,
                              .request_sha256 = request});
  }

  std::vector<jobs::ClaimedJob> claim() {
    return jobs::claim(db_,
                       {.worker_id = "w1", .lane = "compile", .kinds = kKinds, .limit = 10, .now = kNow});
  }
  void fail_claimed(bool permanently) {
    for (const auto& job : claim()) {
      jobs::fail(db_, "w1",
                 {.hold = jobs::hold_of(job),
                  .retry_at = kNow,
                  .permanent = permanently,
                  .error_code = "x",
                  .error_text = "y"},
                 kNow);
    }
  }
  bool has_failed() { return route::find_route(db_, route_.owner_id, route_.id)->compile_failed; }

  support::TestDatabase database_;
  std::unique_ptr<db::Session> session_ = db::Session::connect(database_.as_app(), db::within(10s));
  db::OnSession db_{*session_, db::within(60s)};
  route::Route route_;
};

TEST_F(OutdatedTest, ARouteThatWasNeverGradedIsAskedForWhenNoJobIsOnItsWay) {
  EXPECT_EQ(route::enqueue_outdated(db_, kNow, 10), 0) << "its first job waits";
  const auto job = claim();
  ASSERT_EQ(job.size(), 1U);
  EXPECT_EQ(route::enqueue_outdated(db_, kNow, 10), 0) << "its first job runs";
  jobs::complete(db_, "w1", jobs::hold_of(job[0]), kNow);
  EXPECT_EQ(route::enqueue_outdated(db_, kNow, 10), 1) << "its job is gone, and no answer is there";
}

TEST_F(OutdatedTest, TheRefreshGivesAFailingJobNoFreshAttempts) {
  fail_claimed(false);
  EXPECT_EQ(route::enqueue_outdated(db_, kNow, 10), 0);
  const auto again = claim();
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].attempt, 2);
}

TEST_F(OutdatedTest, ACompileThatFailedForGoodRestsAndTheRouteSaysSo) {
  EXPECT_FALSE(has_failed());
  fail_claimed(true);
  EXPECT_TRUE(has_failed());
  EXPECT_TRUE(route::list_routes(db_, route_.owner_id, 10).at(0).compile_failed);
  EXPECT_EQ(route::enqueue_outdated(db_, kNow + 1h, 10), 0);
  EXPECT_EQ(route::enqueue_outdated(db_, kNow + 7h, 10), 1);
  EXPECT_FALSE(has_failed()) << "it is asked for again";
  fail_claimed(true);
  EXPECT_EQ(jobs::discarded(db_, 10).size(), 1U) << "one dead letter, however often";
}

}  // namespace
