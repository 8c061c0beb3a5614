// Every statement of memberships fits the migrated schema, for the role that api and worker act as.

#include "db/session.hpp"
#include "support/postgres.hpp"

#include "membership/buddy_pass_store.hpp"
#include "membership/membership_store.hpp"
#include <gtest/gtest.h>

#include <set>
#include <string_view>

namespace {

using namespace std::chrono_literals;

TEST(MembershipQueries, HaveNamesOfTheirOwnAndFitTheMigratedSchema) {
  const support::TestDatabase database;
  const auto session = db::Session::connect(database.as_app(), db::within(10s));
  std::set<std::string_view> names;
  for (const auto queries : {membership::membership_queries(), membership::buddy_pass_queries()}) {
    for (const auto& query : queries) {
      EXPECT_TRUE(names.insert(query.name).second) << query.name;
      EXPECT_NO_THROW(session->prepare(query, db::within(10s))) << query.name;
    }
  }
  EXPECT_EQ(names.size(), 14U) << "a statement was added: name it here";
}

}  // namespace
