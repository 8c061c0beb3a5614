#include "jobs/queue.hpp"

#include "db/transaction.hpp"
#include "jobs/heartbeat.hpp"
#include "jobs/inspect.hpp"
#include "jobs/schedule.hpp"
#include "support/postgres.hpp"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using jobs::FailureOutcome;
using support::TestDatabase;

const core::Timestamp kNow = *core::parse_time("2026-01-15T08:00:00Z");
const std::vector<std::string> kKinds{"work"};

class QueueTest : public testing::Test {
 protected:
  std::vector<jobs::ClaimedJob> claim(int limit, core::Timestamp now = kNow, std::string_view worker = "w1") {
    return jobs::claim(db_,
                       {.worker_id = worker, .lane = "default", .kinds = kKinds, .limit = limit, .now = now});
  }
  jobs::ClaimedJob claim_one(core::Timestamp now = kNow, std::string_view worker = "w1") {
    auto claimed = claim(1, now, worker);
    if (claimed.empty()) throw std::runtime_error("nothing to claim");
    return claimed.front();
  }
  std::string state(jobs::JobId id) {
    constexpr db::Query kState{"test.state", "SELECT state FROM job WHERE id = $1"};
    return db_.run(kState, {id}).single().get<std::string>("state");
  }

  TestDatabase database_;
  std::unique_ptr<db::Session> session_ = db::Session::connect(database_.as_app(), db::within(5s));
  db::OnSession db_{*session_, db::within(60s)};
};

TEST_F(QueueTest, EveryQueryFitsTheSchema) {
  for (const auto& group :
       {jobs::queries(), jobs::inspect_queries(), jobs::schedule_queries(), jobs::heartbeat_queries()}) {
    for (const auto& query : group) EXPECT_NO_THROW(session_->prepare(query, db::within(5s))) << query.name;
  }
}

TEST_F(QueueTest, JobsAreClaimedByPriorityThenAge) {
  const auto late = jobs::enqueue(db_, {.kind = "work", .priority = 200});
  const auto first = jobs::enqueue(db_, {.kind = "work"});
  const auto second = jobs::enqueue(db_, {.kind = "work"});
  const auto urgent = jobs::enqueue(db_, {.kind = "work", .priority = 1});
  std::vector<jobs::JobId> order;
  for (const auto& job : claim(10)) order.push_back(job.id);
  EXPECT_EQ(order, (std::vector{urgent, first, second, late}));
  EXPECT_TRUE(claim(10).empty());
}

TEST_F(QueueTest, AJobIsNotClaimedBeforeItsTimeNorInAnotherLaneNorByAWorkerThatDoesNotKnowIt) {
  jobs::enqueue(db_, {.kind = "work", .run_at = kNow + 1h});
  jobs::enqueue(db_, {.kind = "work", .lane = "other"});
  jobs::enqueue(db_, {.kind = "newer"});
  EXPECT_TRUE(claim(10).empty());
  EXPECT_EQ(claim(10, kNow + 1h).size(), 1U);
}

TEST_F(QueueTest, TwoClaimersNeverGetTheSameJobAndNeverWait) {
  for (int i = 0; i < 4; ++i) jobs::enqueue(db_, {.kind = "work"});
  const auto other = database_.connect();
  db::Transaction open(*other, db::within(30s));
  const auto theirs =
      jobs::claim(open, {.worker_id = "w2", .lane = "default", .kinds = kKinds, .limit = 2, .now = kNow});
  ASSERT_EQ(theirs.size(), 2U);
  const auto ours = claim(10);
  EXPECT_EQ(ours.size(), 2U);
  open.rollback();
  EXPECT_EQ(claim(10).size(), 2U) << "a claim that was rolled back is no claim";
}

TEST_F(QueueTest, AWaitingJobOfTheKeyTakesOverWhatIsAskedAgain) {
  const auto first = jobs::enqueue(
      db_, {.kind = "work", .run_at = kNow + 1h, .args = R"({"n":1})", .unique_key = "route:1"});
  const auto again =
      jobs::enqueue(db_, {.kind = "work", .priority = 5, .args = R"({"n":2})", .unique_key = "route:1"});
  EXPECT_EQ(again, first);
  const auto job = claim_one();
  EXPECT_EQ(job.args, R"({"n": 2})");
  EXPECT_TRUE(claim(1).empty());
}

