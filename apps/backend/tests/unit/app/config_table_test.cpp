#include "app/config_table.hpp"

#include "app/options.hpp"
#include "core/config.hpp"

#include <gtest/gtest.h>

#include <set>

namespace app {
namespace {

core::LoadedConfig load(core::Environment environment) {
  return core::load_config(config_table(), environment,
                           core::config_role::kAll | core::config_role::kCompose);
}

std::set<std::string> faulty(const core::LoadedConfig& loaded) {
  std::set<std::string> names;
  for (const auto& fault : loaded.faults) names.insert(fault.path);
  return names;
}

TEST(ConfigTable, ADatabaseIsAllThatALocalInstallationMustName) {
  const auto all = core::config_role::kAll;
  EXPECT_EQ(faulty(check_options({}, all).loaded), (std::set<std::string>{"DATABASE_URL"}));
  EXPECT_EQ(faulty(check_options({{"DATABASE_URL", "postgres://a@localhost/b"}}, all).loaded),
            std::set<std::string>{});
}

TEST(ConfigTable, TheExamplesAreRefusedInProduction) {
  core::Environment environment{{"APP_ENV", "production"}};
  for (const auto& row : config_table()) {
    if (row.refuse_placeholder)
      environment[std::string(row.name)] = row.example.empty() ? "__CHANGE_ME__" : row.example;
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

TEST(ConfigTable, EverySecretRefusesItsPlaceholder) {
  for (const auto& row : config_table()) EXPECT_TRUE(!row.secret || row.refuse_placeholder) << row.name;
}

TEST(ConfigTable, TheProgramNeverReadsWhatIsForCompose) {
  const auto loaded = core::load_config(config_table(), {}, core::config_role::kAll);
  for (const auto& row : config_table()) {
    const bool both =
        (row.roles & core::config_role::kCompose) != 0 && row.roles != core::config_role::kCompose;
    EXPECT_FALSE(both) << row.name;
    if (row.roles == core::config_role::kCompose) {
      EXPECT_THROW(loaded.config.has(row.name), core::Error) << row.name;
    }
  }
}

}  // namespace
}  // namespace app
