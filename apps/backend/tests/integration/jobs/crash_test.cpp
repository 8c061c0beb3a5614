// What must hold when processes and servers die: each job's effect happens exactly once, and no job is lost.

#include "jobs/inspect.hpp"
#include "jobs/runner.hpp"
#include "support/postgres.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <functional>
#include <random>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>

namespace {

using namespace std::chrono_literals;
using support::PostgresCluster;
using support::TestDatabase;

constexpr db::Query kDone{"crash.done", "SELECT count(*) AS n FROM job WHERE state = 'done'"};
constexpr db::Query kEffects{"crash.effects",
                             "SELECT count(*) AS n, count(DISTINCT job_id) AS jobs FROM effect"};

/// A crash_worker process.
class WorkerProcess {
 public:
  WorkerProcess(const std::string& dsn, const std::string& worker_id, const std::string& crash_point)
      : pid_(::fork()) {
    if (pid_ != 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::execl(CRASH_WORKER, CRASH_WORKER, dsn.c_str(), worker_id.c_str(), "800", crash_point.c_str(), nullptr);
    ::_exit(127);
  }
  ~WorkerProcess() { kill(); }
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  void kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }
  /// Waits until it is frozen.
  bool is_frozen() {
    int status = 0;
    return ::waitpid(pid_, &status, WUNTRACED) == pid_ && WIFSTOPPED(status);
  }
  void thaw() { ::kill(pid_, SIGCONT); }
  /// Waits for its end; true if it died of SIGKILL.
  bool was_killed() {
    int status = 0;
    const bool ended = ::waitpid(std::exchange(pid_, -1), &status, 0) > 0;
    return ended && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
  }