TEST_F(QueueTest, WhatIsAskedWhileItsTwinRunsRunsAfterwards) {
  jobs::enqueue(db_, {.kind = "work", .unique_key = "route:1"});
  const auto running = claim_one();
  const auto next = jobs::enqueue(db_, {.kind = "work", .unique_key = "route:1"});
  EXPECT_NE(next, running.id);
  EXPECT_TRUE(claim(10).empty()) << "two of one key must not run together";
  EXPECT_TRUE(jobs::complete(db_, "w1", jobs::hold_of(running), kNow));
  EXPECT_EQ(claim_one().id, next);
}

TEST_F(QueueTest, AskingAgainHoldsTheWaitingJobBackUntilTheAskersCommit) {
  jobs::enqueue(db_, {.kind = "work", .unique_key = "route:1"});
  const auto other = database_.connect();
  db::Transaction open(*other, db::within(30s));
  jobs::enqueue(open, {.kind = "work", .unique_key = "route:1"});
  EXPECT_TRUE(claim(1).empty()) << "it would not see what the open transaction has written";
  open.commit();
  EXPECT_EQ(claim(1).size(), 1U);
}

TEST_F(QueueTest, AFailedJobWithAWaitingTwinIsSuperseded) {
  jobs::enqueue(db_, {.kind = "work", .unique_key = "route:1"});
  const auto running = claim_one();
  jobs::enqueue(db_, {.kind = "work", .unique_key = "route:1"});
  EXPECT_EQ(jobs::fail(db_, "w1", {.hold = jobs::hold_of(running), .retry_at = kNow}, kNow),
            FailureOutcome::superseded);
  EXPECT_EQ(state(running.id), "cancelled");
}

TEST_F(QueueTest, OnlyTheHolderCompletes) {
  jobs::enqueue(db_, {.kind = "work"});
  const auto job = claim_one();
  EXPECT_FALSE(jobs::complete(db_, "w2", jobs::hold_of(job), kNow));
  EXPECT_FALSE(jobs::complete(db_, "w1", {job.id, job.fence + 1}, kNow));
  EXPECT_TRUE(jobs::complete(db_, "w1", jobs::hold_of(job), kNow));
  EXPECT_FALSE(jobs::complete(db_, "w1", jobs::hold_of(job), kNow)) << "done once";
  EXPECT_EQ(state(job.id), "done");
}

TEST_F(QueueTest, AnEarlierHoldIsFencedOffEvenForTheSameWorkerAndAttempt) {
  jobs::enqueue(db_, {.kind = "work"});
  const auto first = claim_one();
  const std::vector holds{jobs::hold_of(first)};
  EXPECT_EQ(jobs::release(db_, "w1", holds, kNow), 1);
  const auto second = claim_one();
  EXPECT_EQ(second.attempt, 1) << "a released attempt does not count";
  EXPECT_FALSE(jobs::complete(db_, "w1", jobs::hold_of(first), kNow));
  EXPECT_TRUE(jobs::complete(db_, "w1", jobs::hold_of(second), kNow));
}

TEST_F(QueueTest, CompletingABatchSkipsWhatIsNotHeld) {
  for (int i = 0; i < 3; ++i) jobs::enqueue(db_, {.kind = "work"});
  const auto claimed = claim(3);
  std::vector<jobs::Hold> holds;
  for (const auto& job : claimed) holds.push_back(jobs::hold_of(job));
  holds[1].fence += 1;
  EXPECT_EQ(jobs::complete_all(db_, "w1", holds, kNow), 2);
  EXPECT_EQ(state(claimed[1].id), "running");
}

