#include "db/pool.hpp"

#include "support/postgres.hpp"

#include <gtest/gtest.h>

#include <barrier>
#include <optional>
#include <thread>

namespace {

using namespace std::chrono_literals;
using support::TestDatabase;

constexpr db::Query kPid{"pool.pid", "SELECT pg_backend_pid() AS pid"};

class PoolTest : public testing::Test {
 protected:
  db::PoolOptions options(std::size_t sessions) {
    return {.session = database_.as_owner(), .max_sessions = sessions, .wait_timeout = 100ms};
  }
  TestDatabase database_{TestDatabase::Content::empty};
};

TEST_F(PoolTest, SessionsAreReusedAndBounded) {
  db::Pool pool(options(1));
  int first = 0;
  {
    auto lease = pool.acquire(db::within(5s));
    first = lease->backend_pid();
    try {
      pool.acquire(db::within(5s));
      FAIL() << "there is one session only";
    } catch (const db::DbError& error) {
      EXPECT_EQ(error.code(), "db.pool_exhausted");
      EXPECT_EQ(error.kind(), core::ErrorKind::unavailable);
    }
  }
  EXPECT_EQ(pool.acquire(db::within(5s))->backend_pid(), first);
  EXPECT_EQ(pool.counts().open, 1U);
  EXPECT_EQ(pool.counts().in_use, 0U);
}

TEST_F(PoolTest, AWaiterGetsTheSessionThatIsGivenBack) {
  auto patient = options(1);
  patient.wait_timeout = 30s;
  db::Pool pool(patient);
  auto lease = std::make_optional(pool.acquire(db::within(5s)));
  std::thread waiter([&] { EXPECT_NO_THROW(pool.acquire(db::within(30s))); });
  while (pool.counts().waiting == 0) std::this_thread::yield();
  lease.reset();
  waiter.join();
}

TEST_F(PoolTest, ASessionLeftInATransactionIsNotReused) {
  db::Pool pool(options(1));
  const int pid = [&] {
    auto lease = pool.acquire(db::within(5s));
    lease->run_script("BEGIN", db::within(5s));
    return lease->backend_pid();
  }();
  auto lease = pool.acquire(db::within(5s));
  EXPECT_NE(lease->backend_pid(), pid);
  EXPECT_FALSE(lease->in_transaction());
}

TEST_F(PoolTest, SessionsThatTheServerClosedAreReplacedUnseen) {
  db::Pool pool(options(2));
  const int pid = pool.acquire(db::within(5s))->backend_pid();
  database_.connect()->run_script("SELECT pg_terminate_backend(" + std::to_string(pid) + ", 5000)",
                                  db::within(10s));
  auto lease = pool.acquire(db::within(5s));
  EXPECT_EQ(lease->run(kPid, {}, db::within(5s)).size(), 1U);
}

TEST_F(PoolTest, ADatabaseThatIsAwayIsReportedAndComesBackByItself) {
  support::PostgresCluster cluster;
  TestDatabase database(TestDatabase::Content::empty, cluster);
  db::Pool pool(
      {.session = database.as_owner(), .max_sessions = 2, .unreachable_wait = 100ms, .backoff_max = 100ms});
  pool.acquire(db::within(5s));
  cluster.stop();
  try {
    pool.acquire(db::within(30s));
    FAIL() << "the database is away";
  } catch (const db::DbError& error) {
    EXPECT_EQ(error.code(), "db.unreachable");
  }
  cluster.start();
  const auto until = db::within(30s);
  for (;;) {
    try {
      EXPECT_EQ(pool.acquire(until)->run(kPid, {}, until).size(), 1U);
      break;
    } catch (const db::DbError&) {
      ASSERT_GT(db::remaining(until).count(), 0);
    }
  }
}

TEST_F(PoolTest, TransactCommitsOrLeavesNothing) {
  database_.connect()->run_script("CREATE TABLE item (n int PRIMARY KEY)", db::within(5s));
  constexpr db::Query kAdd{"item.add", "INSERT INTO item VALUES ($1)"};
  constexpr db::Query kCount{"item.count", "SELECT count(*) AS n FROM item"};
  db::Pool pool(options(2));
  pool.transact(db::within(5s), [&](db::Transaction& tx) { tx.run(kAdd, {1}); });
  EXPECT_THROW(pool.transact(db::within(5s),
                             [&](db::Transaction& tx) {
                               tx.run(kAdd, {2});
                               throw core::Error(core::ErrorKind::conflict, "test", "no");
                             }),
               core::Error);
  // Swallowing a statement's error does not make the transaction good again.
  try {
    pool.transact(db::within(5s), [&](db::Transaction& tx) {
      tx.run(kAdd, {3});
      EXPECT_THROW(tx.run(kAdd, {1}), db::DbError);
    });
    FAIL() << "the commit must fail";
  } catch (const db::DbError& error) {
    EXPECT_EQ(error.code(), "db.transaction_failed");
  }
  EXPECT_EQ(pool.acquire(db::within(5s))->run(kCount, {}, db::within(5s)).single().get<int>("n"), 1);
}

TEST_F(PoolTest, ADeadlockedTransactionIsRunAgain) {
  database_.connect()->run_script(
      "CREATE TABLE account (id int PRIMARY KEY, n int); INSERT INTO account VALUES (1, 0), (2, 0)",
      db::within(5s));
  constexpr db::Query kAdd{"account.add", "UPDATE account SET n = n + 1 WHERE id = $1"};
  db::Pool pool(options(2));
  std::barrier both(2);
  const auto work = [&](int first, int second) {
    bool met = false;
    pool.transact(db::within(60s), [&](db::Transaction& tx) {
      tx.run(kAdd, {first});
      if (!std::exchange(met, true)) both.arrive_and_wait();
      tx.run(kAdd, {second});
    });
  };
  std::thread other([&] { work(2, 1); });
  work(1, 2);
  other.join();
  constexpr db::Query kSum{"account.sum", "SELECT sum(n) AS n FROM account"};
  EXPECT_EQ(pool.acquire(db::within(5s))->run(kSum, {}, db::within(5s)).single().get<int>("n"), 4);
}

TEST_F(PoolTest, ASerializationFailureIsRunAgain) {
  database_.connect()->run_script("CREATE TABLE counter (n int); INSERT INTO counter VALUES (0)",
                                  db::within(5s));
  constexpr db::Query kAdd{"counter.add", "UPDATE counter SET n = n + 1"};
  constexpr db::Query kGet{"counter.get", "SELECT n FROM counter"};
  db::Pool pool(options(2));
  bool interfered = false;
  pool.transact(
      db::within(10s),
      [&](db::Transaction& tx) {
        tx.run(kGet);
        if (!std::exchange(interfered, true)) {
          pool.transact(db::within(5s), [&](db::Transaction& inner) { inner.run(kAdd); });
        }
        tx.run(kAdd);
      },
      db::Isolation::repeatable_read);
  EXPECT_EQ(pool.acquire(db::within(5s))->run(kGet, {}, db::within(5s)).single().get<int>("n"), 2);
}

}  // namespace
