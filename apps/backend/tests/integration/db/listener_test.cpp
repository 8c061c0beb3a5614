#include "db/listener.hpp"

#include "support/postgres.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace {

using namespace std::chrono_literals;
using support::TestDatabase;

/// Collects what a listener says.
class Log {
 public:
  void add(std::string line) {
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::move(line));
    changed_.notify_all();
  }
  bool wait_for(const std::string& line, std::ptrdiff_t times = 1) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 30s,
                             [&] { return std::count(lines_.begin(), lines_.end(), line) >= times; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;
};

TEST(Listener, DeliversReconnectsAndSaysWhenSomethingMayHaveBeenMissed) {
  TestDatabase database(TestDatabase::Content::empty);
  Log log;
  db::Listener listener(
      {.session = database.as_owner(), .channels = {"Odd \"name\"", "plain"}},
      [&](const db::Notification& n) { log.add(n.channel + "=" + n.payload); }, [&] { log.add("gap"); });
  ASSERT_TRUE(log.wait_for("gap"));
  const auto session = database.connect();
  session->run_script("NOTIFY plain, 'one'; SELECT pg_notify('Odd \"name\"', 'two')", db::within(5s));
  EXPECT_TRUE(log.wait_for("plain=one"));
  EXPECT_TRUE(log.wait_for("Odd \"name\"=two"));

  session->run_script(
      "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() "
      "AND pid <> pg_backend_pid() AND backend_type = 'client backend'",
      db::within(10s));
  ASSERT_TRUE(log.wait_for("gap", 2));
  session->run_script("NOTIFY plain, 'three'", db::within(5s));
  EXPECT_TRUE(log.wait_for("plain=three"));
}

TEST(Listener, ACallbackThatThrowsIsAGapNotTheEnd) {
  TestDatabase database(TestDatabase::Content::empty);
  Log log;
  db::Listener listener(
      {.session = database.as_owner(), .channels = {"plain"}},
      [&](const db::Notification& n) {
        if (n.payload == "bad") throw std::runtime_error("cannot read it");
        log.add(n.payload);
      },
      [&] { log.add("gap"); });
  ASSERT_TRUE(log.wait_for("gap"));
  const auto session = database.connect();
  session->run_script("NOTIFY plain, 'bad'", db::within(5s));
  EXPECT_TRUE(log.wait_for("gap", 2));
  session->run_script("NOTIFY plain, 'good'", db::within(5s));
  EXPECT_TRUE(log.wait_for("good"));
}

TEST(Listener, StopsWhileTheDatabaseIsAway) {
  db::Listener listener(
      {.session = {.dsn = core::Secret("host=/nonexistent port=1")}, .channels = {"x"}},
      [](const db::Notification&) {}, [] {});
  EXPECT_FALSE(listener.is_connected());
}

}  // namespace
