#include "db/migrator.hpp"

#include "core/hash.hpp"
#include "db/transaction.hpp"
#include "support/postgres.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace {

using namespace std::chrono_literals;
using support::TestDatabase;

db::Migration migration(int number, std::string_view sql) {
  db::Migration made{.number = number, .name = "step" + std::to_string(number), .sql = sql};
  made.sha256_hex = core::sha256_hex(sql);
  made.min_compatible_app_schema = db::declared_compatibility(made);
  return made;
}

std::string code_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const core::Error& error) {
    return error.code() + ": " + error.public_message();
  }
  return "none";
}

class MigratorTest : public testing::Test {
 protected:
  db::MigrateOutcome migrate(const std::vector<db::Migration>& migrations, db::MigrateOptions options = {}) {
    return db::migrate(database_.as_owner(), migrations, options);
  }
  std::optional<int> version() {
    const auto state = db::schema_state(*session_, db::within(5s));
    return state ? std::optional(state->version) : std::nullopt;
  }

  TestDatabase database_{TestDatabase::Content::empty};
  std::unique_ptr<db::Session> session_ = database_.connect();
  const db::Migration one_ = migration(1, "CREATE TABLE one (id int)");
  const db::Migration two_ = migration(2, "CREATE TABLE two (id int); INSERT INTO two VALUES (1)");
};

TEST_F(MigratorTest, GoesForwardThenIsCurrent) {
  EXPECT_EQ(version(), std::nullopt);
  auto outcome = migrate({one_});
  EXPECT_EQ(outcome.from, 0);
  EXPECT_EQ(outcome.to, 1);
  outcome = migrate({one_, two_});
  EXPECT_EQ(outcome.from, 1);
  EXPECT_EQ(outcome.to, 2);
  EXPECT_EQ(migrate({one_, two_}).message(), "schema 2 is current");
  EXPECT_EQ(version(), 2);
}

TEST_F(MigratorTest, AFailingMigrationLeavesNothingOfItself) {
  const auto bad = migration(2, "CREATE TABLE half (id int); SELECT 1/0");
  EXPECT_EQ(code_of([&] { migrate({one_, bad}); }).substr(0, 16), "db.invalid_value");
  EXPECT_EQ(version(), 1);
  EXPECT_THROW(session_->run_script("SELECT * FROM half", db::within(5s)), db::DbError);
  EXPECT_EQ(migrate({one_, two_}).to, 2);
}

TEST_F(MigratorTest, ANewerSchemaIsRefusedWithBothNumbers) {
  migrate({one_, two_});
  EXPECT_EQ(code_of([&] { migrate({one_}); }),
            "db.schema_newer: database schema 2 is newer than this build (max 1)");
  EXPECT_EQ(code_of([&] { db::require_schema(*session_, db::within(5s), 1); }),
            "db.schema_newer: database schema 2 is newer than this build (max 1)");
  EXPECT_EQ(code_of([&] { db::require_schema(*session_, db::within(5s), 3); }),
            "db.schema_older: database schema 2 is older than this build needs (3): run aspectavy migrate");
  EXPECT_EQ(code_of([&] { db::require_schema(*session_, db::within(5s), 2); }), "none");
}

TEST_F(MigratorTest, ANewerSchemaThatAdmitsThisBuildIsLeftAsItIs) {
  const auto three = migration(3, "-- min_compatible_app_schema: 2\nALTER TABLE two ADD COLUMN note text");
  migrate({one_, two_, three});
  const auto outcome = migrate({one_, two_});
  EXPECT_EQ(outcome.message(), "schema 3 is newer than this build (max 2) and compatible");
  EXPECT_EQ(version(), 3);
  EXPECT_EQ(code_of([&] { db::require_schema(*session_, db::within(5s), 2); }), "none");
  EXPECT_EQ(code_of([&] { migrate({one_}); }),
            "db.schema_newer: database schema 3 is newer than this build (max 1)");
}

TEST_F(MigratorTest, TheStrictestOfAllMigrationsDecidesWhichBuildsMayRun) {
  const auto three = migration(3, "DROP TABLE one");
  const auto four = migration(4, "-- min_compatible_app_schema: 2\nCREATE TABLE four (id int)");
  migrate({one_, two_, three, four});
  EXPECT_EQ(db::schema_state(*session_, db::within(5s))->compatible_from, 3);
  EXPECT_EQ(code_of([&] {
              migrate({one_, two_});
            }),
            "db.schema_newer: database schema 4 is newer than this build (max 2)");
  EXPECT_EQ(migrate({one_, two_, three}).to, 4);
}

