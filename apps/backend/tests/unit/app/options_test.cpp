#include "app/options.hpp"

#include "core/error.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <set>
#include <string>

namespace app {
namespace {

/// The environment of this process, put back afterwards.
class OptionsTest : public testing::Test {
 protected:
  OptionsTest() {
    for (const auto* name : {"APP_ENV", "API_ADDRESS", "DATABASE_URL", "ASPECTAVY_NOW", "PUBLIC_HOSTS"}) {
      const char* value = std::getenv(name);
      before_[name] = value == nullptr ? "" : value;
      ::unsetenv(name);
    }
    set("DATABASE_URL", "postgres://a@localhost/b");
  }
  ~OptionsTest() override {
    for (const auto& [name, value] : before_) value.empty() ? ::unsetenv(name.c_str()) : set(name, value);
  }

  static int set(const std::string& name, const std::string& value) {
    return ::setenv(name.c_str(), value.c_str(), 1);
  }

  static std::set<std::string> faults() {
    std::set<std::string> names;
    try {
      load_options(Role::api);
    } catch (const core::Error& error) {
      for (const auto& fault : error.fields()) names.insert(fault.path);
    }
    return names;
  }

 private:
  std::map<std::string, std::string> before_;
};

TEST_F(OptionsTest, LocalModeIsOpenedToANetworkOnlyBySayingSo) {
  EXPECT_EQ(faults(), std::set<std::string>{});
  set("API_ADDRESS", "0.0.0.0");
  EXPECT_EQ(faults(), std::set<std::string>{"APP_ENV"});
  set("APP_ENV", "local");
  EXPECT_EQ(faults(), std::set<std::string>{});
}

TEST_F(OptionsTest, TheClockIsNotFrozenInProduction) {
  set("APP_ENV", "production");
  set("PUBLIC_HOSTS", "api.avalanche-centre.org");
  set("DATABASE_URL", "postgres://a:b@db.internal/c");
  EXPECT_EQ(faults(), std::set<std::string>{});
  set("ASPECTAVY_NOW", "2026-01-12T09:00:00Z");
  EXPECT_EQ(faults(), std::set<std::string>{"ASPECTAVY_NOW"});
}

}  // namespace
}  // namespace app
