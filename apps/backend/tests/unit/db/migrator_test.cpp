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
  EXPECT_EQ((db::MigrateOutcome{41, 43, std::chrono::milliseconds(120)}.message()),
            "migrated 41→43 in 120 ms");
  EXPECT_EQ((db::MigrateOutcome{43, 43, std::chrono::milliseconds(2)}.message()), "schema 43 is current");
}

}  // namespace
