#include "db/session.hpp"

#include "support/postgres.hpp"
#include "support/postgres_proxy.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace {

using namespace std::chrono_literals;
using support::TestDatabase;

class SessionTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { database_ = std::make_unique<TestDatabase>(TestDatabase::Content::empty); }
  static void TearDownTestSuite() { database_.reset(); }

  db::Rows run(const db::Query& query, db::Params params = {}) {
    return session_->run(query, params, db::within(5s));
  }

  template <typename Call>
  static db::DbError error_of(Call call) {
    try {
      call();
    } catch (const db::DbError& error) {
      return error;
    }
    ADD_FAILURE() << "no error was thrown";
    return {core::ErrorKind::internal, "none", "", ""};
  }

  inline static std::unique_ptr<TestDatabase> database_;
  std::unique_ptr<db::Session> session_ = database_->connect();
};

constexpr std::string_view kAllTypes =
    "SELECT $1::text AS t, $2::bigint AS i, $3::float8 AS d, $4::bool AS b, $5::bytea AS y, $6::timestamptz "
    "AS at, "
    "$7::uuid AS u, $8::date AS day, $9::int AS missing, $10::jsonb AS j";

TEST_F(SessionTest, ValuesOfEveryTypeComeBackEqualInBothFormats) {
  const auto id = *core::parse_uuid("0190163d-8694-739b-aea5-966c26f8ad91");
  const auto at = *core::parse_time("2026-11-23T22:00:00.123456Z");
  const auto day = *core::parse_day("2026-11-23");
  const std::string raw("\x00\xff\x10\\x", 5);
  const std::string text = "Grünten \"1738 m\" \xE2\x9B\xB7";
  constexpr db::Query kText{"types.text", kAllTypes};
  constexpr db::Query kBinary{"types.binary", kAllTypes, db::ResultFormat::binary};
  for (const auto* query : {&kText, &kBinary}) {
    const auto rows =
        run(*query, {text, -42, 0.1, true, db::bytes(raw), at, id, day, std::nullopt, R"({"a": 1})"});
    const auto row = rows.single();
    EXPECT_EQ(row.get<std::string_view>("t"), text);
    EXPECT_EQ(row.get<std::int64_t>("i"), -42);
    EXPECT_EQ(row.get<int>("i"), -42);
    EXPECT_EQ(row.get<double>("d"), 0.1);
    EXPECT_EQ(row.get<bool>("b"), true);
    EXPECT_EQ(row.get<std::string>("y"), raw);
    EXPECT_EQ(row.get<core::Timestamp>("at"), at);
    EXPECT_EQ(row.get<core::Uuid>("u"), id);
    EXPECT_EQ(row.get<core::Day>("day"), day);
    EXPECT_EQ(row.get<std::optional<int>>("missing"), std::nullopt);
    EXPECT_EQ(row.get<std::optional<bool>>("b"), true);
    EXPECT_EQ(row.get<std::string>("j"), R"({"a": 1})");
  }
}

TEST_F(SessionTest, TimesOutsideOfTheEpochAndInfinitiesRoundTrip) {
  constexpr db::Query kText{"time.text", "SELECT $1::timestamptz AS at"};
  constexpr db::Query kBinary{"time.binary", "SELECT $1::timestamptz AS at", db::ResultFormat::binary};
  for (const char* text : {"1969-12-31T23:59:59.999999Z", "2000-01-01T00:00:00Z", "1899-02-28T12:00:00.5Z"}) {
    const auto at = *core::parse_time(text);
    EXPECT_EQ(run(kText, {at}).single().get<core::Timestamp>("at"), at) << text;
    EXPECT_EQ(run(kBinary, {at}).single().get<core::Timestamp>("at"), at) << text;
  }
  for (const auto at : {core::Timestamp::min(), core::Timestamp::max()}) {
    EXPECT_EQ(run(kText, {at}).single().get<core::Timestamp>("at"), at);
    EXPECT_EQ(run(kBinary, {at}).single().get<core::Timestamp>("at"), at);
  }
}

TEST_F(SessionTest, ArraysArriveElementByElement) {
  constexpr db::Query kTexts{"array.text", "SELECT unnest($1::text[]) AS item"};
  const std::vector<std::string> items{"a,b", "", "q\"\\", "NULL", "{x}"};
  const auto rows = run(kTexts, {db::ArrayText(items)});
  ASSERT_EQ(rows.size(), items.size());
  for (std::size_t i = 0; i < items.size(); ++i) EXPECT_EQ(rows[i].get<std::string>("item"), items[i]);

  constexpr db::Query kIds{"array.uuid", "SELECT cardinality($1::uuid[]) AS n"};
  const std::vector<core::Uuid> ids(3);
  EXPECT_EQ(run(kIds, {db::ArrayText(ids)}).single().get<int>("n"), 3);
}

