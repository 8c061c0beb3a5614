// Every statement of every store fits the migrated schema, for the role that api and worker act as.

#include "db/backup_receipts.hpp"
#include "db/session.hpp"
#include "forecast/fetch_store.hpp"
#include "forecast/forecast_store.hpp"
#include "jobs/heartbeat.hpp"
#include "jobs/inspect.hpp"
#include "jobs/queue.hpp"
#include "jobs/schedule.hpp"
#include "route/route_store.hpp"
#include "support/postgres.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;

std::vector<db::Query> every_query() {
  std::vector<db::Query> all;
  for (const auto queries : {jobs::queries(), jobs::schedule_queries(), jobs::heartbeat_queries(),
                             jobs::inspect_queries(), route::queries(), forecast::fetch_store_queries(),
                             forecast::forecast_store_queries(), db::backup_receipt_queries()}) {
    all.insert(all.end(), queries.begin(), queries.end());
  }
  return all;
}

TEST(Queries, HaveNamesOfTheirOwn) {
  std::set<std::string_view> names;
  for (const auto& query : every_query()) EXPECT_TRUE(names.insert(query.name).second) << query.name;
}

TEST(Queries, FitTheMigratedSchema) {
  const support::TestDatabase database;
  const auto session = db::Session::connect(database.as_app(), db::within(10s));
  for (const auto& query : every_query()) {
    EXPECT_NO_THROW(session->prepare(query, db::within(10s))) << query.name;
  }
}

}  // namespace
