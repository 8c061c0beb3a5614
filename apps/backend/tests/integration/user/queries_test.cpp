// Every statement of the user area fits the migrated schema, for the role that api and worker act as.

#include "db/session.hpp"
#include "support/postgres.hpp"

#include "user/contact_store.hpp"
#include "user/deletion_store.hpp"
#include "user/device_store.hpp"
#include "user/export_store.hpp"
#include "user/favourite_store.hpp"
#include "user/owned_store.hpp"
#include "user/person_store.hpp"
#include "user/profile_store.hpp"
#include "user/setting_store.hpp"
#include "user/support_store.hpp"
#include <gtest/gtest.h>

#include <set>
#include <string_view>

namespace {

using namespace std::chrono_literals;

TEST(UserQueries, HaveNamesOfTheirOwnAndFitTheMigratedSchema) {
  const support::TestDatabase database;
  const auto session = db::Session::connect(database.as_app(), db::within(10s));
  std::set<std::string_view> names;
  for (const auto queries :
       {user::person_queries(), user::profile_queries(), user::setting_queries(), user::favourite_queries(),
        user::contact_queries(), user::device_queries(), user::support_queries(), user::export_queries(),
        user::deletion_queries(), user::owned_queries()}) {
    for (const auto& query : queries) {
      EXPECT_TRUE(names.insert(query.name).second) << query.name;
      EXPECT_NO_THROW(session->prepare(query, db::within(10s))) << query.name;
    }
  }
}

}  // namespace