TEST_F(SessionTest, MisreadColumnsAreNamed) {
  constexpr db::Query kOne{"misread", "SELECT 1 AS one, NULL::int AS nothing, 'x'::text AS word"};
  const auto rows = run(kOne);
  const auto row = rows.single();
  EXPECT_EQ(error_of([&] { row.get<int>("two"); }).code(), "db.column_missing");
  const auto null = error_of([&] { row.get<int>("nothing"); });
  EXPECT_EQ(null.code(), "db.unexpected_null");
  EXPECT_NE(null.detail().find("nothing"), std::string::npos);
  EXPECT_EQ(error_of([&] { row.get<int>("word"); }).code(), "db.column_type");
  EXPECT_EQ(error_of([&] { row.get<bool>("one"); }).code(), "db.column_type");
}

TEST_F(SessionTest, AWrongNumberOfParametersIsRefusedBeforeSending) {
  constexpr db::Query kTwo{"count", "SELECT $1::int + $2::int AS sum"};
  EXPECT_EQ(error_of([&] { run(kTwo, {1}); }).code(), "db.parameter_count");
  EXPECT_EQ(run(kTwo, {1, 2}).single().get<int>("sum"), 3);
}

TEST_F(SessionTest, ATextWithNulIsRefusedNotCut) {
  constexpr db::Query kText{"nul", "SELECT $1::text AS t"};
  const auto error = error_of([&] { run(kText, {std::string("a\0b", 3)}); });
  EXPECT_EQ(error.kind(), core::ErrorKind::invalid_input);
  EXPECT_EQ(run(kText, {"ab"}).single().get<std::string>("t"), "ab");
}

TEST_F(SessionTest, TwoStatementsOfOneNameAreFound) {
  run({"twice", "SELECT 1"});
  EXPECT_EQ(error_of([&] { run({"twice", "SELECT 2"}); }).code(), "db.query_name_taken");
}

TEST_F(SessionTest, ErrorsCarrySqlstateAndConstraintAndLeaveTheSessionUsable) {
  session_->run_script("CREATE TEMP TABLE thing (id int CONSTRAINT thing_one_id UNIQUE, n int CHECK (n > 0))",
                       db::within(5s));
  constexpr db::Query kAdd{"thing.add", "INSERT INTO thing VALUES ($1, $2)"};
  EXPECT_EQ(run(kAdd, {1, 1}).affected(), 1);
  const auto twice = error_of([&] { run(kAdd, {1, 1}); });
  EXPECT_EQ(twice.kind(), core::ErrorKind::conflict);
  EXPECT_EQ(twice.sqlstate(), "23505");
  EXPECT_EQ(twice.constraint(), "thing_one_id");
  EXPECT_EQ(error_of([&] { run(kAdd, {2, -1}); }).kind(), core::ErrorKind::invalid_input);
  EXPECT_EQ(error_of([&] { run({"syntax", "SELEC 1"}); }).sqlstate(), "42601");
  EXPECT_EQ(run(kAdd, {2, 1}).affected(), 1);
}

TEST_F(SessionTest, APipelineIsOneImplicitTransaction) {
  session_->run_script("CREATE TEMP TABLE piped (n int PRIMARY KEY)", db::within(5s));
  constexpr db::Query kAdd{"piped.add", "INSERT INTO piped VALUES ($1)"};
  constexpr db::Query kCount{"piped.count", "SELECT count(*) AS n FROM piped"};
  const db::Param one(1);
  const db::Param two(2);
  const db::Statement good[] = {{&kAdd, std::span(&one, 1)}, {&kAdd, std::span(&two, 1)}, {&kCount, {}}};
  EXPECT_EQ(session_->run_all(good, db::within(5s)).back().single().get<int>("n"), 2);
  const db::Param three(3);
  const db::Statement bad[] = {{&kAdd, std::span(&three, 1)}, {&kAdd, std::span(&one, 1)}, {&kCount, {}}};
  EXPECT_EQ(error_of([&] { session_->run_all(bad, db::within(5s)); }).sqlstate(), "23505");
  EXPECT_EQ(run(kCount).single().get<int>("n"), 2);
}

TEST_F(SessionTest, ADeferredConstraintFailsTheCallThatCommits) {
  session_->run_script(
      "CREATE TEMP TABLE parent (id int PRIMARY KEY); "
      "CREATE TEMP TABLE child (id int REFERENCES parent DEFERRABLE INITIALLY DEFERRED)",
      db::within(5s));
  constexpr db::Query kAdd{"child.add", "INSERT INTO child VALUES ($1)"};
  EXPECT_EQ(error_of([&] { run(kAdd, {1}); }).sqlstate(), "23503");
  EXPECT_EQ(run({"child.count", "SELECT count(*) AS n FROM child"}).single().get<int>("n"), 0);
}

TEST_F(SessionTest, ASlowStatementIsCutAtTheDeadlineAndTheSessionGoesOn) {
  const auto started = std::chrono::steady_clock::now();
  const auto error = error_of([&] { session_->run({"slow", "SELECT pg_sleep(30)"}, {}, db::within(200ms)); });
  const auto took = std::chrono::steady_clock::now() - started;
  EXPECT_EQ(error.kind(), core::ErrorKind::deadline);
  EXPECT_GE(took, 200ms);
  EXPECT_LT(took, 20s) << "the statement was not cut";
  EXPECT_FALSE(session_->is_broken());
  EXPECT_EQ(run({"after", "SELECT 1 AS one"}).single().get<int>("one"), 1);
}

