#pragma once
// What api and worker are made of, built once from the options.

#include "app/options.hpp"
#include "db/pool.hpp"
#include "db/session.hpp"
#include "grading/ruleset.hpp"
#include "route/compiler.hpp"
#include "terrain/sampler.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace app {

/// How this process connects: as the least-privilege role, under its own name.
db::SessionOptions session_options(const Options& options, const std::string& application_name);

/// False when the process was told to stop while it waited.
/// Waits for a database that may still be starting, then checks that its schema is the one this build needs.
/// Throws core::Error(unavailable "db.unreachable" | invalid_input "config.invalid" with both numbers).
bool wait_for_schema(const Options& options);

/// The stores that TERRAIN_STORE names: a file is itself, a folder its *.store in the order of their names,
/// which may be none. Throws core::Error(invalid_input, "config.invalid") for what is not there.
std::vector<std::filesystem::path> terrain_files(const std::vector<std::filesystem::path>& entries);

/// Terrain, rules and the compiler over both. Members borrow from each other: not movable.
struct Engine {
  explicit Engine(const Options& options);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  terrain::Sampler sampler;
  grading::Ruleset ruleset;
  route::Compiler compiler;
};

/// Re-reads LOG_LEVEL_FILE, for SIGHUP. A bad value is reported and leaves the level as it is.
void reload_log_level(const Options& options);

}  // namespace app
