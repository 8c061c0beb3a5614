#include "app/command.hpp"
#include "app/exit_code.hpp"
#include "app/options.hpp"
#include "app/wiring.hpp"
#include "db/migrator.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>

namespace app {
namespace {

using namespace std::chrono_literals;

constexpr auto kDatabaseTimeout = 5s;

int print(int number) {
  std::printf("%d\n", number);
  return kExitOk;
}

/// 0 in both numbers when the database has never been migrated.
db::SchemaState state_of_database() {
  const auto options = load_options(Role::migrate);
  auto session_as_owner = session_options(options, "aspectavy-schema");
  // Before the first migration there is no role to become.
  session_as_owner.set_role.clear();
  const auto deadline = db::within(kDatabaseTimeout);
  const auto session = db::Session::connect(session_as_owner, deadline);
  return db::schema_state(*session, deadline).value_or(db::SchemaState{});
}

}  // namespace

void add_schema_command(CLI::App& cli, Run& run) {
  auto* command = cli.add_subcommand("schema", "Print one number of the database schema, for deployments");
  auto* which = command->add_option_group("which", "The number to print");
  which->add_flag_callback(
      "--max", [&run] { run = [] { return print(db::latest_schema_version()); }; },
      "Newest schema that this build knows; asks no database");
  which->add_flag_callback(
      "--current", [&run] { run = [] { return print(state_of_database().version); }; },
      "Schema of the database; 0 before the first migration");
  which->add_flag_callback(
      "--compatible-from", [&run] { run = [] { return print(state_of_database().compatible_from); }; },
      "Oldest build, by its --max, that may run on the database as it is");
  which->require_option(1);
}

}  // namespace app
