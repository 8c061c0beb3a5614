#include "app/options.hpp"

#include "app/config_table.hpp"
#include "core/config.hpp"
#include "core/error.hpp"

namespace app {
namespace {

unsigned mask_of(Role role) {
  switch (role) {
    case Role::api:
      return core::config_role::kApi;
    case Role::worker:
      return core::config_role::kWorker;
    case Role::migrate:
      return core::config_role::kMigrate;
    case Role::tool:
      return core::config_role::kCli;
  }
  return core::config_role::kAll;
}

Environment environment_of(const std::string& text) {
  if (text == "test") return Environment::test;
  if (text == "staging") return Environment::staging;
  if (text == "production") return Environment::production;
  return Environment::local;
}

bool is_loopback(std::string_view address) {
  return address.starts_with("127.") || address == "::1" || address == "localhost";
}

/// Settings that contradict each other.
void cross_check(const core::Config& config, const Options& options, Role role,
                 std::vector<core::FieldError>& faults) {
  // Local mode has one owner and no accounts: nobody may open it to a network by forgetting a variable.
  if (role == Role::api && config.source("APP_ENV") == core::ConfigSource::fallback &&
      !is_loopback(options.api_address)) {
    faults.push_back({"APP_ENV", "required", "must be set where API_ADDRESS is not a loopback address"});
  }
  if (options.frozen_now && !options.is_local_or_test()) {
    faults.push_back({"ASPECTAVY_NOW", "not_here", "must not be set unless APP_ENV is local or test"});
  }
}

void read_common(const core::Config& config, Options& options) {
  options.environment = environment_of(config.text("APP_ENV"));
  core::parse_log_level(config.text("LOG_LEVEL"), &options.log_level);
  options.frozen_now = config.optional_instant("ASPECTAVY_NOW");
}

void read_serving(const core::Config& config, Options& options) {
  options.watchdog = config.duration("WATCHDOG_SECONDS");
  options.database_url = config.secret("DATABASE_URL");
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
  options.trusted_proxies = config.text("TRUSTED_PROXIES");
  options.io_threads = static_cast<std::size_t>(config.integer("IO_THREADS"));
  options.request_threads = static_cast<std::size_t>(config.integer("REQUEST_THREADS"));
  options.drain_delay = std::chrono::milliseconds(config.integer("DRAIN_DELAY_MS"));
  options.web_dir = config.optional_text("ASPECTAVY_WEB_DIR").value_or("");
  options.forecast_cache_bytes = config.size("FORECAST_CACHE_SIZE");
  const auto policy = config.optional_text("READYZ_WORKER_POLICY");
  options.worker_required = policy ? *policy == "fail" : !options.is_local_or_test();
}

}  // namespace

Options load_options(Role role) {
  auto loaded = core::load_config(config_table(), core::process_environment(), mask_of(role));
  Options options;
  // With faults in the table some values are missing: they are reported before anything is read.
  loaded.require_valid();
  for (const auto& warning : loaded.warnings) core::log_warn("config.unknown_name", {{"message", warning}});
  const auto& config = loaded.config;
  read_common(config, options);
  if (role == Role::api || role == Role::worker) read_serving(config, options);
  if (role == Role::api) read_api(config, options);
  if (role == Role::worker)
    options.compile_threads = static_cast<std::size_t>(config.integer("COMPILE_THREADS"));
  if (role == Role::migrate) {
    options.database_url = config.secret("DATABASE_URL");
    options.migrate_wait = config.duration("MIGRATE_WAIT_SECONDS");
  }
  cross_check(config, options, role, loaded.faults);
  loaded.require_valid();
  return options;
}

std::unique_ptr<core::Clock> make_clock(const Options& options) {
  if (options.frozen_now) return std::make_unique<core::FrozenClock>(*options.frozen_now);
  return std::make_unique<core::SystemClock>();
}

}  // namespace app
