#include "app/command.hpp"
#include "app/exit_code.hpp"
#include "app/options.hpp"
#include "db/migrator.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>

namespace app {
namespace {

int run_migrate() {
  const auto options = load_options(Role::migrate);
  db::SessionOptions session;
  session.dsn = options.database_dsn;
  session.application_name = "aspectavy-migrate";
  db::MigrateOptions how;
  how.connect_wait = options.migrate_wait;
  const auto migrations = db::embedded_migrations();
  const auto outcome = db::migrate(session, migrations, how);
  std::printf("%s\n", outcome.message().c_str());
  return kExitOk;
}

}  // namespace

void add_migrate_command(CLI::App& cli, Run& run) {
  auto* command = cli.add_subcommand("migrate", "Bring the database schema to this build's version");
  command->callback([&run] { run = run_migrate; });
}

}  // namespace app
