// Every statement of overrides fits the migrated schema, for the role that api and worker act as.

#include "db/session.hpp"
#include "support/postgres.hpp"

#include "overrides/override_store.hpp"
#include <gtest/gtest.h>

#include <set>
#include <string_view>

namespace {

using namespace std::chrono_literals;

TEST(OverrideQueries, HaveNamesOfTheirOwnAndFitTheMigratedSchema) {
  const support::TestDatabase database;
  const auto session = db::Session::connect(database.as_app(), db::within(10s));
  std::set<std::string_view> names;
  for (const auto& query : overrides::queries()) {
    EXPECT_TRUE(names.insert(query.name).second) << query.name;
    EXPECT_NO_THROW(session->prepare(query, db::within(10s))) << query.name;
  }
  EXPECT_EQ(names.size(), 8U);
}

}  // namespace
