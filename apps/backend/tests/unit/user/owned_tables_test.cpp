#include "user/owned_tables.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace {

using user::OnPurge;

TEST(OwnedTables, EveryRowSaysWhatBecomesOfIt) {
  std::set<std::string_view> files;
  for (const auto& table : user::owned_tables()) {
    const std::string name(table.table);
    EXPECT_FALSE(table.owner.empty()) << name;
    if (table.file.empty() || table.on_purge == OnPurge::keep) {
      EXPECT_FALSE(table.why.empty()) << name;
    }
    if (!table.file.empty()) {
      EXPECT_TRUE(files.insert(table.file).second) << name;
    }
    if (!table.rows.empty()) {
      EXPECT_NE(table.rows.find("$1"), std::string_view::npos) << name;
    }
  }
}

TEST(OwnedTables, TheAccountGoesLast) { EXPECT_EQ(user::owned_tables().back().table, "app_user"); }

TEST(OwnedTables, SecretsAreHidden) {
  for (const auto& table : user::owned_tables()) {
    if (table.table == "push_device") {
      EXPECT_EQ(table.hidden, "token_hash,token_sealed");
    }
    if (table.table == "password_credential") {
      EXPECT_EQ(table.hidden, "phc");
    }
    if (table.table == "user_session") {
      EXPECT_EQ(table.hidden, "token_hash,ip_hash");
    }
  }
}

}  // namespace