TEST_F(QueueTest, FailuresAreRetriedThenKeptAsDeadLettersThatCanBeRevived) {
  const auto id = jobs::enqueue(db_, {.kind = "work", .max_attempts = 2, .args = R"({"route":"r1"})"});
  jobs::Failure failure{.retry_at = kNow + 5s, .error_code = "net.timeout", .error_text = "no answer"};
  failure.hold = jobs::hold_of(claim_one());
  EXPECT_EQ(jobs::fail(db_, "w1", failure, kNow), FailureOutcome::retryable);
  EXPECT_TRUE(claim(1, kNow + 4s).empty());
  failure.hold = jobs::hold_of(claim_one(kNow + 5s));
  EXPECT_EQ(jobs::fail(db_, "w1", failure, kNow + 6s), FailureOutcome::discarded);
  EXPECT_EQ(jobs::fail(db_, "w1", failure, kNow + 6s), FailureOutcome::not_held);

  const auto dead = jobs::discarded(db_, 10);
  ASSERT_EQ(dead.size(), 1U);
  EXPECT_EQ(dead[0].id, id);
  EXPECT_EQ(dead[0].args, R"({"route": "r1"})");
  EXPECT_NE(dead[0].errors.find("net.timeout"), std::string::npos);
  EXPECT_EQ(dead[0].finished_at, kNow + 6s);
  EXPECT_TRUE(jobs::discarded(db_, 10, id).empty());
  EXPECT_EQ(jobs::prune(db_, kNow + 1000h, 100), 0) << "dead letters are kept for longer";
  EXPECT_EQ(jobs::prune_discarded(db_, kNow + 6s, 100), 0);

  EXPECT_TRUE(jobs::retry_discarded(db_, id));
  EXPECT_FALSE(jobs::retry_discarded(db_, id));
  EXPECT_EQ(claim_one().attempt, 1);
}

TEST_F(QueueTest, OfOneKeyTheNewestDeadLetterStandsForAll) {
  const auto die = [this](const char* kind_of_end) {
    const auto id = jobs::enqueue(db_, {.kind = "work", .max_attempts = 1, .unique_key = "feed"});
    const auto job = claim_one();
    if (kind_of_end == std::string_view("fails")) {
      jobs::fail(db_, "w1", {.hold = jobs::hold_of(job), .error_code = "x", .error_text = "y"}, kNow);
    } else {
      jobs::RescueWatch watch(1s);
      const auto start = std::chrono::steady_clock::now();
      watch.look(db_, start, kNow);
      EXPECT_EQ(watch.look(db_, start + 2s, kNow), 1);
    }
    return id;
  };
  die("fails");
  die("fails");
  const auto lost = die("is lost");
  ASSERT_EQ(jobs::discarded(db_, 10).size(), 1U);
  EXPECT_EQ(jobs::discarded(db_, 10)[0].id, lost);
  EXPECT_EQ(jobs::prune_discarded(db_, kNow + 1s, 100), 1);
  EXPECT_FALSE(jobs::remove_discarded(db_, lost));
  const auto last = die("fails");
  EXPECT_TRUE(jobs::remove_discarded(db_, last));
  EXPECT_TRUE(jobs::discarded(db_, 10).empty());
}

TEST_F(QueueTest, AJobWithANewerFormOfArgsWaitsForABuildThatReadsIt) {
  jobs::enqueue(db_, {.kind = "work", .args_version = 2});
  const auto claim_up_to = [this](std::int64_t version) {
    const std::vector<std::int64_t> versions{version};
    return jobs::claim(db_, {.worker_id = "w1",
                             .lane = "default",
                             .kinds = kKinds,
                             .args_versions = versions,
                             .limit = 10,
                             .now = kNow});
  };
  EXPECT_TRUE(claim_up_to(1).empty());
  const auto claimed = claim_up_to(2);
  ASSERT_EQ(claimed.size(), 1U);
  EXPECT_EQ(claimed[0].attempt, 1) << "waiting costs no attempt";
}

TEST_F(QueueTest, TheScheduleDoesNotGiveAFailingJobFreshAttempts) {
  const jobs::PeriodicSpec spec{.name = "sync", .kind = "work", .max_attempts = 2, .period = 60s};
  auto now = kNow;
  for (int attempt = 1; attempt <= 2; ++attempt, now += 60s) {
    EXPECT_TRUE(jobs::enqueue_if_due(db_, spec, "", now));
    const auto job = claim_one(now);
    EXPECT_EQ(job.attempt, attempt);
    jobs::fail(db_, "w1", {.hold = jobs::hold_of(job), .retry_at = now, .error_code = "x", .error_text = "y"},
               now);
  }
  EXPECT_EQ(jobs::discarded(db_, 10).size(), 1U) << "two periods, one job, one end";
}

TEST_F(QueueTest, AnInstallationKeepsItsSeed) {
  EXPECT_EQ(jobs::installation_seed(db_).size(), 36U);
  EXPECT_EQ(jobs::installation_seed(db_), jobs::installation_seed(db_));
}

