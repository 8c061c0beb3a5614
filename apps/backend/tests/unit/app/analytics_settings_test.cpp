#include "app/analytics_settings.hpp"

#include "app/options.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace app {
namespace {

using Faults = std::multiset<std::string>;

CheckedOptions checked(std::initializer_list<std::pair<const std::string, std::string>> settings) {
  core::Environment environment = {{"DATABASE_URL", "postgres://a@localhost/b"}};
  for (const auto& [name, value] : settings) environment.insert_or_assign(name, value);
  return check_options(environment, config_roles(Role::worker));
}

Faults faults(std::initializer_list<std::pair<const std::string, std::string>> settings) {
  Faults names;
  for (const auto& fault : checked(settings).loaded.faults) names.insert(fault.path);
  return names;
}

TEST(AnalyticsSettings, WithoutAKeyNothingIsSent) {
  const auto plain = checked({});
  EXPECT_TRUE(plain.loaded.faults.empty());
  EXPECT_TRUE(plain.options.analytics.app_key.empty());
}

TEST(AnalyticsSettings, TheKeySaysWhereEventsGo) {
  EXPECT_EQ(checked({{"APTABASE_APP_KEY", "A-EU-1234567890"}}).options.analytics.url,
            "https://eu.aptabase.com/api/v0/events");
  EXPECT_EQ(checked({{"APTABASE_APP_KEY", "A-SH-1234567890"}, {"APTABASE_HOST", "http://127.0.0.1:8080"}})
                .options.analytics.url,
            "http://127.0.0.1:8080/api/v0/events");
}

TEST(AnalyticsSettings, KeyAndHostFitEachOther) {
  EXPECT_EQ(faults({{"APTABASE_APP_KEY", "A-XX-1234567890"}}), Faults{"APTABASE_APP_KEY"});
  EXPECT_EQ(faults({{"APTABASE_APP_KEY", "hello"}}), Faults{"APTABASE_APP_KEY"});
  EXPECT_EQ(faults({{"APTABASE_APP_KEY", "A-SH-1234567890"}}), Faults{"APTABASE_HOST"});
  EXPECT_EQ(faults({{"APTABASE_APP_KEY", "A-EU-1234567890"}, {"APTABASE_HOST", "https://a.b"}}),
            Faults{"APTABASE_HOST"});
  EXPECT_EQ(faults({{"APTABASE_HOST", "https://a.b/path"}}), Faults{"APTABASE_HOST"});
}

TEST(AnalyticsSettings, DeploymentsSpeakTlsToFarHosts) {
  const auto deployed = [](const std::string& host) {
    return faults({{"APP_ENV", "production"},
                   {"SESSION_SECRET", "dRqTk2vP8sLx4wNz7yBf1cHj5mGa9eUi"},
                   {"PUBLIC_APP_URL", "https://app.avalanche-centre.org"},
                   {"MAIL_MODE", "log"},
                   {"DATABASE_URL", "postgres://a:b@db/c"},
                   {"APTABASE_APP_KEY", "A-SH-1234567890"},
                   {"APTABASE_HOST", host}});
  };
  EXPECT_EQ(deployed("http://aptabase.avalanche-centre.org"), Faults{"APTABASE_HOST"});
  EXPECT_EQ(deployed("https://aptabase.avalanche-centre.org"), Faults{});
  EXPECT_EQ(deployed("http://aptabase:8080"), Faults{});
}

}  // namespace
}  // namespace app
