#include "app/config_table.hpp"

#include "core/config.hpp"

#include <gtest/gtest.h>

#include <set>

namespace app {
namespace {

core::LoadedConfig load(core::Environment environment) {
  return core::load_config(config_table(), environment, core::config_role::kAll);
}

std::set<std::string> faulty(const core::LoadedConfig& loaded) {
  std::set<std::string> names;
  for (const auto& fault : loaded.faults) names.insert(fault.path);
  return names;
}

TEST(ConfigTable, ADatabaseIsAllThatALocalInstallationMustName) {
  EXPECT_EQ(faulty(load({})), (std::set<std::string>{"DATABASE_URL"}));
  EXPECT_TRUE(load({{"DATABASE_URL", "postgres://a@localhost/b"}}).faults.empty());
}

TEST(ConfigTable, TheExamplesAreRefusedInProduction) {
  core::Environment environment{{"APP_ENV", "production"}};
  for (const auto& row : config_table()) {
    if (row.refuse_placeholder) environment[std::string(row.name)] = row.example;
  }
  for (const auto& row : config_table()) {
    if (!row.refuse_placeholder) continue;
    EXPECT_TRUE(faulty(load(environment)).contains(std::string(row.name))) << row.name;
  }
}

TEST(ConfigTable, EveryRowExplainsItself) {
  std::set<std::string_view> names;
  for (const auto& row : config_table()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_FALSE(row.help.empty()) << row.name;
    EXPECT_FALSE(row.group.empty()) << row.name;
  }
}

}  // namespace
}  // namespace app
