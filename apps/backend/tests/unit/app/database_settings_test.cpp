#include "app/database_settings.hpp"

#include "app/config_table.hpp"
#include "db/dsn.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct Result {
  db::Dsn dsn;
  std::vector<std::string> faults;
  std::vector<std::string> warnings;
};

Result judge(const core::Environment& environment, bool deployed = false) {
  auto loaded = core::load_config(config_table(), environment, core::config_role::kMigrate);
  Result result;
  const auto text = database_dsn(loaded, deployed);
  if (!text.empty()) result.dsn = db::Dsn::parse(text);
  for (const auto& fault : loaded.faults) result.faults.push_back(fault.path + ": " + fault.message);
  result.warnings = loaded.warnings;
  EXPECT_EQ(text.empty(), !result.faults.empty());
  return result;
}

const core::Environment kParts = {
    {"PGHOST", "db"}, {"PGUSER", "u"}, {"PGPASSWORD", "p@ /#%'\\"}, {"PGDATABASE", "d"}};

core::Environment with(core::Environment base, const core::Environment& more) {
  for (const auto& [name, value] : more) base.insert_or_assign(name, value);
  return base;
}

TEST(DatabaseSettings, PartsNeedNoEscapes) {
  const auto result = judge(with(kParts, {{"PGPORT", "5433"}, {"DATABASE_URL", ""}}));
  EXPECT_THAT(result.faults, IsEmpty());
  EXPECT_EQ(result.dsn.get("password"), "p@ /#%'\\");
  EXPECT_EQ(result.dsn.get("host"), "db");
  EXPECT_EQ(result.dsn.get("port"), "5433");
}

TEST(DatabaseSettings, NothingOrHalfOfItIsSaidByName) {
  EXPECT_THAT(judge({}).faults, ElementsAre(HasSubstr("DATABASE_URL: must be set, or PGHOST")));
  EXPECT_THAT(judge({{"PGHOST", "db"}}).faults,
              ElementsAre(HasSubstr("PGUSER: "), HasSubstr("PGDATABASE: ")));
  EXPECT_THAT(judge({{"PGPASSWORD", "x"}}).faults, ElementsAre(HasSubstr("DATABASE_URL: ")));
}

TEST(DatabaseSettings, TheAddressWinsAndPartsMayOnlyFillItsGaps) {
  const std::string url = "postgres://u@db:5432/d";
  EXPECT_EQ(judge({{"DATABASE_URL", url}, {"PGPASSWORD", "x"}}).dsn.get("password"), "x");
  EXPECT_THAT(judge({{"DATABASE_URL", url}, {"PGHOST", "db"}, {"PGPORT", "5432"}}).faults, IsEmpty());
  const auto both = judge({{"DATABASE_URL", url}, {"PGHOST", "elsewhere"}, {"PGUSER", "v"}});
  EXPECT_THAT(both.faults, ElementsAre(HasSubstr("PGHOST: must agree"), HasSubstr("PGUSER: must agree")));
  EXPECT_THAT(both.faults[0], Not(HasSubstr("elsewhere")));
}

TEST(DatabaseSettings, AFarHostIsSpokenToWithTls) {
  const auto mode = [](const char* host, bool deployed = true) {
    return std::string(judge(with(kParts, {{"PGHOST", host}}), deployed).dsn.get("sslmode"));
  };
  EXPECT_EQ(mode("db.example.net"), "require");
  EXPECT_EQ(mode("203.0.113.7"), "require");
  EXPECT_EQ(mode("10.1.2.3,db.example.net"), "require") << "one of them is far";
  for (const auto* near :
       {"db", "localhost", "10.1.2.3", "192.168.0.9", "127.0.0.1", "::1", "fd00::1", "/run/pg"})
    EXPECT_EQ(mode(near), "") << near;
  EXPECT_EQ(mode("db.example.net", false), "") << "local and test are left alone";
  EXPECT_EQ(judge({{"DATABASE_URL", "postgres://u@db.example.net/d"}}, true).dsn.get("sslmode"), "require");
  EXPECT_EQ(
      judge({{"DATABASE_URL", "postgres://u@db.example.net/d?sslmode=verify-full"}}, true).dsn.get("sslmode"),
      "verify-full");
}

TEST(DatabaseSettings, NoPasswordGoesInTheClearUnlessSomebodySaysSo) {
  const auto url = [](const std::string& mode) {
    return core::Environment{{"DATABASE_URL", "postgres://u:hush@db.example.net/d?sslmode=" + mode}};
  };
  const auto refused = judge(url("disable"), true);
  ASSERT_THAT(refused.faults,
              ElementsAre(HasSubstr("DATABASE_URL: must not have sslmode disable for db.example.net")));
  EXPECT_THAT(refused.faults[0], Not(HasSubstr("hush")));
  EXPECT_THAT(judge(with(kParts, {{"PGHOST", "db.example.net"}, {"PGSSLMODE", "disable"}}), true).faults,
              ElementsAre(HasSubstr("PGSSLMODE: ")));
  EXPECT_THAT(judge(with(kParts, {{"PGSSLMODE", "disable"}}), true).faults, IsEmpty());
  EXPECT_THAT(judge(url("disable")).faults, IsEmpty());

  const auto allowed = judge(with(url("disable"), {{"DATABASE_ALLOW_PLAINTEXT", "1"}}), true);
  EXPECT_THAT(allowed.faults, IsEmpty());
  EXPECT_THAT(allowed.warnings, ElementsAre(HasSubstr("does not insist on TLS")));
  EXPECT_THAT(judge(url("prefer"), true).warnings, ElementsAre(HasSubstr("DATABASE_URL: sslmode prefer")));
  EXPECT_THAT(judge(url("require"), true).warnings, IsEmpty());
}

TEST(DatabaseSettings, AFaultOfTheTableIsReportedOnce) {
  EXPECT_THAT(judge({{"DATABASE_URL", "mysql://u@h/d"}}).faults, ElementsAre(HasSubstr("postgres://")));
  EXPECT_THAT(judge({{"DATABASE_URL", "postgres://u:hush%zz@h/d"}}).faults,
              ElementsAre(testing::AllOf(HasSubstr("DATABASE_URL"), Not(HasSubstr("hush")))));
  EXPECT_THAT(judge(with(kParts, {{"PGPORT", "x"}})).faults, testing::Contains(HasSubstr("PGPORT")));
}

}  // namespace
}  // namespace app