TEST_F(SessionTest, TheServersOwnTimeoutStandsBehindTheDeadline) {
  constexpr db::Query kSetting{
      "timeout.show", "SELECT setting::bigint AS ms FROM pg_settings WHERE name = 'statement_timeout'"};
  const auto of_second = session_->run(kSetting, {}, db::within(1s)).single().get<std::int64_t>("ms");
  EXPECT_GE(of_second, 900);
  EXPECT_LE(of_second, 4000);
  const auto of_minute = session_->run(kSetting, {}, db::within(60s)).single().get<std::int64_t>("ms");
  EXPECT_GE(of_minute, 59'000);
}

TEST_F(SessionTest, ABlackHoledConnectionIsGivenUpSoonAfterTheDeadline) {
  support::PostgresProxy proxy(support::shared_postgres());
  const auto session =
      db::Session::connect({.dsn = core::Secret(proxy.dsn(database_->name()))}, db::within(5s));
  session->run({"one", "SELECT 1"}, {}, db::within(5s));
  proxy.freeze();
  const auto started = std::chrono::steady_clock::now();
  const auto error = error_of([&] { session->run({"one", "SELECT 1"}, {}, db::within(200ms)); });
  EXPECT_EQ(error.kind(), core::ErrorKind::deadline);
  EXPECT_LT(std::chrono::steady_clock::now() - started, 20s);
  EXPECT_TRUE(session->is_broken());
}

TEST_F(SessionTest, ABlackHoledConnectEndsAtItsDeadline) {
  support::PostgresProxy proxy(support::shared_postgres());
  proxy.freeze();
  const auto error = error_of(
      [&] { db::Session::connect({.dsn = core::Secret(proxy.dsn(database_->name()))}, db::within(200ms)); });
  EXPECT_EQ(error.code(), "db.unreachable");
}

TEST_F(SessionTest, ACutConnectionIsUnavailable) {
  support::PostgresProxy proxy(support::shared_postgres());
  const auto session =
      db::Session::connect({.dsn = core::Secret(proxy.dsn(database_->name()))}, db::within(5s));
  session->run({"one", "SELECT 1"}, {}, db::within(5s));
  proxy.cut();
  const auto error = error_of([&] { session->run({"sleep", "SELECT pg_sleep(5)"}, {}, db::within(30s)); });
  EXPECT_EQ(error.code(), "db.unreachable");
  EXPECT_TRUE(session->is_broken());
}

TEST_F(SessionTest, AWrongPasswordOrDatabaseIsUnavailableAndSaysWhyInTheLogOnly) {
  const auto error = error_of([&] {
    db::Session::connect({.dsn = core::Secret(support::shared_postgres().dsn("no_such_database"))},
                         db::within(5s));
  });
  EXPECT_EQ(error.kind(), core::ErrorKind::unavailable);
  EXPECT_NE(error.detail().find("no_such_database"), std::string::npos);
  EXPECT_EQ(error.public_message().find("no_such_database"), std::string::npos);
}

TEST_F(SessionTest, NoticesAreHandedOver) {
  std::vector<std::string> notices;
  auto options = database_->as_owner();
  options.on_notice = [&](std::string_view severity, std::string_view message) {
    notices.push_back(std::string(severity) + ": " + std::string(message));
  };
  const auto session = db::Session::connect(options, db::within(5s));
  session->run_script("DO $$ BEGIN RAISE NOTICE 'mind the gap'; END $$", db::within(5s));
  EXPECT_EQ(notices, std::vector<std::string>{"NOTICE: mind the gap"});
}

TEST_F(SessionTest, TheWaiterIsReplaceable) {
  class CountingWaiter final : public db::Waiter {
   public:
    db::WaitResult wait(const db::SocketInterest& interest, db::Deadline deadline) override {
      ++waits;
      return poll.wait(interest, deadline);
    }
    int waits = 0;
    db::PollWaiter poll;
  } waiter;
  auto options = database_->as_owner();
  options.waiter = &waiter;
  const auto session = db::Session::connect(options, db::within(5s));
  const int before = waiter.waits;
  session->run({"one", "SELECT 1"}, {}, db::within(5s));
  EXPECT_GT(waiter.waits, before);
}

TEST_F(SessionTest, LargeParametersAndResultsPassInBothDirections) {
  const std::string large(8 << 20, 'x');
  constexpr db::Query kEcho{"echo", "SELECT $1::text AS t, $2::bytea AS b", db::ResultFormat::binary};
  const auto rows = run(kEcho, {large, db::bytes(large)});
  EXPECT_EQ(rows.single().get<std::string_view>("t"), large);
  EXPECT_EQ(rows.single().get<std::string_view>("b"), large);
}

}  // namespace
