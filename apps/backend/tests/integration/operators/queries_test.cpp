// Every statement about operators fits the migrated schema, for the role that api and worker act as.

#include "db/session.hpp"
#include "support/postgres.hpp"

#include "operators/operator_session_store.hpp"
#include "operators/operator_store.hpp"
#include "operators/ops_health_store.hpp"
#include "operators/user_admin_store.hpp"
#include <gtest/gtest.h>

#include <set>
#include <string_view>

namespace {

using namespace std::chrono_literals;

TEST(OperatorQueries, HaveNamesOfTheirOwnAndFitTheMigratedSchema) {
  const support::TestDatabase database;
  const auto session = db::Session::connect(database.as_app(), db::within(10s));
  std::set<std::string_view> names;
  for (const auto queries : {operators::operator_queries(), operators::operator_session_queries(),
                             operators::user_admin_queries(), operators::ops_health_queries()}) {
    for (const auto& query : queries) {
      EXPECT_TRUE(names.insert(query.name).second) << query.name;
      EXPECT_NO_THROW(session->prepare(query, db::within(10s))) << query.name;
    }
  }
  EXPECT_EQ(names.size(), 35U) << "a store was added: name its statements here";
}

}  // namespace
