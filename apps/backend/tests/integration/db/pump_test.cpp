#include "db/pump.hpp"

#include "support/postgres.hpp"
#include "support/postgres_proxy.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <thread>

namespace {

using namespace std::chrono_literals;
using support::TestDatabase;

constexpr db::Query kAdd{"pump.add", "INSERT INTO item (n) VALUES ($1) RETURNING n"};
constexpr db::Query kFind{"pump.find", "SELECT n, 2 * n AS twice FROM item WHERE n = $1"};
constexpr db::Query kCount{"pump.count", "SELECT count(*) AS n FROM item"};
constexpr db::Query kSleep{"pump.sleep", "SELECT pg_sleep($1)"};

class PumpTest : public testing::Test {
 protected:
  PumpTest() { session_->run_script("CREATE TABLE item (n int PRIMARY KEY CHECK (n >= 0))", db::within(5s)); }

  std::int64_t count() { return session_->run(kCount, {}, db::within(5s)).single().get<std::int64_t>("n"); }

  TestDatabase database_{TestDatabase::Content::empty};
  std::unique_ptr<db::Session> session_ = database_.connect();
};

/// Runs `work(thread, i)` `times` times on each of `threads` threads.
template <typename Work>
void in_parallel(int threads, int times, Work work) {
  std::vector<std::jthread> running;
  for (int t = 0; t < threads; ++t) {
    running.emplace_back([&work, t, times] {
      for (int i = 0; i < times; ++i) work(t, i);
    });
  }
}

TEST_F(PumpTest, EachCallerGetsItsOwnAnswer) {
  db::Pump pump({.session = database_.as_owner()});
  constexpr int kThreads = 16;
  constexpr int kTimes = 50;
  in_parallel(kThreads, kTimes, [&](int thread, int i) {
    const int n = thread * kTimes + i;
    EXPECT_EQ(pump.write(kAdd, {n}, db::within(30s)).single().get<int>("n"), n);
    const auto rows = pump.read(kFind, {n}, db::within(30s));
    EXPECT_EQ(rows.single().get<int>("twice"), 2 * n);
  });
  EXPECT_EQ(count(), kThreads * kTimes);
  EXPECT_LT(pump.write_counts().batches, pump.write_counts().requests) << "concurrent writes share commits";
}

TEST_F(PumpTest, AFailingReadNeverFailsTheReadsBesideIt) {
  constexpr db::Query kInverse{"pump.inverse", "SELECT 100 / $1::int AS inverse"};
  db::Pump pump({.session = database_.as_owner(), .read_connections = 1});
  std::atomic<int> failed{0};
  in_parallel(16, 60, [&](int thread, int i) {
    const int divisor = std::array{0, 1, 2, 4, 5}[static_cast<std::size_t>((thread + i) % 5)];
    try {
      const auto rows = pump.read(kInverse, {divisor}, db::within(30s));
      EXPECT_EQ(rows.single().get<int>("inverse") * divisor, 100);
    } catch (const db::DbError& error) {
      EXPECT_EQ(error.sqlstate(), "22012") << error.detail();
      EXPECT_EQ(divisor, 0);
      ++failed;
    }
  });
  EXPECT_EQ(failed, 16 * 60 / 5);
  EXPECT_LT(pump.read_counts().batches, pump.read_counts().requests);
}

TEST_F(PumpTest, AFailingRequestNeverFailsOrUndoesAnother) {
  db::Pump pump({.session = database_.as_owner()});
  constexpr int kThreads = 16;
  constexpr int kTimes = 40;
  std::atomic<int> conflicts{0};
  std::atomic<int> invalid{0};
  in_parallel(kThreads, kTimes, [&](int thread, int i) {
    const int n = thread * kTimes + i;
    EXPECT_EQ(pump.write(kAdd, {n}, db::within(30s)).affected(), 1);
    try {
      pump.write(kAdd, {i % 3 == 0 ? -1 : n}, db::within(30s));
      ADD_FAILURE() << "a double or a negative number was accepted";
    } catch (const db::DbError& error) {
      ++(error.kind() == core::ErrorKind::conflict ? conflicts : invalid);
    }
    EXPECT_THROW(pump.read(kAdd, {100'000 + n}, db::within(30s)), db::DbError) << "reads are read-only";
  });
  EXPECT_EQ(count(), kThreads * kTimes);
  EXPECT_EQ(invalid, kThreads * ((kTimes + 2) / 3));
  EXPECT_EQ(conflicts + invalid, kThreads * kTimes);
  EXPECT_GT(pump.write_counts().reruns, 0U);
}

TEST_F(PumpTest, ASlowRequestIsCutAtItsOwnDeadlineAndOthersGetTheirAnswer) {
  db::Pump pump({.session = database_.as_owner(), .read_connections = 1});
  std::jthread slow([&] {
    try {
      pump.read(kSleep, {30}, db::within(200ms));
      ADD_FAILURE() << "it cannot have slept";
    } catch (const db::DbError& error) {
      EXPECT_EQ(error.kind(), core::ErrorKind::deadline);
    }
  });
  while (pump.read_counts().requests == 0) std::this_thread::yield();
  in_parallel(8, 5, [&](int, int) { EXPECT_EQ(pump.read(kCount, {}, db::within(30s)).size(), 1U); });
}

TEST_F(PumpTest, ASlowWriteIsCutAndLeavesNothing) {
  db::Pump pump({.session = database_.as_owner()});
  constexpr db::Query kSlowAdd{"pump.slow_add", "INSERT INTO item SELECT $1 FROM pg_sleep(30)"};
  std::jthread slow([&] { EXPECT_THROW(pump.write(kSlowAdd, {1}, db::within(200ms)), db::DbError); });
  in_parallel(4, 3, [&](int thread, int i) {
    EXPECT_EQ(pump.write(kAdd, {10 + thread * 3 + i}, db::within(30s)).affected(), 1);
  });
  slow.join();
  EXPECT_EQ(count(), 12);
}

/// Holds the pump's only connection of one side until two more requests wait, which then share a segment in
/// the order in which they were queued.
template <typename Hold, typename First, typename Second, typename Counts>
void queue_behind(Hold hold, First first, Second second, Counts counts) {
  std::jthread holding(hold);
  while (counts().batches == 0) std::this_thread::yield();
  std::jthread waits_first(first);
  while (counts().requests < 2) std::this_thread::yield();
  second();
}

// The server keeps the reply to the first statement to itself until the segment ends: that the second one
// runs does not show.
TEST_F(PumpTest, ASlowWriteIsCutBehindAQuickOneOfItsTransaction) {
  db::Pump pump({.session = database_.as_owner()});
  constexpr db::Query kHold{"pump.hold", "INSERT INTO item SELECT $1 FROM pg_sleep(0.3)"};
  constexpr db::Query kSlowAdd{"pump.slow_add", "INSERT INTO item SELECT $1 FROM pg_sleep(60)"};
  queue_behind([&] { EXPECT_EQ(pump.write(kHold, {1}, db::within(30s)).affected(), 1); },
               [&] { EXPECT_EQ(pump.write(kAdd, {2}, db::within(30s)).affected(), 1); },
               [&] { EXPECT_THROW(pump.write(kSlowAdd, {3}, db::within(1s)), db::DbError); },
               [&] { return pump.write_counts(); });
  EXPECT_EQ(count(), 2);
  EXPECT_EQ(pump.write_counts().reruns, 1U) << "the quick one was rolled back with the slow one";
}

TEST_F(PumpTest, ASlowReadIsCutBehindAQuickOneOfItsTransaction) {
  db::Pump pump({.session = database_.as_owner(), .read_connections = 1});
  queue_behind([&] { EXPECT_EQ(pump.read(kSleep, {0.3}, db::within(30s)).size(), 1U); },
               [&] { EXPECT_EQ(pump.read(kCount, {}, db::within(30s)).size(), 1U); },
               [&] { EXPECT_THROW(pump.read(kSleep, {60}, db::within(1s)), db::DbError); },
               [&] { return pump.read_counts(); });
}

TEST_F(PumpTest, ARequestThatWaitsBehindASlowOneIsAnsweredAtItsDeadline) {
  db::Pump pump({.session = database_.as_owner(), .read_connections = 1});
  std::jthread slow([&] { EXPECT_THROW(pump.read(kSleep, {30}, db::within(2s)), db::DbError); });
  while (pump.read_counts().batches == 0) std::this_thread::yield();
  try {
    pump.read(kCount, {}, db::within(100ms));
    FAIL() << "the connection was busy";
  } catch (const db::DbError& error) {
    EXPECT_EQ(error.kind(), core::ErrorKind::deadline);
  }
}

TEST_F(PumpTest, ABlackHoledServerEndsCallsAtTheirDeadlines) {
  support::PostgresProxy proxy(support::shared_postgres());
  db::Pump pump({.session = {.dsn = core::Secret(proxy.dsn(database_.name()))}, .connect_timeout = 500ms});
  pump.read(kCount, {}, db::within(5s));
  proxy.freeze();
  EXPECT_THROW(pump.read(kCount, {}, db::within(200ms)), db::DbError);
  EXPECT_THROW(pump.write(kAdd, {1}, db::within(200ms)), db::DbError);
}

TEST_F(PumpTest, ReadsSurviveALostConnection) {
  db::Pump pump({.session = database_.as_owner(), .read_connections = 1});
  std::jthread reader([&] { EXPECT_NO_THROW(pump.read(kSleep, {0.5}, db::within(30s))); });
  constexpr db::Query kKill{
      "pump.kill",
      "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
      "WHERE datname = current_database() AND query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()"};
  const auto until = db::within(20s);
  while (session_->run(kKill, {}, until).empty() && db::remaining(until).count() > 0)
    std::this_thread::yield();
}

TEST_F(PumpTest, APostgresThatRestartsUnderLoadLosesNoAcknowledgedWrite) {
  support::PostgresCluster cluster;
  TestDatabase database(TestDatabase::Content::empty, cluster);
  database.connect()->run_script("CREATE TABLE item (n int PRIMARY KEY)", db::within(5s));
  db::Pump pump({.session = database.as_owner()});
  std::atomic<int> acknowledged{0};
  std::atomic<int> failed{0};
  std::atomic<bool> restarted{false};
  std::vector<std::jthread> writers;
  for (int thread = 0; thread < 8; ++thread) {
    writers.emplace_back([&, thread] {
      for (int i = 0; i < 100'000; ++i) {
        const bool after = restarted;
        try {
          pump.write(kAdd, {thread * 100'000 + i}, db::within(30s));
          ++acknowledged;
          if (after) return;
        } catch (const db::DbError& error) {
          EXPECT_EQ(error.kind(), core::ErrorKind::unavailable) << error.what();
          ++failed;
        }
      }
    });
  }
  while (acknowledged < 200) std::this_thread::yield();
  cluster.restart();
  restarted = true;
  writers.clear();
  const auto rows = database.connect()->run(kCount, {}, db::within(5s));
  const auto stored = rows.single().get<int>("n");
  EXPECT_GE(stored, acknowledged.load());
  EXPECT_LE(stored, acknowledged + failed) << "an unknown outcome, at most";
}

TEST_F(PumpTest, AFullQueueIsRefusedAndStoppingAnswersWhatWaits) {
  auto pump = std::make_unique<db::Pump>(
      db::PumpOptions{.session = database_.as_owner(), .read_connections = 1, .max_queued = 1});
  std::jthread busy([&] { EXPECT_THROW(pump->read(kSleep, {30}, db::within(1s)), db::DbError); });
  while (pump->read_counts().batches == 0) std::this_thread::yield();
  std::jthread waiting([&] { EXPECT_THROW(pump->read(kCount, {}, db::within(500ms)), db::DbError); });
  while (pump->read_counts().requests < 2) std::this_thread::yield();
  try {
    pump->read(kCount, {}, db::within(5s));
    FAIL() << "the queue was full";
  } catch (const db::DbError& error) {
    EXPECT_EQ(error.code(), "db.pump_full");
  }
}

}  // namespace
