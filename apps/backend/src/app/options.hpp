#pragma once
// The settings of a process, read once from the environment and passed down as plain values.

#include "core/clock.hpp"
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

/// Which subcommand is being configured: some variables are required by some roles only.
enum class Role { api, worker, migrate, tool };

enum class Environment { local, test, staging, production };

struct Options {
  Environment environment = Environment::local;
  core::LogLevel log_level = core::LogLevel::info;
  std::optional<core::Timestamp> frozen_now;  ///< ASPECTAVY_NOW; local and test only

  core::Secret database_url;
  std::size_t database_pool_size = 10;
  std::chrono::seconds migrate_wait{60};

  std::string api_address;
  std::uint16_t api_port = 3001;
  std::optional<std::uint16_t> metrics_port;
  std::string metrics_address;
  std::size_t io_threads = 1;
  std::size_t request_threads = 16;
  std::vector<std::string> public_hosts;
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

  std::size_t compile_threads = 2;
  std::chrono::seconds watchdog{60};
  std::string user_agent;

  bool is_local_or_test() const {
    return environment == Environment::local || environment == Environment::test;
  }
};

/// Reads the environment of this process. Throws core::Error(invalid_input, "config.invalid") with every
/// fault at once; warnings (unknown names) go to the log.
Options load_options(Role role);

/// The clock that the options ask for.
std::unique_ptr<core::Clock> make_clock(const Options& options);

}  // namespace app