 private:
  pid_t pid_;
};

void create_effect_table(const TestDatabase& database) {
  database.connect()->run_script(
      "CREATE TABLE effect (job_id bigint, worker_id text); GRANT ALL ON effect TO aspectavy_app",
      db::within(5s));
}

/// Polls until `count` jobs are done; the queue has no other sign for onlookers.
bool wait_until_done(db::Executor& db, std::int64_t count) {
  const auto until = db::within(60s);
  while (db.run(kDone).single().get<std::int64_t>("n") < count) {
    if (db::remaining(until).count() == 0) return false;
    std::this_thread::yield();
  }
  return true;
}

class CrashPointTest : public testing::TestWithParam<const char*> {};

TEST_P(CrashPointTest, AfterKillMinusNineTheJobRunsAgainAndItsEffectHappensOnce) {
  TestDatabase database;
  create_effect_table(database);
  const auto session = database.connect();
  db::OnSession db(*session, db::within(120s));
  jobs::enqueue(db, {.kind = "effect"});
  jobs::enqueue(db, {.kind = "effect", .args = R"({"crash": true})"});
  jobs::enqueue(db, {.kind = "plain", .args = R"({"crash": true})"});
  jobs::enqueue(db, {.kind = "effect"});

  WorkerProcess doomed(database.dsn(), "doomed", GetParam());
  ASSERT_TRUE(doomed.was_killed());
  EXPECT_LT(db.run(kDone).single().get<int>("n"), 4);
  // The heir may meet the other crashing job on its first attempt.
  WorkerProcess heir(database.dsn(), "heir", "none");
  ASSERT_TRUE(wait_until_done(db, 4));
  const auto effects = db.run(kEffects);
  EXPECT_EQ(effects.single().get<int>("n"), 3);
  EXPECT_EQ(effects.single().get<int>("jobs"), 3);
}

INSTANTIATE_TEST_SUITE_P(EveryStep, CrashPointTest,
                         testing::Values("handler", "before_effect", "after_effect"),
                         [](const auto& point) { return std::string(point.param); });

constexpr db::Query kLeader{"crash.leader", R"sql(
SELECT max(pid) AS pid FROM pg_locks
WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
)sql"};

/// Frozen outside of a transaction, and within one that holds the job's row.
class FreezePointTest : public testing::TestWithParam<const char*> {};

TEST_P(FreezePointTest, AFrozenLeaderIsSucceededAndItsJobIsRescued) {
  TestDatabase database;
  create_effect_table(database);
  const auto session = database.connect();
  db::OnSession db(*session, db::within(120s));
  const auto leader = [&db] { return db.run(kLeader).single().get<std::optional<int>>("pid"); };
  const auto until = [](const std::function<bool()>& holds) {
    const auto deadline = db::within(30s);
    while (!holds() && db::remaining(deadline).count() > 0) std::this_thread::sleep_for(10ms);
    return holds();
  };
  WorkerProcess frozen(database.dsn(), "frozen", GetParam());
  ASSERT_TRUE(until([&] { return leader().has_value(); }));
  const auto first = leader();
  jobs::enqueue(db, {.kind = "effect", .args = R"({"freeze": true})"});
  ASSERT_TRUE(frozen.is_frozen());

  WorkerProcess heir(database.dsn(), "heir", "none");
  ASSERT_TRUE(wait_until_done(db, 1));
  ASSERT_TRUE(leader().has_value());
  EXPECT_NE(leader(), first) << "the job can only have been rescued by a new leader";
  frozen.thaw();
  jobs::enqueue(db, {.kind = "effect"});
  ASSERT_TRUE(wait_until_done(db, 2));
  EXPECT_EQ(db.run(kEffects).single().get<int>("n"), 2) << "what the thawed worker still held is fenced off";
}

INSTANTIATE_TEST_SUITE_P(EveryStep, FreezePointTest, testing::Values("handler", "after_effect"),
                         [](const auto& point) { return std::string(point.param); });

/// A moment within the server at which a trigger holds a worker's statement, so that it can be killed just
/// then.
struct Moment {
  const char* name;
  const char* trigger;
  const char* args;
};

class KilledDuringTest : public testing::TestWithParam<Moment> {};

constexpr db::Query kLingers{"crash.lingers", R"sql(
SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep')sql"};

TEST_P(KilledDuringTest, TheWorkIsDoneOnceByTheNextWorker) {
  const auto& moment = GetParam();
  TestDatabase database;
  create_effect_table(database);
  const auto session = database.connect();
  db::OnSession db(*session, db::within(120s));
  session->run_script(std::string("CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS "
                                  "'BEGIN PERFORM pg_sleep(2); RETURN NEW; END';") +
                          moment.trigger,
                      db::within(5s));
  const bool by_schedule = std::string_view(moment.name) == "tick";
  if (!by_schedule) jobs::enqueue(db, {.kind = "effect", .args = moment.args, .unique_key = "once"});

  WorkerProcess doomed(database.dsn(), "doomed", moment.name);
  const auto until = db::within(30s);
  const auto lingers = [&] { return db.run(kLingers).single().get<int>("n") > 0; };
  while (!lingers() && db::remaining(until).count() > 0) std::this_thread::sleep_for(5ms);
  ASSERT_TRUE(lingers());
  doomed.kill();
  while (lingers() && db::remaining(until).count() > 0) std::this_thread::sleep_for(20ms);
  session->run_script("DROP FUNCTION linger() CASCADE", db::within(30s));

  WorkerProcess heir(database.dsn(), "heir", moment.name);
  ASSERT_TRUE(wait_until_done(db, 1));
  constexpr db::Query kAll{"crash.all", "SELECT count(*) AS n FROM job"};
  EXPECT_EQ(db.run(kAll).single().get<int>("n"), 1) << "one job, whoever made it";
  EXPECT_EQ(db.run(kEffects).single().get<int>("n"), by_schedule ? 0 : 1);
}

INSTANTIATE_TEST_SUITE_P(
    EveryStep, KilledDuringTest,
    testing::Values(
        Moment{"claim",
               "CREATE TRIGGER linger BEFORE UPDATE ON job FOR EACH ROW WHEN (NEW.state = 'running' AND "
               "OLD.state "
               "<> 'running') EXECUTE FUNCTION linger()",
               "{}"},
        // The server commits although nobody is left to be told.
        Moment{"commit",
               "CREATE CONSTRAINT TRIGGER linger AFTER INSERT ON effect DEFERRABLE INITIALLY DEFERRED FOR "
               "EACH ROW "
               "EXECUTE FUNCTION linger()",
               "{}"},
        Moment{
            "fail",
            "CREATE TRIGGER linger BEFORE UPDATE ON job FOR EACH ROW WHEN (NEW.state = 'retryable') EXECUTE "
            "FUNCTION linger()",
            R"({"fail": true})"},
        Moment{"tick",
               "CREATE TRIGGER linger BEFORE INSERT ON job_schedule FOR EACH ROW EXECUTE FUNCTION linger()",
               ""}),
    [](const auto& moment) { return std::string(moment.param.name); });

TEST(CrashTest, WorkersKilledAtRandomMomentsLoseAndDoubleNothing) {
  constexpr int kJobs = 400;
  constexpr int kRounds = 12;
  TestDatabase database;
  create_effect_table(database);
  const auto session = database.connect();
  db::OnSession db(*session, db::within(300s));
  for (int i = 0; i < kJobs; ++i) {
    jobs::enqueue(db, {.kind = i % 4 == 0 ? "plain" : "effect", .max_attempts = 100});
  }
  std::mt19937 random(20260115);
  WorkerProcess steady(database.dsn(), "steady", "none");
  for (int round = 0; round < kRounds; ++round) {
    WorkerProcess victim(database.dsn(), "victim" + std::to_string(round), "none");
    // The moment of the kill is the input of this test, not a way to wait.
    std::this_thread::sleep_for(std::chrono::milliseconds(std::uniform_int_distribution(5, 60)(random)));
    victim.kill();
  }
  ASSERT_TRUE(wait_until_done(db, kJobs));
  const auto effects = db.run(kEffects);
  EXPECT_EQ(effects.single().get<int>("n"), kJobs * 3 / 4);
  EXPECT_EQ(effects.single().get<int>("jobs"), kJobs * 3 / 4);
}

TEST(CrashTest, APostgresThatIsKilledAndRestartedUnderLoadLosesAndDoublesNothing) {
  constexpr int kJobs = 1500;
  PostgresCluster cluster;
  TestDatabase database(TestDatabase::Content::migrated, cluster);
  create_effect_table(database);
  {
    const auto session = database.connect();
    session->run_script(
        "SELECT enqueue_job('effect', 'default', 100, NULL, 100, 1, '{}', NULL) FROM generate_series(1, " +
            std::to_string(kJobs) + ")",
        db::within(30s));
  }
  const core::SystemClock clock;
  db::Pool pool({.session = database.as_app(), .max_sessions = 6});
  bool stalled = false;
  jobs::Watchdog watchdog(20s, [&] { stalled = true; });
  jobs::Runner runner({.session = database.as_app(),
                       .identity = {"w1", "localhost", ::getpid(), "test", clock.now()},
                       .lanes = {{.name = "default", .slots = 4, .claim_ahead = 2}},
                       .tick = 100ms,
                       .lease = 1s,
                       .watchdog = &watchdog},
                      pool, clock);
  runner.handle("effect", {.run = [](jobs::JobContext& context) -> jobs::Effect {
                  return [id = context.job().id](db::Transaction& transaction) {
                    constexpr db::Query kInsert{"crash.insert", "INSERT INTO effect (job_id) VALUES ($1)"};
                    transaction.run(kInsert, {id});
                  };
                }});
  std::jthread worker([&](const std::stop_token& stop) { runner.run(stop); });
  const auto wait_for_effects = [&](int count) {
    const auto session = database.connect();
    db::OnSession db(*session, db::within(60s));
    return wait_until_done(db, count);
  };
  ASSERT_TRUE(wait_for_effects(50));
  cluster.restart();
  ASSERT_TRUE(wait_for_effects(300));
  cluster.kill();
  cluster.start();
  // Failed attempts wait for their backoff: bring them forward, as time would.
  const auto session = database.connect();
  db::OnSession db(*session, db::within(120s));
  constexpr db::Query kForward{"crash.forward",
                               "UPDATE job SET run_at = '-infinity' WHERE state = 'retryable'"};
  const auto until = db::within(60s);
  while (db.run(kDone).single().get<int>("n") < kJobs && db::remaining(until).count() > 0) db.run(kForward);
  const auto effects = db.run(kEffects);
  EXPECT_EQ(effects.single().get<int>("n"), kJobs);
  EXPECT_EQ(effects.single().get<int>("jobs"), kJobs);
  EXPECT_EQ(db.run(kDone).single().get<int>("n"), kJobs);
  EXPECT_FALSE(stalled) << "a database that is away is not a stall";
}

}  // namespace
