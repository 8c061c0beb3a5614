#include "core/config.hpp"

#include "core/config_text.hpp"
#include "core/config_value.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <sstream>

namespace core {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

constexpr std::array<std::string_view, 3> kEnvironments = {"local", "staging", "production"};
constexpr std::array<std::string_view, 2> kPostgresSchemes = {"postgres", "postgresql"};

std::vector<ConfigRow> table() {
  using enum ConfigType;
  return {
      {.name = "APP_ENV",
       .type = enumeration,
       .fallback = "local",
       .group = "Core",
       .help = "Kind of deployment.",
       .choices = kEnvironments},
      {.name = "PORT",
       .type = port,
       .fallback = "3001",
       .roles = config_role::kApi,
       .group = "Core",
       .help = "HTTP port."},
      {.name = "DATABASE_URL",
       .type = url,
       .need = ConfigNeed::always,
       .secret = true,
       .refuse_placeholder = true,
       .group = "Database",
       .help = "Postgres.",
       .example = "postgres://app:change-me@db/app",
       .choices = kPostgresSchemes},
      {.name = "SESSION_SECRET",
       .need = ConfigNeed::when_deployed,
       .secret = true,
       .refuse_placeholder = true,
       .roles = config_role::kApi,
       .group = "Sessions",
       .help = "Signs | seals.",
       .min = 32},
      {.name = "ASPECTAVY_TERRAIN_PATH",
       .type = path,
       .fallback = "/data",
       .group = "Terrain",
       .help = "Stores."},
      {.name = "ASPECTAVY_NOW",
       .type = instant,
       .group = "Core",
       .help = "Frozen clock.",
       .example = "2026-01-15T06:00:00Z"},
      {.name = "ASPECTAVY_SEASON_START",
       .type = day,
       .fallback = "2026-11-01",
       .group = "Core",
       .help = "Day."},
      {.name = "APP_ALLOWED_ORIGINS", .type = list, .group = "Core", .help = "Origins.", .max = 3},
      {.name = "SYNC_INTERVAL",
       .type = duration,
       .fallback = "15m",
       .group = "Worker",
       .help = "Between syncs.",
       .min = 60,
       .max = 86'400},
      {.name = "MAX_UPLOAD", .type = size, .fallback = "20MiB", .group = "Core", .help = "Largest upload."},
      {.name = "THREADS",
       .type = integer,
       .fallback = "4",
       .group = "Core",
       .help = "Threads.",
       .min = 1,
       .max = 64},
      {.name = "METRICS", .type = boolean, .fallback = "off", .group = "Core", .help = "Metrics."},
      {.name = "PUBLIC_HOST",
       .fallback = "localhost",
       .refuse_placeholder = true,
       .group = "Core",
       .help = "Host.",
       .example = "trips.example.com"},
      {.name = "UPSTREAM", .type = url, .group = "Core", .help = "Feed."},
  };
}

const std::string kDatabase = "postgres://app:pw@db:5432/app";

LoadedConfig load(Environment environment, unsigned role = config_role::kAll) {
  static const std::vector<ConfigRow> rows = table();
  environment.emplace("DATABASE_URL", kDatabase);
  return load_config(rows, environment, role, [](const std::string& path) -> std::string {
    if (path == "/run/secret") return std::string(40, 's') + "\n";
    if (path == "/run/two_lines") return std::string(40, 's') + "\n\n";
    if (path == "/run/empty") return "\n";
    throw Error(ErrorKind::not_found, "file.not_found", "There is no file " + path + ".");
  });
}

std::vector<std::string> faults_of(const LoadedConfig& loaded) {
  std::vector<std::string> lines;
  for (const auto& fault : loaded.faults) lines.push_back(fault.path + ": " + fault.message);
  return lines;
}

TEST(Config, FallsBackAndReadsEveryType) {
  const auto defaults = load({}).config;
  EXPECT_EQ(defaults.text("APP_ENV"), "local");
  EXPECT_EQ(defaults.port("PORT"), 3001);
  EXPECT_EQ(defaults.duration("SYNC_INTERVAL"), 15min);
  EXPECT_EQ(defaults.size("MAX_UPLOAD"), 20u << 20);
  EXPECT_EQ(defaults.integer("THREADS"), 4);
  EXPECT_FALSE(defaults.boolean("METRICS"));
  EXPECT_EQ(format_day(defaults.day("ASPECTAVY_SEASON_START")), "2026-11-01");
  EXPECT_EQ(defaults.optional_instant("ASPECTAVY_NOW"), std::nullopt);
  EXPECT_TRUE(defaults.list("APP_ALLOWED_ORIGINS").empty());
  EXPECT_EQ(defaults.secret("DATABASE_URL").reveal(), kDatabase);
  EXPECT_TRUE(defaults.secret("SESSION_SECRET").empty());
  EXPECT_EQ(defaults.source("PORT"), ConfigSource::fallback);
  EXPECT_EQ(defaults.source("DATABASE_URL"), ConfigSource::environment);
  EXPECT_FALSE(defaults.has("UPSTREAM"));

  const auto given = load({{"ASPECTAVY_NOW", "2026-01-15T06:00:00Z"},
                           {"APP_ALLOWED_ORIGINS", " https://a , https://b,,https://a "},
                           {"METRICS", "Yes"},
                           {"MAX_UPLOAD", "512"},
                           {"SYNC_INTERVAL", "3600"}})
                         .config;
  EXPECT_EQ(format_utc(given.instant("ASPECTAVY_NOW")), "2026-01-15T06:00:00Z");
  EXPECT_THAT(given.list("APP_ALLOWED_ORIGINS"), ElementsAre("https://a", "https://b"));
  EXPECT_TRUE(given.boolean("METRICS"));
  EXPECT_EQ(given.size("MAX_UPLOAD"), 512u);
  EXPECT_EQ(given.duration("SYNC_INTERVAL"), 1h);
}

TEST(Config, ReportsAllFaultsAtOnceInWords) {
  const auto loaded = load({{"PORT", "70000"},
                            {"DATABASE_URL", "mysql://app:pw@db"},
                            {"SESSION_SECRET", "short!!"},
                            {"THREADS", "many"},
                            {"SYNC_INTERVAL", "5s"},
                            {"MAX_UPLOAD", "20 MB"},
                            {"METRICS", "maybe"},
                            {"APP_ENV", "prod"},
                            {"ASPECTAVY_NOW", "now"},
                            {"ASPECTAVY_SEASON_START", "2026-02-30"},
                            {"APP_ALLOWED_ORIGINS", "a,b,c,d"},
                            {"UPSTREAM", "nowhere"}});
  EXPECT_THAT(
      faults_of(loaded),
      ElementsAre(
          "APP_ENV: must be one of local, staging, production (got \"prod\")",
          "PORT: must be a port number from 1 to 65535 (got \"70000\")",
          "DATABASE_URL: must be an address that starts with postgres:// or postgresql:// (got 17 bytes)",
          "SESSION_SECRET: must be a secret of at least 32 bytes (got 7 bytes)",
          "ASPECTAVY_NOW: must be a time such as 2026-01-31T06:00:00Z (got \"now\")",
          "ASPECTAVY_SEASON_START: must be a day such as 2026-01-31 (got \"2026-02-30\")",
          "APP_ALLOWED_ORIGINS: must be a list with commas of at most 3 items (got \"a,b,c,d\")",
          "SYNC_INTERVAL: must be a duration such as 30s, 15m or 12h from 60 to 86400 seconds (got \"5s\")",
          "MAX_UPLOAD: must be a size such as 64KiB or 20MiB (got \"20 MB\")",
          "THREADS: must be a whole number from 1 to 64 (got \"many\")",
          "METRICS: must be true or false (got \"maybe\")",
          "UPSTREAM: must be an address (got \"nowhere\")"));
  EXPECT_THAT(config_error_lines(loaded.faults), HasSubstr("config error: PORT: must be a port number"));
  EXPECT_THROW(loaded.require_valid(), Error);
  EXPECT_NO_THROW(load({}).require_valid());
}

TEST(Config, TakesEmptyAsUnset) {
  const auto loaded = load({{"PORT", ""}, {"DATABASE_URL", ""}, {"ASPECTAVY_NOW", ""}});
  EXPECT_EQ(loaded.config.port("PORT"), 3001);
  EXPECT_THAT(faults_of(loaded), ElementsAre("DATABASE_URL: must be set (got nothing)"));
}

TEST(Config, ReadsSecretsFromFiles) {
  const auto file = load({{"SESSION_SECRET_FILE", "/run/secret"}});
  EXPECT_TRUE(file.faults.empty());
  EXPECT_TRUE(file.warnings.empty());
  EXPECT_EQ(file.config.secret("SESSION_SECRET").reveal(), std::string(40, 's'));
  EXPECT_EQ(file.config.source("SESSION_SECRET"), ConfigSource::file);
  EXPECT_EQ(load({{"SESSION_SECRET_FILE", "/run/two_lines"}}).config.secret("SESSION_SECRET").size(), 41u);

  EXPECT_THAT(
      faults_of(load({{"SESSION_SECRET_FILE", "/run/secret"}, {"SESSION_SECRET", std::string(40, 'x')}})),
      ElementsAre("SESSION_SECRET: must be given by SESSION_SECRET or by SESSION_SECRET_FILE (got both)"));
  EXPECT_THAT(faults_of(load({{"SESSION_SECRET_FILE", "/run/empty"}})),
              ElementsAre("SESSION_SECRET: must be set (got an empty file from SESSION_SECRET_FILE)"));
  EXPECT_THAT(faults_of(load({{"SESSION_SECRET_FILE", "/absent"}})),
              ElementsAre(HasSubstr("There is no file /absent.")));
}

TEST(Config, AsksOnlyWhatTheRoleReads) {
  const Environment bad = {{"PORT", "x"}, {"SESSION_SECRET", "short"}};
  EXPECT_EQ(load(bad, config_role::kApi).faults.size(), 2u);
  const auto worker = load(bad, config_role::kWorker);
  EXPECT_TRUE(worker.faults.empty());
  EXPECT_THROW(worker.config.port("PORT"), Error);
}

TEST(Config, RefusesPlaceholdersWhenDeployed) {
  const std::string secret(32, 'k');
  const Environment good = {
      {"APP_ENV", "production"}, {"SESSION_SECRET", secret}, {"PUBLIC_HOST", "trips.alp.at"}};
  EXPECT_THAT(faults_of(load(good)), ElementsAre());

  for (const auto* text :
       {"__CHANGE_ME__ and thirty-two bytes in all", "change-me-change-me-change-me-change-me",
        "REPLACE_ME_REPLACE_ME_REPLACE_ME_REPLACE_ME"}) {
    Environment environment = good;
    environment["SESSION_SECRET"] = text;
    const auto faults = faults_of(load(environment));
    ASSERT_EQ(faults.size(), 1u) << text;
    EXPECT_THAT(faults[0], HasSubstr("SESSION_SECRET: must be your own value"));
    EXPECT_THAT(faults[0], Not(HasSubstr(text)));
    environment["APP_ENV"] = "local";
    EXPECT_TRUE(load(environment).faults.empty()) << text;
  }
  Environment host = good;
  host["PUBLIC_HOST"] = "trips.example.com";
  host["APP_ENV"] = "staging";
  EXPECT_THAT(faults_of(load(host)), ElementsAre(HasSubstr("PUBLIC_HOST: must be your own value")));

  EXPECT_THAT(
      faults_of(load({{"APP_ENV", "production"}, {"DATABASE_URL", "postgres://app:change-me@db/app"}})),
      ElementsAre(HasSubstr("DATABASE_URL: must be your own"), "SESSION_SECRET: must be set (got nothing)"));
}

TEST(Config, WarnsOfUnknownNamesWithTheNearest) {
  EXPECT_THAT(
      load({{"ASPECTAVY_TERRIAN_PATH", "/x"}, {"APP_SOMETHING_ELSE_ENTIRELY", "1"}, {"HOME", "/root"}})
          .warnings,
      ElementsAre(
          "APP_SOMETHING_ELSE_ENTIRELY is no known setting and is ignored",
          "ASPECTAVY_TERRIAN_PATH is no known setting and is ignored; did you mean ASPECTAVY_TERRAIN_PATH?"));
  // Only secrets have a file form.
  EXPECT_EQ(load({{"APP_ENV_FILE", "/x"}}).warnings.size(), 1u);
}

TEST(Config, MisuseIsAnError) {
  const auto config = load({}).config;
  EXPECT_THROW(config.text("NO_SUCH_ROW"), Error);
  EXPECT_THROW(config.text("PORT"), Error);
  EXPECT_THROW(config.integer("PORT"), Error);
  EXPECT_THROW(config.text("DATABASE_URL"), Error) << "a secret as plain text";
  EXPECT_THROW(config.secret("APP_ENV"), Error);
  EXPECT_THROW(config.instant("ASPECTAVY_NOW"), Error) << "no value";
  EXPECT_THROW(config.list("PORT"), Error);
}

TEST(Config, DistanceCountsSwapsAsOne) {
  struct Case {
    const char* a;
    const char* b;
    std::size_t distance;
  };
  for (const auto& [a, b, distance] : std::vector<Case>{{"", "", 0},
                                                        {"a", "", 1},
                                                        {"kitten", "sitting", 3},
                                                        {"terrian", "terrain", 1},
                                                        {"same", "same", 0}}) {
    EXPECT_EQ(edit_distance(a, b), distance) << a << " " << b;
    EXPECT_EQ(edit_distance(b, a), distance) << b << " " << a;
  }
}

TEST(Config, UnitsDoNotOverflow) {
  const ConfigRow row{.name = "X", .type = ConfigType::size};
  EXPECT_FALSE(parse_setting(row, "9223372036854775807GiB").ok());
  EXPECT_FALSE(parse_setting(row, "99999999999999999999").ok());
  EXPECT_FALSE(parse_setting(row, "-1").ok());
  EXPECT_FALSE(parse_setting(row, "MiB").ok());
  EXPECT_TRUE(parse_setting(row, "0").ok());
}

TEST(ConfigText, ShowsSettingsWithoutSecrets) {
  const auto rows = table();
  const auto loaded =
      load({{"SESSION_SECRET_FILE", "/run/secret"}, {"UPSTREAM", "https://me:hush@feed.test/x"}});
  const auto text = render_settings(rows, loaded.config);
  EXPECT_THAT(text, HasSubstr("APP_ENV=local  # default\n"));
  EXPECT_THAT(text, HasSubstr("SESSION_SECRET is set (40 bytes)  # file\n"));
  EXPECT_THAT(text, HasSubstr("DATABASE_URL is set (29 bytes)  # environment\n"));
  EXPECT_THAT(text, HasSubstr("UPSTREAM=https://me:***@feed.test/x  # environment\n"));
  EXPECT_THAT(text, HasSubstr("ASPECTAVY_NOW is unset\n"));
  EXPECT_THAT(text, Not(HasSubstr("hush")));
  EXPECT_THAT(text, Not(HasSubstr("pw@")));
}

TEST(ConfigText, MasksAndCutsWhatItPrints) {
  EXPECT_EQ(printable_setting("https://h/a:b@c"), "https://h/a:b@c");
  EXPECT_EQ(printable_setting("postgres://u:p@ss@h/d"), "postgres://u:***@h/d");
  EXPECT_EQ(printable_setting("https://user@h"), "https://user@h");
  EXPECT_EQ(printable_setting("a\nb\x7f"), "a?b?");
  EXPECT_EQ(printable_setting(std::string(79, 'x') + "üü"), std::string(79, 'x') + "…");
}

TEST(ConfigText, DocumentsEveryRowOnce) {
  const auto rows = table();
  const auto text = render_config_docs(rows);
  for (const auto& row : rows) {
    const std::string cell = "| `" + std::string(row.name) + "` |";
    EXPECT_NE(text.find(cell), std::string::npos) << row.name;
    EXPECT_EQ(text.find(cell), text.rfind(cell)) << row.name;
  }
  EXPECT_THAT(text, HasSubstr("## Core\n\n| Name |"));
  EXPECT_THAT(text,
              HasSubstr("| `SESSION_SECRET` | text, at least 32; secret |  | staging, production | api | "
                        "Signs \\| seals. |\n"));
}

/// The settings of an .env text, with `filled` for what the reader must fill in.
Environment environment_of(const std::string& text, const std::map<std::string, std::string>& filled) {
  Environment environment;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const auto equals = line.find('=');
    if (line.starts_with('#') || equals == std::string::npos) continue;
    const std::string name = line.substr(0, equals);
    environment[name] = filled.contains(name) ? filled.at(name) : line.substr(equals + 1);
  }
  return environment;
}

TEST(ConfigText, ExampleFilesAreRefusedAsTheyAreAndLoadOnceFilledIn) {
  const auto rows = table();
  const std::map<std::string, std::string> own = {{"DATABASE_URL", kDatabase},
                                                  {"SESSION_SECRET", std::string(32, 'k')}};
  for (const auto app_env : kEnvironments) {
    const auto text = render_env_example(rows, app_env);
    const auto filled = load_config(rows, environment_of(text, own), config_role::kAll);
    EXPECT_THAT(faults_of(filled), ElementsAre()) << app_env;
    EXPECT_EQ(filled.config.text("APP_ENV"), app_env);

    const auto unfilled = load_config(rows, environment_of(text, {}), config_role::kAll);
    EXPECT_EQ(unfilled.faults.size(), app_env == "local" ? 1u : 2u) << app_env;
  }
}

TEST(ConfigText, ExampleFilesSayWhatMayBeSet) {
  const auto rows = table();
  const auto text = render_env_example(rows, "production");
  EXPECT_THAT(text, HasSubstr("\n# Signs | seals.\n# text, at least 32; secret; read by: api\n"));
  EXPECT_THAT(text, HasSubstr("\n#PORT=3001\n"));
  EXPECT_THAT(render_env_example(rows, "local"), HasSubstr("\n#SESSION_SECRET=\n"));

  const std::array rows_of_deployments = {
      ConfigRow{.name = "DELAY", .fallback = "0", .deployed_fallback = "1000", .group = "G", .help = "h"},
      ConfigRow{.name = "TOKEN", .secret = true, .group = "G", .help = "h", .to_fill_in = true},
      ConfigRow{.name = "STORE",
                .group = "G",
                .help = "h",
                .example = "/data",
                .local_value = "/demo",
                .to_fill_in = true},
      ConfigRow{
          .name = "DB_PASSWORD", .secret = true, .roles = config_role::kCompose, .group = "G", .help = "h"}};
  const auto deployed = render_env_example(rows_of_deployments, "staging");
  EXPECT_THAT(deployed, HasSubstr("\n#DELAY=1000\n"));
  EXPECT_THAT(deployed, HasSubstr("\nTOKEN=__CHANGE_ME__\n"));
  EXPECT_THAT(deployed, HasSubstr("\nSTORE=/data\n"));
  EXPECT_THAT(deployed, Not(HasSubstr("DB_PASSWORD_FILE"))) << "Compose knows no such form";
  const auto local = render_env_example(rows_of_deployments, "local");
  EXPECT_THAT(local, HasSubstr("\n#DELAY=0\n"));
  EXPECT_THAT(local, HasSubstr("\n#TOKEN=\n"));
  EXPECT_THAT(local, HasSubstr("\nSTORE=/demo\n"));

  const std::array spaced = {ConfigRow{.name = "X", .fallback = "a $b", .group = "G", .help = "h"}};
  EXPECT_THAT(render_env_example(spaced, "local"), HasSubstr("#X='a $b'\n"));
}

}  // namespace
}  // namespace core
