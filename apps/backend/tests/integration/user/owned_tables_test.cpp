// The registry of owned tables against the schema itself: nothing that names a person may be missing.

#include "user/owned_tables.hpp"

#include "user/owned_store.hpp"
#include "user_fixture.hpp"

#include <algorithm>
#include <set>

namespace {

using support::UserFixture;
using user::OnPurge;

class OwnedTablesTest : public UserFixture {
 protected:
  /// "table.column" of each row.
  std::vector<std::string> places(const std::string& sql) {
    const std::string name = "test.places_" + core::sha256_hex(sql).substr(0, 20);
    const db::Query query{name, sql};
    std::vector<std::string> found;
    const auto rows = session_->run(query, {}, soon());
    for (const db::Row row : rows) found.push_back(row.get<std::string>("place"));
    return found;
  }
  static bool is_registered(const std::string& place) {
    return std::ranges::any_of(user::owned_tables(), [&](const auto& row) {
      return std::string(row.table) + "." + std::string(row.owner) == place;
    });
  }
  static bool is_table_registered(const std::string& table) {
    return std::ranges::count(user::owned_tables(), table, &user::OwnedTable::table) > 0;
  }
};

TEST_F(OwnedTablesTest, EveryColumnThatNamesAPersonIsRegistered) {
  const auto by_name = places(R"sql(
    SELECT c.table_name || '.' || c.column_name AS place FROM information_schema.columns c
    JOIN information_schema.tables t USING (table_schema, table_name)
    WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
      AND (c.column_name IN ('user_id', 'owner_id') OR c.column_name LIKE '%\_user\_id'))sql");
  ASSERT_GT(by_name.size(), 15U) << "the schema was not read";
  for (const auto& place : by_name)
    EXPECT_TRUE(is_registered(place)) << place << " is in no row of src/user/owned_tables.cpp";
}

TEST_F(OwnedTablesTest, EveryForeignKeyToAPersonIsRegistered) {
  const auto by_key = places(R"sql(
    SELECT c.conrelid::regclass || '.' || a.attname AS place
    FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
    WHERE c.contype = 'f' AND c.confrelid = 'app_user'::regclass)sql");
  ASSERT_GT(by_key.size(), 10U);
  for (const auto& place : by_key)
    EXPECT_TRUE(is_registered(place)) << place << " is in no row of src/user/owned_tables.cpp";
}

TEST_F(OwnedTablesTest, WhatHangsOnAnOwnedTableIsOwned) {
  std::set<std::string> owned;
  for (const auto& row : user::owned_tables()) owned.emplace(row.table);
  const auto hanging = places(R"sql(
    SELECT conrelid::regclass || ' ' || confrelid::regclass AS place FROM pg_constraint WHERE contype = 'f')sql");
  for (const auto& pair : hanging) {
    const auto space = pair.find(' ');
    if (owned.contains(pair.substr(space + 1))) {
      EXPECT_TRUE(is_table_registered(pair.substr(0, space))) << pair;
    }
  }
}

TEST_F(OwnedTablesTest, WhatGoesWithThePersonHasAKeyThatTakesItAlong) {
  for (const auto& row : user::owned_tables()) {
    if (row.on_purge != OnPurge::with_person || row.table == "app_user") continue;
    const auto keys = places(
        "SELECT conname AS place FROM pg_constraint WHERE contype = 'f' AND confdeltype = "
        "'c' AND conrelid = '" +
        std::string(row.table) + "'::regclass AND confrelid = 'app_user'::regclass");
    EXPECT_FALSE(keys.empty()) << row.table;
  }
}

TEST_F(OwnedTablesTest, HiddenColumnsAreColumns) {
  for (const auto& row : user::owned_tables()) {
    const auto left =
        text("SELECT string_agg(name, ',') AS value FROM string_to_table('" + std::string(row.hidden) +
             "', ',') AS name WHERE name NOT IN (SELECT column_name FROM information_schema.columns "
             "WHERE table_name = '" +
             std::string(row.table) + "')");
    EXPECT_EQ(left, "") << row.table;
  }
}

TEST_F(OwnedTablesTest, NoColumnOfASecretIsExported) {
  const auto secrets = places(R"sql(
    SELECT table_name || '.' || column_name AS place FROM information_schema.columns
    WHERE table_schema = 'public' AND (column_name ~ '(hash|sealed|sha256|phc|secret|salt)' OR data_type = 'bytea')
      AND (table_name, column_name) NOT IN (('data_export', 'sha256'), ('route_assessment', 'inputs_sha256')))sql");
  for (const auto& place : secrets) {
    for (const auto& row : user::owned_tables()) {
      const std::string table(row.table);
      if (!place.starts_with(table + ".") || row.file.empty()) continue;
      const auto column = place.substr(table.size() + 1);
      const auto hidden = "," + std::string(row.hidden) + ",";
      EXPECT_NE(hidden.find("," + column + ","), std::string::npos) << place;
    }
  }
}

TEST_F(OwnedTablesTest, PagesFitTogether) {
  const auto jane = person("jane@example.org");
  const auto other = person("other@example.org");
  for (int i = 0; i < 7; ++i) {
    run("INSERT INTO favourite_zone VALUES ('" + core::to_string(jane.id) + "', 'Z" + std::to_string(i) +
        "', " + std::to_string(i) + ", now()), ('" + core::to_string(other.id) + "', 'Z" + std::to_string(i) +
        "', 0, now())");
  }
  const auto* table = &*std::ranges::find(user::owned_tables(), "favourite_zone", &user::OwnedTable::table);
  std::vector<std::string> rows;
  pool_.transact(soon(), [&](db::Transaction& tx) {
    rows.clear();
    user::ExportPage page;
    do {
      page = user::export_page(tx, *table, jane.id, page.last, 3);
      rows.insert(rows.end(), page.rows.begin(), page.rows.end());
    } while (page.rows.size() == 3);
  });
  EXPECT_EQ(rows.size(), 7U);
  EXPECT_EQ(std::set(rows.begin(), rows.end()).size(), 7U);
  for (const auto& row : rows) EXPECT_EQ(row.find(core::to_string(other.id)), std::string::npos);
}

}  // namespace
