#include "app/config_table.hpp"

#include "app/account_rows.hpp"
#include "app/analytics_rows.hpp"
#include "app/compose_rows.hpp"
#include "app/legacy_rows.hpp"
#include "app/mail_rows.hpp"
#include "app/membership_rows.hpp"
#include "app/setting_checks.hpp"
#include "app/storage_rows.hpp"
#include "app/user_rows.hpp"

#include <array>
#include <vector>

namespace app {
namespace {

using core::ConfigNeed;
using core::ConfigRow;
using core::ConfigType;
namespace role = core::config_role;

constexpr std::array<std::string_view, 4> kEnvironments = {"local", "test", "staging", "production"};
constexpr std::array<std::string_view, 6> kLogLevels = {"trace", "debug", "info", "warn", "error", "silent"};
constexpr std::array<std::string_view, 2> kWorkerPolicies = {"degrade", "fail"};
constexpr std::array<std::string_view, 2> kPostgresSchemes = {"postgres", "postgresql"};
constexpr std::array<std::string_view, 6> kSslModes = {"disable", "allow",     "prefer",
                                                       "require", "verify-ca", "verify-full"};
constexpr unsigned kServing = role::kApi | role::kWorker;
constexpr unsigned kDatabase = kServing | role::kMigrate;

constexpr auto kRows = std::to_array<ConfigRow>({
    {.name = "APP_ENV",
     .type = ConfigType::enumeration,
     .fallback = "local",
     .group = "Process",
     .help = "What this installation is. Outside local and test, placeholders are refused and what signing "
             "in needs must "
             "be set.",
     .choices = kEnvironments},
    {.name = "LOG_LEVEL",
     .type = ConfigType::enumeration,
     .fallback = "info",
     .group = "Process",
     .help = "Least important lines that are logged.",
     .choices = kLogLevels},
    {.name = "LOG_LEVEL_FILE",
     .type = ConfigType::path,
     .group = "Process",
     .help = "File that holds the log level, instead of LOG_LEVEL. api and worker read it again on SIGHUP.",
     .example = "/etc/aspectavy/log_level"},
    {.name = "ASPECTAVY_NOW",
     .type = ConfigType::instant,
     .group = "Process",
     .help = "Freezes the clock at this moment. Only where APP_ENV is local or test.",
     .example = "2026-01-12T09:00:00Z"},
    {.name = "WATCHDOG_SECONDS",
     .type = ConfigType::duration,
     .fallback = "60",
     .roles = kServing,
     .group = "Process",
     .help = "The process ends itself (exit code 70) when its main loop is silent for so long.",
     .min = 5,
     .max = 3600},

    {.name = "DATABASE_URL",
     .type = ConfigType::url,
     .secret = true,
     .refuse_placeholder = true,
     .roles = kDatabase,
     .group = "Database",
     .help =
         "Postgres 16: this address, or PGHOST and the other parts, in which no character needs an escape. "
         "api and worker act as the role aspectavy_app, which the login must be a member of. Leave empty "
         "with the bundled database: Compose then gives the parts.",
     .example = "postgres://aspectavy:change-me@db.example.com:5432/aspectavy?sslmode=verify-full",
     .local_value = "postgres://aspectavy:aspectavy@db:5432/aspectavy",
     .to_fill_in = true,
     .choices = kPostgresSchemes},
    {.name = "PGHOST",
     .roles = kDatabase,
     .group = "Database",
     .help =
         "Host of Postgres, where DATABASE_URL is empty. A part that the address leaves out counts too; one "
         "that says something else is refused.",
     .example = "db.internal"},
    {.name = "PGPORT",
     .type = ConfigType::port,
     .roles = kDatabase,
     .group = "Database",
     .help = "Its port; 5432 when empty.",
     .example = "5432"},
    {.name = "PGUSER",
     .roles = kDatabase,
     .group = "Database",
     .help = "Login, the owner of the tables.",
     .example = "aspectavy"},
    {.name = "PGPASSWORD",
     .secret = true,
     .refuse_placeholder = true,
     .roles = kDatabase,
     .group = "Database",
     .help = "The login's password."},
    {.name = "PGDATABASE",
     .roles = kDatabase,
     .group = "Database",
     .help = "Name of the database.",
     .example = "aspectavy"},
    {.name = "PGSSLMODE",
     .type = ConfigType::enumeration,
     .roles = kDatabase,
     .group = "Database",
     .help = "TLS to Postgres. When neither this nor the address says it: `require` in staging and "
             "production for "
             "a host that is neither a private address nor a name without a dot; else `prefer`.",
     .example = "verify-full",
     .choices = kSslModes},
    {.name = "PGSSLROOTCERT",
     .type = ConfigType::path,
     .roles = kDatabase,
     .group = "Database",
     .help = "Certificates that verify-ca and verify-full trust.",
     .example = "/etc/aspectavy/db-ca.pem"},
    {.name = "DATABASE_ALLOW_PLAINTEXT",
     .type = ConfigType::boolean,
     .fallback = "off",
     .roles = kDatabase,
     .group = "Database",
     .help = "Allows sslmode=disable to a host that is no private address. For a way that is protected "
             "otherwise."},
    {.name = "DATABASE_POOL_SIZE",
     .type = ConfigType::integer,
     .fallback = "10",
     .roles = kServing,
     .group = "Database",
     .help = "Connections for transactions, besides the few that the process keeps for itself.",
     .min = 2,
     .max = 200},
    {.name = "MIGRATE_WAIT_SECONDS",
     .type = ConfigType::duration,
     .fallback = "60",
     .roles = role::kMigrate,
     .group = "Database",
     .help = "How long `migrate` waits for a database that cannot be reached.",
     .min = 0,
     .max = 3600},

    {.name = "API_ADDRESS",
     .fallback = "127.0.0.1",
     .roles = role::kApi,
     .group = "HTTP",
     .help = "Address the api listens on. In a container: 0.0.0.0.",
     .check = must_be_ip_address},
    {.name = "PORT",
     .type = ConfigType::port,
     .fallback = "3001",
     .roles = role::kApi,
     .group = "HTTP",
     .help = "Port the api listens on."},
    {.name = "METRICS_PORT",
     .type = ConfigType::port,
     .roles = role::kApi,
     .group = "HTTP",
     .help = "Port of /metrics (Prometheus). Off when empty. Never publish it.",
     .example = "9464"},
    {.name = "METRICS_ADDRESS",
     .fallback = "127.0.0.1",
     .roles = role::kApi,
     .group = "HTTP",
     .help = "Address of /metrics.",
     .check = must_be_ip_address},
    {.name = "PUBLIC_HOSTS",
     .type = ConfigType::list,
     .need = ConfigNeed::when_deployed,
     .refuse_placeholder = true,
     .roles = role::kApi,
     .group = "HTTP",
     .help = "Host names under which clients reach the api; loopback always works. Others are answered 421.",
     .example = "api.example.com",
     .check = must_be_host_name},
    {.name = "TRUSTED_PROXIES",
     .fallback = "127.0.0.0/8, ::1, 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, fc00::/7",
     .roles = role::kApi,
     .group = "HTTP",
     .help = "Peers whose X-Forwarded-For and X-Forwarded-Proto count: addresses or blocks, between commas.",
     .check = must_be_address_blocks},
    {.name = "IO_THREADS",
     .type = ConfigType::integer,
     .fallback = "1",
     .roles = role::kApi,
     .group = "HTTP",
     .help = "Threads that move bytes and answer from memory.",
     .min = 1,
     .max = 64},
    {.name = "REQUEST_THREADS",
     .type = ConfigType::integer,
     .fallback = "16",
     .roles = role::kApi,
     .group = "HTTP",
     .help = "Requests that are worked on at the same time.",
     .min = 1,
     .max = 256},
    {.name = "DRAIN_DELAY_MS",
     .type = ConfigType::integer,
     .fallback = "0",
     .deployed_fallback = "1000",
     .roles = role::kApi,
     .group = "HTTP",
     .help = "After SIGTERM: milliseconds during which /readyz says 503 and everything is still served.",
     .min = 0,
     .max = 60000},
    {.name = "ASPECTAVY_WEB_DIR",
     .type = ConfigType::path,
     .roles = role::kApi,
     .group = "HTTP",
     .help = "Folder of the built web companion. Not served when empty.",
     .example = "/usr/share/aspectavy/web"},
    {.name = "FORECAST_CACHE_SIZE",
     .type = ConfigType::size,
     .fallback = "64MiB",
     .roles = role::kApi,
     .group = "HTTP",
     .help = "Memory for rendered forecasts.",
     .min = 1 << 20,
     .max = 1LL << 32},

    {.name = "READYZ_WORKER_POLICY",
     .type = ConfigType::enumeration,
     .fallback = "degrade",
     .deployed_fallback = "fail",
     .roles = role::kApi,
     .group = "Health",
     .help = "What /readyz says without a live worker: `degrade` (200) or `fail` (503).",
     .choices = kWorkerPolicies},
    {.name = "WORKER_HEARTBEAT_STALE_SECONDS",
     .type = ConfigType::duration,
     .fallback = "30",
     .roles = kServing | role::kCli,
     .group = "Health",
     .help = "Age at which a worker's heartbeat counts as stale.",
     .min = 10,
     .max = 3600},

    {.name = "OPS_TOKEN",
     .secret = true,
     .refuse_placeholder = true,
     .roles = role::kApi,
     .group = "Health",
     .help = "Whoever sends it as `Authorization: Bearer` sees every check of /readyz; without it only "
             "loopback and "
             "private peers do. Make one with `openssl rand -hex 32`.",
     .min = 32},

    {.name = "APPLE_APP_SITE_ASSOCIATION_APP_IDS",
     .type = ConfigType::list,
     .refuse_placeholder = true,
     .roles = role::kApi,
     .group = "Links",
     .help =
         "Ids of the iOS apps that may open our links, team and bundle, development and store build between "
         "commas. When empty, /.well-known/apple-app-site-association is 404.",
     .example = "ABCDE12345.com.example.app,ABCDE12345.com.example.app.dev",
     .max = 20,
     .check = must_be_app_id},

    {.name = "TERRAIN_STORE",
     .type = ConfigType::list,
     .roles = kServing,
     .group = "Terrain and rules",
     .help = "Terrain stores, made by `aspectavy terrain import`, and folders of them: each *.store counts. "
             "Without "
             "one every grade is unknown (DEM_GAP).",
     .example = "/var/lib/aspectavy/terrain",
     .to_fill_in = true},
    {.name = "RULESET_FILE",
     .type = ConfigType::path,
     .roles = kServing,
     .group = "Terrain and rules",
     .help = "Ruleset to grade by; the built-in one when empty.",
     .example = "/etc/aspectavy/ruleset.json"},
    {.name = "FORECAST_FEEDS",
     .type = ConfigType::path,
     .roles = kServing,
     .group = "Forecasts",
     .help = "JSON file that lists the feeds to sync. No feed is built in: nothing is fetched when empty.",
     .example = "/etc/aspectavy/feeds.json"},
    {.name = "BAND_HEIGHTS_FILE",
     .type = ConfigType::path,
     .roles = kServing,
     .group = "Forecasts",
     .help = "JSON file with band heights and treelines by zone, over those of the feeds and the defaults.",
     .example = "/etc/aspectavy/heights.json"},
    {.name = "FETCH_USER_AGENT",
     .fallback = "AspectAvy (self-hosted)",
     .roles = kServing,
     .group = "Forecasts",
     .help = "How we introduce ourselves to providers. Some ask for a contact address in it.",
     .example = "AspectAvy (self-hosted; ops@your-domain)"},
    {.name = "COMPILE_THREADS",
     .type = ConfigType::integer,
     .fallback = "2",
     .roles = role::kWorker,
     .group = "Worker",
     .help = "Routes that are compiled at the same time.",
     .min = 1,
     .max = 64},
});

}  // namespace

std::span<const core::ConfigRow> config_table() {
  static const std::vector<ConfigRow> rows = [] {
    std::vector<ConfigRow> all(kRows.begin(), kRows.end());
    const auto accounts = account_rows();
    all.insert(all.end(), accounts.begin(), accounts.end());
    const auto user = user_rows();
    all.insert(all.end(), user.begin(), user.end());
    const auto storage = storage_rows();
    all.insert(all.end(), storage.begin(), storage.end());
    const auto mail = mail_rows();
    all.insert(all.end(), mail.begin(), mail.end());
    const auto analytics = analytics_rows();
    all.insert(all.end(), analytics.begin(), analytics.end());
    const auto legacy = legacy_rows();
    all.insert(all.end(), legacy.begin(), legacy.end());
    const auto membership = membership_rows();
    all.insert(all.end(), membership.begin(), membership.end());
    const auto compose = compose_rows();
    all.insert(all.end(), compose.begin(), compose.end());
    return all;
  }();
  return rows;
}

}  // namespace app