TEST_F(QueueTest, WhatIsAskedAgainAfterFailuresHasFreshAttempts) {
  const auto id = jobs::enqueue(db_, {.kind = "work", .max_attempts = 2, .unique_key = "k"});
  const auto failed = claim_one();
  jobs::fail(db_, "w1",
             {.hold = jobs::hold_of(failed), .retry_at = kNow + 1h, .error_code = "x", .error_text = "y"},
             kNow);
  EXPECT_EQ(jobs::enqueue(db_, {.kind = "work", .max_attempts = 2, .unique_key = "k"}), id);
  const auto again = claim_one();
  EXPECT_EQ(again.id, id);
  EXPECT_EQ(again.attempt, 1) << "due at once, and not on its last attempt";
}

TEST_F(QueueTest, APermanentFailureIsNotRetried) {
  jobs::enqueue(db_, {.kind = "work"});
  EXPECT_EQ(
      jobs::fail(db_, "w1", {.hold = jobs::hold_of(claim_one()), .retry_at = kNow, .permanent = true}, kNow),
      FailureOutcome::discarded);
}

TEST_F(QueueTest, ErrorsOfAJobAreBounded) {
  const auto id = jobs::enqueue(db_, {.kind = "work", .max_attempts = 100});
  for (int i = 0; i < 15; ++i) {
    jobs::fail(db_, "w1",
               {.hold = jobs::hold_of(claim_one()), .retry_at = kNow, .error_code = std::to_string(i)}, kNow);
  }
  constexpr db::Query kErrors{
      "test.errors",
      "SELECT jsonb_array_length(errors) AS n, errors->-1->>'code' AS last FROM job WHERE id = $1"};
  const auto rows = db_.run(kErrors, {id});
  EXPECT_EQ(rows.single().get<int>("n"), 10);
  EXPECT_EQ(rows.single().get<std::string>("last"), "14");
}

TEST_F(QueueTest, ASilentWorkersJobIsTakenBackAndABeatingOnesIsNot) {
  jobs::enqueue(db_, {.kind = "work"});
  jobs::enqueue(db_, {.kind = "work"});
  const auto silent = claim_one(kNow, "dead");
  const auto alive = claim_one(kNow, "alive");
  const std::vector alive_hold{jobs::hold_of(alive)};
  jobs::RescueWatch watch(60s);
  const std::chrono::steady_clock::time_point start{};
  EXPECT_EQ(watch.look(db_, start, kNow), 0);
  EXPECT_EQ(jobs::beat(db_, "alive", alive_hold, kNow).size(), 1U);
  EXPECT_EQ(watch.look(db_, start + 59s, kNow), 0);
  EXPECT_EQ(watch.look(db_, start + 60s, kNow), 1);
  EXPECT_EQ(state(silent.id), "available");
  EXPECT_EQ(state(alive.id), "running");
  EXPECT_FALSE(jobs::complete(db_, "dead", jobs::hold_of(silent), kNow)) << "it was taken over";
  const std::vector silent_hold{jobs::hold_of(silent)};
  EXPECT_TRUE(jobs::beat(db_, "dead", silent_hold, kNow).empty());
}

TEST_F(QueueTest, AJobThatKillsEachOfItsWorkersEndsAsADeadLetter) {
  const auto id = jobs::enqueue(db_, {.kind = "work", .max_attempts = 2});
  jobs::RescueWatch watch(60s);
  std::chrono::steady_clock::time_point at{};
  for (int i = 0; i < 2; ++i) {
    claim_one();
    watch.look(db_, at, kNow);
    EXPECT_EQ(watch.look(db_, at += 61s, kNow), 1);
  }
  EXPECT_EQ(state(id), "discarded");
}

TEST_F(QueueTest, AJobThatIsBeingCompletedIsNotTakenBack) {
  jobs::enqueue(db_, {.kind = "work"});
  const auto job = claim_one();
  jobs::RescueWatch watch(60s);
  const std::chrono::steady_clock::time_point start{};
  watch.look(db_, start, kNow);
  const auto other = database_.connect();
  db::Transaction open(*other, db::within(30s));
  EXPECT_TRUE(jobs::complete(open, "w1", jobs::hold_of(job), kNow));
  EXPECT_EQ(watch.look(db_, start + 100s, kNow), 0);
  const std::vector holds{jobs::hold_of(job)};
  EXPECT_EQ(jobs::beat(db_, "w1", holds, kNow).size(), 1U) << "nor does a beat wait for it";
  open.commit();
  EXPECT_EQ(state(job.id), "done");
}

