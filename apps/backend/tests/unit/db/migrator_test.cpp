#include "db/migrator.hpp"

#include <gtest/gtest.h>

namespace {

TEST(EmbeddedMigrations, AreNumberedFromOneWithoutGaps) {
  const auto migrations = db::embedded_migrations();
  ASSERT_FALSE(migrations.empty());
  for (std::size_t i = 0; i < migrations.size(); ++i) {
    EXPECT_EQ(migrations[i].number, static_cast<int>(i) + 1) << migrations[i].name;
    EXPECT_EQ(migrations[i].sha256_hex.size(), 64U);
  }
  EXPECT_EQ(db::latest_schema_version(), migrations.back().number);
}

TEST(MigrateOutcome, SaysWhatHappenedInOneLine) {
  EXPECT_EQ((db::MigrateOutcome{41, 43, 43, std::chrono::milliseconds(120)}.message()),
            "migrated 41→43 in 120 ms");
  EXPECT_EQ((db::MigrateOutcome{43, 43, 43, std::chrono::milliseconds(2)}.message()), "schema 43 is current");
  EXPECT_EQ((db::MigrateOutcome{45, 45, 43, std::chrono::milliseconds(2)}.message()),
            "schema 45 is newer than this build (max 43) and compatible");
}

TEST(Compatibility, IsDeclaredInTheFirstLine) {
  const auto declared = [](std::string_view sql) {
    return db::declared_compatibility({.number = 7, .name = "seven", .sql = sql});
  };
  EXPECT_EQ(declared("CREATE TABLE t (id int);"), 7) << "older builds do not know it: they may not run";
  EXPECT_EQ(declared("-- min_compatible_app_schema: 5\nCREATE TABLE t (id int);"), 5);
  EXPECT_EQ(declared("-- min_compatible_app_schema:7"), 7);
  EXPECT_EQ(declared("-- Roles.\n-- min_compatible_app_schema: 5\n"), 7) << "only the first line counts";
  for (const auto* bad : {"-- min_compatible_app_schema: 8", "-- min_compatible_app_schema: 0",
                          "-- min_compatible_app_schema: five",
                          "-- min_compatible_app_schema:", "-- min_compatible_app_schema: 5 or so"}) {
    EXPECT_THROW(declared(bad), core::Error) << bad;
  }
}

TEST(Compatibility, ABuildRunsOnItsOwnSchemaAndOnNewerOnesThatAdmitIt) {
  const db::SchemaState state{.version = 45, .compatible_from = 43};
  EXPECT_FALSE(state.admits(42));
  EXPECT_TRUE(state.admits(43));
  EXPECT_TRUE(state.admits(45));
  EXPECT_FALSE(state.admits(46)) << "it has not been migrated yet";
  EXPECT_FALSE((db::SchemaState{}.admits(1)));
}

}  // namespace
