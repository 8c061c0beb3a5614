#pragma once
// The settings of a process, read once from the environment and passed down as plain values.

#include "app/account_settings.hpp"
#include "app/analytics_settings.hpp"
#include "app/legacy_settings.hpp"
#include "app/mail_settings.hpp"
#include "app/membership_settings.hpp"
#include "app/storage_settings.hpp"
#include "app/user_settings.hpp"
#include "core/clock.hpp"
#include "core/config.hpp"
#include "core/log.hpp"
#include "core/secret.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace app {

/// Which subcommand is being configured: it reads, and is told the faults of, its own variables only.
enum class Role { api, worker, migrate, storage, tool };

enum class Environment { local, test, staging, production };

struct Options {
  Environment environment = Environment::local;
  core::LogLevel log_level = core::LogLevel::info;
  std::filesystem::path log_level_file;       ///< empty: the level stays as it is
  std::optional<core::Timestamp> frozen_now;  ///< ASPECTAVY_NOW; local and test only

  core::Secret database_dsn;  ///< key=value form, put together from DATABASE_URL and the PG* parts
  std::size_t database_pool_size = 10;
  std::chrono::seconds migrate_wait{60};

  std::string api_address;
  std::uint16_t api_port = 3001;
  std::optional<std::uint16_t> metrics_port;
  std::string metrics_address;
  std::size_t io_threads = 1;
  std::size_t request_threads = 16;
  std::vector<std::string> public_hosts;
  core::Secret ops_token;                ///< empty: details of /readyz for near peers only
  std::vector<std::string> ios_app_ids;  ///< empty: the app claims no links
  std::string trusted_proxies;
  std::chrono::milliseconds drain_delay{0};
  bool worker_required = false;
  std::chrono::seconds worker_stale{30};
  std::size_t forecast_cache_bytes = 64u << 20;

  std::vector<std::filesystem::path> terrain_stores;
  std::filesystem::path feeds_file;    ///< empty: no feed is configured
  std::filesystem::path heights_file;  ///< empty: defaults only
  std::filesystem::path ruleset_file;  ///< empty: the built-in default
  std::filesystem::path web_dir;       ///< empty: the companion is not served

  StorageSettings storage;
  AnalyticsSettings analytics;
  LegacySettings legacy;
  MembershipSettings membership;
  AccountSettings accounts;
  MailSettings mail;
  UserSettings user;

  std::size_t compile_threads = 2;
  std::chrono::seconds watchdog{60};
  std::string user_agent;

  bool is_local_or_test() const {
    return environment == Environment::local || environment == Environment::test;
  }
};

/// The rows that a role reads, as a mask of core::config_role.
unsigned config_roles(Role role);

/// Whether the files that settings name are opened and must be usable. A health check does not look, nor may
/// a check of another machine's settings.
enum class FileChecks { yes, no };

struct CheckedOptions {
  core::LoadedConfig loaded;
  Options options;  ///< complete where `loaded` has no fault
};
/// The settings of some roles, also held against each other; every fault and warning at once, none thrown.
CheckedOptions check_options(const core::Environment& environment, unsigned roles,
                             FileChecks files = FileChecks::yes);

/// Reads the environment of this process. Throws core::Error(invalid_input, "config.invalid") with every
/// fault at once; warnings (unknown names) go to the log.
Options load_options(Role role, FileChecks files = FileChecks::yes);

/// The clock that the options ask for.
std::unique_ptr<core::Clock> make_clock(const Options& options);

}  // namespace app
