#include "app/wiring.hpp"

#include "app/feeds.hpp"
#include "app/setting_checks.hpp"
#include "app/signals.hpp"
#include "app/version.hpp"
#include "core/error.hpp"
#include "core/files.hpp"
#include "core/log.hpp"
#include "db/backoff.hpp"
#include "db/migrator.hpp"

#include <algorithm>

namespace app {
namespace {

using namespace std::chrono_literals;

constexpr auto kDatabaseWait = 60s;
constexpr auto kConnectTimeout = 5s;
constexpr auto kShortestPause = 100ms;
constexpr auto kLongestPause = 2000ms;

terrain::Sampler open_terrain(const Options& options) {
  std::vector<std::shared_ptr<const terrain::Store>> stores;
  for (const auto& path : terrain_files(options.terrain_stores)) {
    stores.push_back(terrain::Store::open(path));
    core::log_info("terrain.opened", {{"store", stores.back()->id()},
                                      {"sha256", stores.back()->sha256()},
                                      {"datasets", stores.back()->datasets().size()}});
  }
  return terrain::Sampler(std::move(stores));
}

grading::Ruleset load_ruleset(const Options& options) {
  return options.ruleset_file.empty() ? grading::default_ruleset()
                                      : grading::parse_ruleset(core::read_file(options.ruleset_file));
}

/// nullptr when the process is told to stop meanwhile.
std::unique_ptr<db::Session> connect_patiently(const db::SessionOptions& session) {
  // As the first process of a container it would not even hear of it.
  Signals signals;
  const auto until = db::within(kDatabaseWait);
  db::Backoff backoff(kShortestPause, kLongestPause);
  for (;;) {
    try {
      return db::Session::connect(session, std::min(until, db::within(kConnectTimeout)));
    } catch (const core::Error& error) {
      const auto pause = backoff.next();
      if (error.kind() != core::ErrorKind::unavailable || db::remaining(until) <= pause) throw;
      core::log_warn("db.waiting", {{"reason", error.public_message()}, {"detail", error.detail()}});
      if (signals.stop_comes_within(pause)) return nullptr;
    }
  }
}

}  // namespace

std::vector<std::filesystem::path> terrain_files(const std::vector<std::filesystem::path>& entries) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : entries) {
    std::error_code error;
    if (!std::filesystem::is_directory(entry, error)) {
      if (!std::filesystem::exists(entry, error))
        throw core::Error::invalid(
            "config.invalid", "Settings are missing or wrong.",
            {{"TERRAIN_STORE", "not_found",
              "must name stores and folders that are there (got \"" + entry.string() + "\")"}});
      files.push_back(entry);
      continue;
    }
    const auto first = static_cast<std::ptrdiff_t>(files.size());
    for (const auto& file : std::filesystem::directory_iterator(entry)) {
      if (file.path().extension() == ".store") files.push_back(file.path());
    }
    std::sort(files.begin() + first, files.end());
  }
  return files;
}

db::SessionOptions session_options(const Options& options, const std::string& application_name) {
  db::SessionOptions session;
  session.dsn = options.database_dsn;
  session.application_name = application_name;
  session.set_role = std::string(db::kAppRole);
  return session;
}

bool wait_for_schema(const Options& options) {
  auto plain = session_options(options, "aspectavy-start");
  // Before the first migration there is no role to become.
  plain.set_role.clear();
  const auto session = connect_patiently(plain);
  if (!session) return false;
  try {
    db::require_schema(*session, db::within(kConnectTimeout));
  } catch (const core::Error& error) {
    if (error.kind() != core::ErrorKind::conflict) throw;
    throw core::Error(core::ErrorKind::invalid_input, "config.invalid", error.public_message(),
                      error.detail());
  }
  return true;
}

Engine::Engine(const Options& options)
    : sampler(open_terrain(options)),
      ruleset(load_ruleset(options)),
      compiler(sampler, ruleset, std::string(engine_version()), read_heights(options).sha256()) {}

void reload_log_level(const Options& options) {
  if (options.log_level_file.empty()) {
    core::log_warn("config.log_level",
                   {{"message", "without LOG_LEVEL_FILE there is nothing to read again"}});
    return;
  }
  try {
    core::set_log_level(read_log_level(options.log_level_file));
    core::log_info("config.log_level", {{"message", "read again"}});
  } catch (const core::Error& error) {
    core::log_error("config.log_level",
                    {{"message", "it stays as it is"}, {"reason", error.public_message()}});
  }
}

}  // namespace app
