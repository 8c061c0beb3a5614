#include "app/options.hpp"

#include "app/config_table.hpp"
#include "app/database_settings.hpp"
#include "app/setting_checks.hpp"
#include "core/config.hpp"
#include "core/error.hpp"
#include "core/text.hpp"

#include <algorithm>

namespace app {
namespace {

Environment environment_of(const std::string& text) {
  if (text == "test") return Environment::test;
  if (text == "staging") return Environment::staging;
  if (text == "production") return Environment::production;
  return Environment::local;
}

void read_common(const core::Config& config, FileChecks files, Options& options) {
  options.environment = environment_of(config.text("APP_ENV"));
  core::parse_log_level(config.text("LOG_LEVEL"), &options.log_level);
  options.log_level_file = config.optional_text("LOG_LEVEL_FILE").value_or("");
  if (files == FileChecks::yes && !options.log_level_file.empty()) {
    options.log_level = read_log_level(options.log_level_file);
  }
  options.frozen_now = config.optional_instant("ASPECTAVY_NOW");
}

void read_serving(const core::Config& config, Options& options) {
  options.watchdog = config.duration("WATCHDOG_SECONDS");
  options.database_pool_size = static_cast<std::size_t>(config.integer("DATABASE_POOL_SIZE"));
  options.worker_stale = config.duration("WORKER_HEARTBEAT_STALE_SECONDS");
  const auto& stores = config.list("TERRAIN_STORE");
  options.terrain_stores.assign(stores.begin(), stores.end());
  options.ruleset_file = config.optional_text("RULESET_FILE").value_or("");
  options.feeds_file = config.optional_text("FORECAST_FEEDS").value_or("");
  options.heights_file = config.optional_text("BAND_HEIGHTS_FILE").value_or("");
  options.user_agent = config.text("FETCH_USER_AGENT");
}

void read_api(const core::Config& config, Options& options) {
  options.api_address = config.text("API_ADDRESS");
  options.api_port = config.port("PORT");
  if (config.has("METRICS_PORT")) options.metrics_port = config.port("METRICS_PORT");
  options.metrics_address = config.text("METRICS_ADDRESS");
  options.public_hosts = config.list("PUBLIC_HOSTS");
  std::ranges::transform(options.public_hosts, options.public_hosts.begin(), core::lower_ascii);
  options.ops_token = config.secret("OPS_TOKEN");
  options.ios_app_ids = config.list("APPLE_APP_SITE_ASSOCIATION_APP_IDS");
  options.trusted_proxies = config.text("TRUSTED_PROXIES");
  options.io_threads = static_cast<std::size_t>(config.integer("IO_THREADS"));
  options.request_threads = static_cast<std::size_t>(config.integer("REQUEST_THREADS"));
  options.drain_delay = std::chrono::milliseconds(config.integer("DRAIN_DELAY_MS"));
  options.web_dir = config.optional_text("ASPECTAVY_WEB_DIR").value_or("");
  options.forecast_cache_bytes = config.size("FORECAST_CACHE_SIZE");
  options.worker_required = config.text("READYZ_WORKER_POLICY") == "fail";
  options.user = read_user_settings(config);
}

void read_options(const core::Config& config, unsigned roles, FileChecks files, Options& options) {
  namespace role = core::config_role;
  read_common(config, files, options);
  if ((roles & (role::kApi | role::kWorker)) != 0) read_serving(config, options);
  if ((roles & role::kApi) != 0) read_api(config, options);
  if ((roles & role::kWorker) != 0)
    options.compile_threads = static_cast<std::size_t>(config.integer("COMPILE_THREADS"));
  if ((roles & kStorageRoles) != 0) options.storage = read_storage(config);
  if ((roles & (role::kApi | role::kWorker)) != 0) options.analytics = read_analytics(config);
  if ((roles & (role::kApi | role::kWorker)) != 0) options.legacy = read_legacy(config);
  if ((roles & role::kApi) != 0) options.membership = read_membership(config);
  if ((roles & (role::kApi | role::kWorker)) != 0)
    options.accounts = read_accounts(config, roles, !options.is_local_or_test());
  if ((roles & (role::kApi | role::kWorker)) != 0) options.mail = read_mail(config, roles);
  if ((roles & role::kMigrate) != 0) options.migrate_wait = config.duration("MIGRATE_WAIT_SECONDS");
}

}  // namespace

unsigned config_roles(Role role) {
  switch (role) {
    case Role::api:
      return core::config_role::kApi;
    case Role::worker:
      return core::config_role::kWorker;
    case Role::migrate:
      return core::config_role::kMigrate;
    case Role::storage:
      return core::config_role::kStorage | core::config_role::kMigrate;
    case Role::tool:
      return core::config_role::kCli;
  }
  return core::config_role::kAll;
}

CheckedOptions check_options(const core::Environment& environment, unsigned roles, FileChecks files) {
  namespace role = core::config_role;
  CheckedOptions checked;
  auto& loaded = checked.loaded = core::load_config(config_table(), environment, roles);
  const bool deployed = core::is_deployed(environment);
  if ((roles & (role::kApi | role::kWorker | role::kMigrate)) != 0)
    checked.options.database_dsn = database_dsn(loaded, deployed);
  find_contradictions(loaded.config, roles, deployed, loaded.faults);
  if ((roles & kStorageRoles) != 0) check_storage(loaded, deployed);
  if ((roles & (role::kApi | role::kWorker)) != 0) check_analytics(loaded, deployed);
  if ((roles & (role::kApi | role::kWorker)) != 0) check_legacy(loaded);
  if ((roles & role::kApi) != 0) check_membership(loaded, deployed);
  check_accounts(loaded, roles, deployed);
  check_mail(loaded, roles, deployed);
  if (files == FileChecks::yes) find_unusable_files(loaded.config, roles, loaded.faults);
  // With faults some values are missing.
  if (loaded.faults.empty()) read_options(loaded.config, roles, files, checked.options);
  return checked;
}

Options load_options(Role role, FileChecks files) {
  auto [loaded, options] = check_options(core::process_environment(), config_roles(role), files);
  loaded.require_valid();
  for (const auto& warning : loaded.warnings) core::log_warn("config.warning", {{"message", warning}});
  return options;
}

std::unique_ptr<core::Clock> make_clock(const Options& options) {
  if (options.frozen_now) return std::make_unique<core::FrozenClock>(*options.frozen_now);
  return std::make_unique<core::SystemClock>();
}

}  // namespace app