TEST_F(QueueTest, NoClockJumpLosesOrDoublesAJob) {
  for (const auto jump : {-24h, 24h}) {
    const auto id = jobs::enqueue(db_, {.kind = "work"});
    const auto later = kNow + jump;
    // At once means at once, whatever the claimer's clock says.
    const auto job = claim_one(later);
    ASSERT_EQ(job.id, id);
    // A jump of the watcher's wall clock takes nothing from a living worker.
    jobs::RescueWatch watch(60s);
    const std::chrono::steady_clock::time_point start{};
    watch.look(db_, start, kNow);
    EXPECT_EQ(watch.look(db_, start + 1s, later), 0);
    // A retry planned before the clock went back is not out of reach.
    jobs::fail(db_, "w1", {.hold = jobs::hold_of(job), .retry_at = kNow + 10s}, kNow);
    jobs::pull_back_retries(db_, later, 1h);
    const auto again = claim_one(later + 1h);
    EXPECT_EQ(again.id, id);
    EXPECT_TRUE(jobs::complete(db_, "w1", jobs::hold_of(again), later));
  }
}

TEST_F(QueueTest, AnEnqueueWithinAnotherStatementCommitsWithIt) {
  constexpr db::Query kBoth{"test.both", R"sql(
    WITH saved AS (INSERT INTO job_schedule VALUES ('x', 1, now()) RETURNING name)
    SELECT enqueue_job('work', 'default', 100, NULL, 5, 1, jsonb_build_object('name', name), NULL) AS id FROM saved)sql"};
  {
    db::Transaction undone(*session_, db::within(5s));
    undone.run(kBoth);
  }
  EXPECT_TRUE(claim(1).empty());
  db_.run(kBoth);
  EXPECT_EQ(claim_one().args, R"({"name": "x"})");
}

TEST_F(QueueTest, PruningDeletesOldDoneJobsOnly) {
  jobs::enqueue(db_, {.kind = "work"});
  const auto job = claim_one();
  jobs::complete(db_, "w1", jobs::hold_of(job), kNow);
  jobs::enqueue(db_, {.kind = "work"});
  EXPECT_EQ(jobs::prune(db_, kNow, 100), 0);
  EXPECT_EQ(jobs::prune(db_, kNow + 1s, 100), 1);
  EXPECT_EQ(jobs::depth(db_, kNow).waiting, 1);
}

TEST_F(QueueTest, TheScheduleEnqueuesOncePerSlotAndSurvivesClockJumps) {
  const jobs::PeriodicSpec spec{.name = "sync", .kind = "work", .period = 600s};
  EXPECT_TRUE(jobs::enqueue_if_due(db_, spec, "", kNow));
  EXPECT_FALSE(jobs::enqueue_if_due(db_, spec, "", kNow + 599s));
  EXPECT_EQ(claim(10).size(), 1U);
  EXPECT_TRUE(jobs::enqueue_if_due(db_, spec, "", kNow + 600s));
  EXPECT_TRUE(jobs::enqueue_if_due(db_, spec, "", kNow - 24h))
      << "a clock that went back must not silence it for a day";
  EXPECT_EQ(jobs::depth(db_, kNow).waiting, 1) << "but what waits already is not doubled";
}

TEST_F(QueueTest, HeartbeatsAgeByTheDatabasesClock) {
  EXPECT_EQ(jobs::worker_age(db_).newest_beat_age_s, std::nullopt);
  jobs::write_heartbeat(db_, {"w1", "host-a", 42, "abc", kNow}, {3, 7});
  jobs::write_heartbeat(db_, {"w1", "host-a", 42, "abc", kNow}, {4, 8});
  EXPECT_LT(jobs::worker_age(db_).newest_beat_age_s.value_or(1e9), 60);
  EXPECT_EQ(jobs::worker_age(db_, "host-b").newest_beat_age_s, std::nullopt);
  jobs::remove_heartbeat(db_, "w1");
  EXPECT_EQ(jobs::worker_age(db_).newest_beat_age_s, std::nullopt);
}

}  // namespace
