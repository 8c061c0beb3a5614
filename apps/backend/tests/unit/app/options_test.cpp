#include "app/options.hpp"

#include "core/files.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace app {
namespace {

using Faults = std::set<std::string>;

const core::Environment kLocal = {{"DATABASE_URL", "postgres://a@localhost/b"}};
const core::Environment kDeployed = {{"APP_ENV", "production"},
                                     {"PUBLIC_HOSTS", "api.avalanche-centre.org"},
                                     {"SESSION_SECRET", "dRqTk2vP8sLx4wNz7yBf1cHj5mGa9eUi"},
                                     {"PUBLIC_APP_URL", "https://app.avalanche-centre.org"},
                                     {"DATABASE_URL", "postgres://a:b@db/c"}};

core::Environment with(core::Environment environment, const std::string& name, const std::string& value) {
  environment.insert_or_assign(name, value);
  return environment;
}

CheckedOptions check(const core::Environment& environment, Role role = Role::api) {
  return check_options(environment, config_roles(role));
}

Faults faults(const core::Environment& environment, Role role = Role::api) {
  Faults names;
  for (const auto& fault : check(environment, role).loaded.faults) names.insert(fault.path);
  return names;
}

TEST(Options, LocalModeIsOpenedToANetworkOnlyBySayingSo) {
  EXPECT_EQ(faults(kLocal), Faults{});
  const auto open = with(kLocal, "API_ADDRESS", "0.0.0.0");
  EXPECT_EQ(faults(open), Faults{"APP_ENV"});
  EXPECT_EQ(faults(with(open, "APP_ENV", "local")), Faults{});
  EXPECT_EQ(faults(open, Role::worker), Faults{}) << "it listens nowhere";
}

TEST(Options, TheClockIsNotFrozenInProduction) {
  EXPECT_EQ(faults(kDeployed), Faults{});
  EXPECT_EQ(faults(with(kDeployed, "ASPECTAVY_NOW", "2026-01-12T09:00:00Z")), Faults{"ASPECTAVY_NOW"});
}

TEST(Options, FaultsOfTheTableAndOfTheRulesAreReportedTogether) {
  auto bad = with(kDeployed, "PORT", "x");
  bad = with(bad, "APPLE_APP_SITE_ASSOCIATION_APP_IDS", "nonsense");
  bad = with(bad, "DATABASE_URL", "postgres://a:b@db.example.net/c?sslmode=disable");
  bad = with(bad, "DATABASE_ALLOW_PLAINTEXT", "perhaps");
  EXPECT_EQ(faults(bad), (Faults{"PORT", "APPLE_APP_SITE_ASSOCIATION_APP_IDS", "DATABASE_URL",
                                 "DATABASE_ALLOW_PLAINTEXT"}));
}

TEST(Options, ATerrainSettingMayNameAFolderWhoseStoresAreOpened) {
  const auto folder = std::filesystem::temp_directory_path() / "aspectavy-options-terrain";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  const auto environment = with(kDeployed, "TERRAIN_STORE", folder.string());
  EXPECT_EQ(faults(environment), Faults{}) << "an empty folder is no terrain yet";
  core::write_file_atomically(folder / "broken.store", "no store");
  core::write_file_atomically(folder / "README.md", "not looked at");
  const auto found = check(environment).loaded.faults;
  ASSERT_EQ(found.size(), 1U);
  EXPECT_NE(found[0].message.find("broken.store"), std::string::npos) << found[0].message;
  std::filesystem::remove_all(folder);
}

TEST(Options, DeploymentsDrainLongerAndNeedTheirWorker) {
  EXPECT_EQ(check(kLocal).options.drain_delay.count(), 0);
  EXPECT_FALSE(check(kLocal).options.worker_required);
  EXPECT_EQ(check(kDeployed).options.drain_delay.count(), 1000);
  EXPECT_TRUE(check(kDeployed).options.worker_required);
  EXPECT_EQ(check(with(kDeployed, "DRAIN_DELAY_MS", "250")).options.drain_delay.count(), 250);
}

TEST(Options, IdsOfIosAppsAreATeamAndABundle) {
  const auto name = "APPLE_APP_SITE_ASSOCIATION_APP_IDS";
  const auto good = check(
      with(kLocal, name,
           "ABCDE12345.org.avalanche.app, ABCDE12345.org.avalanche.app.dev,ABCDE12345.org.avalanche.app"));
  EXPECT_EQ(good.options.ios_app_ids,
            (std::vector<std::string>{"ABCDE12345.org.avalanche.app", "ABCDE12345.org.avalanche.app.dev"}));
  for (const auto* bad : {"abcde12345.org.app", "ABCDE1234.org.app", "ABCDE12345", "ABCDE12345.",
                          "ABCDE12345..app", "ABCDE12345.org app", "ABCDE12345.org.app,*"})
    EXPECT_EQ(faults(with(kLocal, name, bad)), Faults{name}) << bad;
}

TEST(Options, TheOpsTokenIsLongAndNoPlaceholder) {
  EXPECT_EQ(check(with(kDeployed, "OPS_TOKEN", std::string(32, 'k'))).options.ops_token.size(), 32U);
  EXPECT_EQ(faults(with(kDeployed, "OPS_TOKEN", std::string(31, 'k'))), Faults{"OPS_TOKEN"});
  EXPECT_EQ(faults(with(kDeployed, "OPS_TOKEN", "__CHANGE_ME__ and enough bytes after it")),
            Faults{"OPS_TOKEN"});
}

TEST(Options, EverySettingThatTheApiWouldRefuseIsAFaultAtOnce) {
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {"API_ADDRESS", "localhost"},
      {"METRICS_ADDRESS", "nonsense"},
      {"TRUSTED_PROXIES", "10.0.0.0/8, banana"},
      {"DATABASE_URL", "mysql://a@localhost/b"},
      {"PUBLIC_HOSTS", "api.av.test, http://api.av.test:80"},
      {"FORECAST_FEEDS", "/nowhere/feeds.json"},
      {"RULESET_FILE", "/nowhere/ruleset.json"},
      {"BAND_HEIGHTS_FILE", "/nowhere/heights.json"},
      {"TERRAIN_STORE", "/nowhere/a.store"},
      {"ASPECTAVY_WEB_DIR", "/nowhere/web"},
      {"LOG_LEVEL_FILE", "/nowhere/level"},
  };
  core::Environment environment{{"PORT", "9464"}, {"METRICS_PORT", "9464"}};
  Faults all{"METRICS_PORT"};
  for (const auto& [name, value] : wrong) {
    environment[name] = value;
    all.insert(name);
  }
  EXPECT_EQ(faults(environment), all);
  const auto without_files = check_options(environment, config_roles(Role::api), FileChecks::no);
  EXPECT_EQ(without_files.loaded.faults.size(), 6U);
}

TEST(Options, AFaultInAFileNamesTheSettingTheFileAndThePlace) {
  const std::string file = testing::TempDir() + "options_test_feeds.json";
  core::write_file_atomically(file, R"({"feeds": [{"provider": "a", "kind": "caml"}]})");
  const auto environment = with(kLocal, "FORECAST_FEEDS", file);
  std::string about_kind;
  for (const auto& fault : check(environment, Role::worker).loaded.faults) {
    EXPECT_EQ(fault.path, "FORECAST_FEEDS");
    if (fault.message.find("feeds[0].kind") != std::string::npos) about_kind = fault.message;
  }
  EXPECT_NE(about_kind.find(file), std::string::npos) << about_kind;
  core::write_file_atomically(file, "{");
  EXPECT_EQ(faults(environment), Faults{"FORECAST_FEEDS"});
}

TEST(Options, PublicHostsAreComparedInLowerCase) {
  const auto checked = check(with(kLocal, "PUBLIC_HOSTS", "API.Av.test, [2001:DB8::1]"));
  EXPECT_EQ(checked.options.public_hosts, (std::vector<std::string>{"api.av.test", "[2001:db8::1]"}));
}

}  // namespace
}  // namespace app
