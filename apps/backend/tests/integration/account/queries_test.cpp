// Every statement of accounts fits the migrated schema, for the role that api and worker act as.

#include "db/session.hpp"
#include "support/postgres.hpp"

#include "account/api_token_store.hpp"
#include "account/invite_store.hpp"
#include "account/legacy_store.hpp"
#include "account/link_store.hpp"
#include "account/mail_request_store.hpp"
#include "account/rate_store.hpp"
#include "account/session_store.hpp"
#include "account/sweep_store.hpp"
#include "account/user_store.hpp"
#include <gtest/gtest.h>

#include <set>
#include <string_view>

namespace {

using namespace std::chrono_literals;

TEST(AccountQueries, HaveNamesOfTheirOwnAndFitTheMigratedSchema) {
  const support::TestDatabase database;
  const auto session = db::Session::connect(database.as_app(), db::within(10s));
  std::set<std::string_view> names;
  for (const auto queries :
       {account::user_queries(), account::session_queries(), account::api_token_queries(),
        account::invite_queries(), account::mail_request_queries(), account::rate_queries(),
        account::link_queries(), account::sweep_queries(), account::legacy_queries()}) {
    for (const auto& query : queries) {
      EXPECT_TRUE(names.insert(query.name).second) << query.name;
      EXPECT_NO_THROW(session->prepare(query, db::within(10s))) << query.name;
    }
  }
  EXPECT_EQ(names.size(), 52U) << "a store was added: name its statements here";
}

}  // namespace