TEST_F(MigratorTest, AChangedMigrationIsRefusedAlsoBelowANewerSchema) {
  const auto three = migration(3, "-- min_compatible_app_schema: 2\nCREATE TABLE three (id int)");
  migrate({one_, two_, three});
  const auto changed = migration(2, "CREATE TABLE two (id bigint)");
  EXPECT_EQ(code_of([&] { migrate({one_, changed}); }).substr(0, 20), "db.migration_changed");
}

TEST_F(MigratorTest, AChangedMigrationIsRefused) {
  migrate({one_});
  const auto changed = migration(1, "CREATE TABLE one (id bigint)");
  EXPECT_EQ(code_of([&] { migrate({changed, two_}); }).substr(0, 20), "db.migration_changed");
  EXPECT_EQ(version(), 1);
}

TEST_F(MigratorTest, ManyAtOnceMigrateOnce) {
  std::vector<std::jthread> migrators;
  for (int i = 0; i < 6; ++i) {
    migrators.emplace_back([&] { EXPECT_EQ(migrate({one_, two_}).to, 2); });
  }
  migrators.clear();
  EXPECT_EQ(version(), 2);
}

TEST_F(MigratorTest, AnotherMigratorsLockEndsTheWait) {
  session_->run_script("SELECT pg_advisory_lock(7021238688203109750)", db::within(5s));
  EXPECT_EQ(code_of([&] { migrate({one_}, {.lock_timeout = 100ms}); }).substr(0, 19), "db.migration_locked");
  EXPECT_EQ(version(), std::nullopt);
}

TEST_F(MigratorTest, ADatabaseThatCannotBeReachedIsSaidSo) {
  const auto code = code_of([&] {
    db::migrate({.dsn = core::Secret("host=/nonexistent port=1")}, std::vector{one_},
                {.connect_wait = 300ms});
  });
  EXPECT_EQ(code.substr(0, 14), "db.unreachable");
}

TEST(AppRole, MayDoWhatItIsGrantedAndNothingElse) {
  TestDatabase database;
  database.connect()->run_script(
      "CREATE TABLE ledger (id int); CALL grant_to_app('SELECT, INSERT', 'ledger')", db::within(5s));
  const auto session = db::Session::connect(database.as_app(), db::within(5s));
  const auto attempt = [&](const char* sql) {
    try {
      session->run_script(sql, db::within(5s));
    } catch (const db::DbError& error) {
      return error.sqlstate();
    }
    return std::string("allowed");
  };
  EXPECT_EQ(attempt("INSERT INTO ledger VALUES (1)"), "allowed");
  EXPECT_EQ(attempt("SELECT * FROM ledger"), "allowed");
  EXPECT_EQ(attempt("SELECT enqueue_job('k', 'l', 1, NULL, 1, 1, '{}', NULL)"), "allowed");
  EXPECT_EQ(attempt("SELECT * FROM schema_migration"), "allowed");
  EXPECT_EQ(attempt("SELECT * FROM ops_backup_receipt"), "allowed");
  constexpr std::string_view kForbidden = "42501";
  for (const char* sql :
       {"UPDATE ledger SET id = 2", "DELETE FROM ledger", "TRUNCATE ledger", "DROP TABLE ledger",
        "ALTER TABLE ledger ADD COLUMN x int", "CREATE TABLE mine (id int)", "DELETE FROM schema_migration",
        "INSERT INTO schema_migration VALUES (999, 'x', 999, 'x')", "CREATE ROLE intruder",
        "CALL grant_to_app('ALL', 'ledger')", "TRUNCATE job",
        "INSERT INTO ops_backup_receipt (target, file_name, bytes, sha256, schema_version, duration_ms) "
        "VALUES ('local', 'f', 1, repeat('0', 64), 1, 1)"}) {
    EXPECT_EQ(attempt(sql), kForbidden) << sql;
  }
}

TEST(AppRole, WhereRolesCannotBeCreatedEverythingWorksWithTheOwnersRights) {
  // A cluster of its own: roles belong to the cluster, and the shared one has the role already.
  support::PostgresCluster cluster;
  TestDatabase database(TestDatabase::Content::empty, cluster);
  database.connect()->run_script(
      "CREATE ROLE plain_owner LOGIN; GRANT CREATE, USAGE ON SCHEMA public TO plain_owner", db::within(5s));
  auto dsn = database.dsn();
  dsn.replace(dsn.find("user=postgres"), 13, "user=plain_owner");
  db::SessionOptions options{.dsn = core::Secret(dsn), .set_role = std::string(db::kAppRole)};
  const auto migrations = db::embedded_migrations();
  EXPECT_EQ(db::migrate(options, migrations).to, db::latest_schema_version());
  const auto session = db::Session::connect(options, db::within(5s));
  EXPECT_NO_THROW(
      session->run_script("SELECT enqueue_job('k', 'l', 1, NULL, 1, 1, '{}', NULL)", db::within(5s)));
}

}  // namespace
