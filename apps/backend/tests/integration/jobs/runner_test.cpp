#include "jobs/runner.hpp"

#include "jobs/inspect.hpp"
#include "support/postgres.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>

namespace {

using namespace std::chrono_literals;
using support::TestDatabase;

/// Something that tests wait for instead of sleeping.
class Signal {
 public:
  void raise() {
    const std::lock_guard lock(mutex_);
    ++count_;
    raised_.notify_all();
  }
  bool wait_for(int count) {
    std::unique_lock lock(mutex_);
    return raised_.wait_for(lock, 30s, [&] { return count_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable raised_;
  int count_ = 0;
};

constexpr db::Query kMark{"test.mark", "INSERT INTO effect (job_id) VALUES ($1)"};
constexpr db::Query kMarks{"test.marks", "SELECT count(*) AS n, count(DISTINCT job_id) AS jobs FROM effect"};
constexpr db::Query kStates{"test.states", "SELECT count(*) AS n FROM job WHERE state = $1"};

class RunnerTest : public testing::Test {
 protected:
  RunnerTest() {
    session_->run_script("CREATE TABLE effect (job_id bigint); GRANT ALL ON effect TO aspectavy_app",
                         db::within(5s));
  }

  jobs::RunnerOptions options(const std::string& worker_id) {
    return {.session = database_.as_app(),
            .identity = {worker_id, "localhost", ::getpid(), "test", clock_.now()},
            .lanes = {{.name = "default", .slots = 2}},
            .tick = 50ms,
            .heartbeat = 50ms,
            .lease = 1s,
            .stop_grace = 10s};
  }
  /// Runs a runner on a thread of its own; the thread's end stops it.
  [[nodiscard]] static std::jthread start(jobs::Runner& runner) {
    return std::jthread([&runner](const std::stop_token& stop) { runner.run(stop); });
  }
  static void stop(std::jthread& worker) {
    worker.request_stop();
    worker.join();
  }

  std::int64_t count(const char* state) { return db_.run(kStates, {state}).single().get<std::int64_t>("n"); }
  /// Polls the database: what the runner's loop records has no other sign.
  bool until(const std::function<bool()>& condition) {
    const auto deadline = db::within(30s);
    while (!condition()) {
      if (db::remaining(deadline).count() == 0) return false;
      std::this_thread::yield();
    }
    return true;
  }

  TestDatabase database_;
  std::unique_ptr<db::Session> session_ = database_.connect();
  db::OnSession db_{*session_, db::within(300s)};
  core::SystemClock clock_;
  db::Pool pool_{{.session = database_.as_app(), .max_sessions = 8}};
};

jobs::Effect mark(jobs::JobContext& context) {
  return [id = context.job().id](db::Transaction& transaction) { transaction.run(kMark, {id}); };
}

TEST_F(RunnerTest, RunsWhatIsEnqueuedBeforeAndAfterItsStart) {
  jobs::enqueue(db_, {.kind = "mark"});
  jobs::Runner runner(options("w1"), pool_, clock_);
  runner.handle("mark", {.run = mark});
  auto worker = start(runner);
  EXPECT_TRUE(until([&] { return count("done") == 1; }));
  jobs::enqueue(db_, {.kind = "mark"});
  EXPECT_TRUE(until([&] { return count("done") == 2; }));
  EXPECT_EQ(db_.run(kMarks).single().get<int>("jobs"), 2);
}

TEST_F(RunnerTest, ANotificationWakesItLongBeforeTheTick) {
  auto slow = options("w1");
  slow.tick = 1h;
  slow.heartbeat = 1h;
  slow.lease = 10h;
  jobs::Runner runner(slow, pool_, clock_);
  Signal ran;
  runner.handle("signal", {.run = [&](jobs::JobContext&) -> jobs::Effect {
                  ran.raise();
                  return {};
                }});
  auto worker = start(runner);
  jobs::enqueue(db_, {.kind = "signal"});
  EXPECT_TRUE(ran.wait_for(1));
  jobs::enqueue(db_, {.kind = "signal"});
  EXPECT_TRUE(ran.wait_for(2));
  EXPECT_TRUE(until([&] { return count("done") == 2; })) << "and the end of a job wakes it too";
}

TEST_F(RunnerTest, ErrorsAreRetriedOrDiscardedByTheirKind) {
  jobs::enqueue(db_, {.kind = "broken"});
  jobs::enqueue(db_, {.kind = "away"});
  jobs::enqueue(db_, {.kind = "odd"});
  jobs::enqueue(db_, {.kind = "away", .args_version = 2});
  jobs::Runner runner(options("w1"), pool_, clock_);
  runner.handle("broken", {.run = [](jobs::JobContext&) -> jobs::Effect {
                  throw core::Error(core::ErrorKind::invalid_input, "route.too_long", "too long");
                }});
  runner.handle("away", {.run = [](jobs::JobContext&) -> jobs::Effect {
                  throw core::Error(core::ErrorKind::unavailable, "net.timeout", "no answer");
                }});
  runner.handle("odd", {.run = [](jobs::JobContext&) -> jobs::Effect {
                  throw std::runtime_error(
                      "o\xCC"
                      "dd\n");
                }});
  auto worker = start(runner);
  EXPECT_TRUE(until([&] { return count("discarded") == 1 && count("retryable") == 2; }));
  EXPECT_EQ(count("available"), 1) << "the job of a newer build waits for it";
  EXPECT_NE(jobs::discarded(db_, 1).at(0).errors.find("route.too_long"), std::string::npos);
}

TEST_F(RunnerTest, AnEffectThatFailsLeavesNothingAndIsRetried) {
  jobs::enqueue(db_, {.kind = "half"});
  jobs::Runner runner(options("w1"), pool_, clock_);
  runner.handle("half", {.run = [](jobs::JobContext& context) -> jobs::Effect {
                  return [id = context.job().id](db::Transaction& transaction) {
                    transaction.run(kMark, {id});
                    throw core::Error(core::ErrorKind::unavailable, "test.half", "after the first half");
                  };
                }});
  auto worker = start(runner);
  EXPECT_TRUE(until([&] { return count("retryable") == 1; }));
  EXPECT_EQ(db_.run(kMarks).single().get<int>("n"), 0);
}

TEST_F(RunnerTest, AJobPastItsDeadlineIsStoppedAndRetried) {
  jobs::enqueue(db_, {.kind = "endless"});
  jobs::Runner runner(options("w1"), pool_, clock_);
  runner.handle("endless", {.run = [](jobs::JobContext& context) -> jobs::Effect {
                              Signal stopped;
                              const std::stop_callback on_stop(context.stop(), [&] { stopped.raise(); });
                              stopped.wait_for(1);
                              throw core::Error(core::ErrorKind::internal, "test.stopped", "stopped");
                            },
                            .deadline = 100ms});
  auto worker = start(runner);
  EXPECT_TRUE(until([&] { return count("retryable") == 1; }));
  constexpr db::Query kCode{"test.code", "SELECT errors->-1->>'code' AS code FROM job"};
  EXPECT_EQ(db_.run(kCode).single().get<std::string>("code"), "job.deadline");
}

TEST_F(RunnerTest, AGracefulStopLetsRunningJobsFinishAndGivesTheRestBack) {
  for (int i = 0; i < 6; ++i) jobs::enqueue(db_, {.kind = "gated"});
  Signal begun;
  Signal gate;
  auto with_ahead = options("w1");
  with_ahead.lanes[0].claim_ahead = 2;
  jobs::Runner runner(with_ahead, pool_, clock_);
  runner.handle("gated", {.run = [&](jobs::JobContext& context) {
                  begun.raise();
                  gate.wait_for(1);
                  return mark(context);
                }});
  auto worker = start(runner);
  ASSERT_TRUE(begun.wait_for(2));
  EXPECT_EQ(count("running"), 6) << "two run, four were claimed ahead";
  worker.request_stop();
  gate.raise();
  stop(worker);
  EXPECT_EQ(count("running"), 0);
  EXPECT_EQ(count("done") + count("available"), 6);
  EXPECT_GE(count("done"), 2);
  constexpr db::Query kAttempts{"test.attempts",
                                "SELECT coalesce(max(attempt), 0) AS n FROM job WHERE state = 'available'"};
  EXPECT_EQ(db_.run(kAttempts).single().get<int>("n"), 0) << "what was given back was not tried";
  EXPECT_EQ(jobs::worker_age(db_).newest_beat_age_s, std::nullopt)
      << "a clean stop takes its heartbeat along";
}

TEST_F(RunnerTest, AfterTheGraceRunningJobsAreStoppedAndGivenBackUncounted) {
  jobs::enqueue(db_, {.kind = "endless"});
  auto hasty = options("w1");
  hasty.stop_grace = 0ms;
  jobs::Runner runner(hasty, pool_, clock_);
  Signal begun;
  runner.handle("endless", {.run = [&](jobs::JobContext& context) -> jobs::Effect {
                  Signal stopped;
                  const std::stop_callback on_stop(context.stop(), [&] { stopped.raise(); });
                  begun.raise();
                  stopped.wait_for(1);
                  throw core::Error(core::ErrorKind::internal, "test.stopped", "stopped");
                }});
  auto worker = start(runner);
  ASSERT_TRUE(begun.wait_for(1));
  stop(worker);
  EXPECT_EQ(count("available"), 1);
}

TEST_F(RunnerTest, AWorkerThatLostItsLeaseCannotCommit) {
  jobs::enqueue(db_, {.kind = "gated"});
  Signal begun;
  Signal gate;
  jobs::Runner runner(options("w1"), pool_, clock_);
  runner.handle("gated", {.run = [&](jobs::JobContext& context) {
                  begun.raise();
                  gate.wait_for(1);
                  return mark(context);
                }});
  auto worker = start(runner);
  ASSERT_TRUE(begun.wait_for(1));
  // What a rescuer does to a worker that it believes dead, and what the next worker does then.
  session_->run_script(
      "UPDATE job SET state = 'done', worker_id = NULL, finished_at = now(), fence = fence + 1",
      db::within(5s));
  gate.raise();
  stop(worker);
  EXPECT_EQ(db_.run(kMarks).single().get<int>("n"), 0);
}

TEST_F(RunnerTest, ALostLeaseStopsTheHandler) {
  jobs::enqueue(db_, {.kind = "endless"});
  Signal begun;
  Signal was_stopped;
  jobs::Runner runner(options("w1"), pool_, clock_);
  runner.handle("endless", {.run = [&](jobs::JobContext& context) -> jobs::Effect {
                  const std::stop_callback on_stop(context.stop(), [&] { was_stopped.raise(); });
                  begun.raise();
                  was_stopped.wait_for(1);
                  throw core::Error(core::ErrorKind::internal, "test.stopped", "stopped");
                }});
  auto worker = start(runner);
  ASSERT_TRUE(begun.wait_for(1));
  session_->run_script("UPDATE job SET state = 'discarded', worker_id = NULL, finished_at = now()",
                       db::within(5s));
  EXPECT_TRUE(was_stopped.wait_for(1));
}

TEST_F(RunnerTest, AJobThatWaitedForItsTwinStartsWhenThatEndsNotAtTheTick) {
  auto slow = options("w1");
  slow.tick = 1h;
  jobs::Runner runner(slow, pool_, clock_);
  Signal begun;
  Signal gate;
  runner.handle("gated", {.run = [&](jobs::JobContext& context) {
                  begun.raise();
                  gate.wait_for(1);
                  return mark(context);
                }});
  auto worker = start(runner);
  jobs::enqueue(db_, {.kind = "gated", .unique_key = "route:1"});
  ASSERT_TRUE(begun.wait_for(1));
  jobs::enqueue(db_, {.kind = "gated", .unique_key = "route:1"});
  EXPECT_EQ(count("available"), 1);
  gate.raise();
  EXPECT_TRUE(begun.wait_for(2));
}

TEST_F(RunnerTest, TwoWorkersShareTheWorkAndDoEachJobOnce) {
  constexpr int kJobs = 300;
  for (int i = 0; i < kJobs; ++i) jobs::enqueue(db_, {.kind = "mark"});
  jobs::Runner first(options("w1"), pool_, clock_);
  jobs::Runner second(options("w2"), pool_, clock_);
  std::vector<std::jthread> workers;
  for (auto* runner : {&first, &second}) {
    runner->handle("mark", {.run = mark});
    workers.push_back(start(*runner));
  }
  EXPECT_TRUE(until([&] { return count("done") == kJobs; }));
  const auto rows = db_.run(kMarks);
  EXPECT_EQ(rows.single().get<int>("n"), kJobs);
  EXPECT_EQ(rows.single().get<int>("jobs"), kJobs);
}

TEST_F(RunnerTest, ThePeriodicJobRunsOncePerSlotWithTwoWorkers) {
  core::FrozenClock frozen(*core::parse_time("2026-01-15T08:00:00Z"));
  jobs::Runner first(options("w1"), pool_, frozen);
  jobs::Runner second(options("w2"), pool_, frozen);
  std::vector<std::jthread> workers;
  for (auto* runner : {&first, &second}) {
    runner->handle("mark", {.run = mark});
    runner->every({.name = "periodic", .kind = "mark", .period = 600s});
    workers.push_back(start(*runner));
  }
  EXPECT_TRUE(until([&] { return count("done") == 1; }));
  frozen.advance(600s);
  EXPECT_TRUE(until([&] { return count("done") == 2; }));
}

TEST_F(RunnerTest, TheWatchdogSeesALoopThatHangs) {
  Signal stalled;
  jobs::Watchdog starved(40ms, [&] { stalled.raise(); });
  EXPECT_TRUE(stalled.wait_for(1));
}

}  // namespace
