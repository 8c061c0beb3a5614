// aspectavy: one binary; the first word of the command line says what it is today.

#include "app/command.hpp"
#include "app/exit_code.hpp"
#include "app/version.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <string>

namespace {

int run_command_line(int argc, char** argv) {
  CLI::App cli{"AspectAvy: plan and make trips in avalanche terrain", "aspectavy"};
  cli.set_version_flag(
      "--version", "aspectavy " + std::string(app::version()) + " (" + std::string(app::build_sha()) + ")");
  cli.require_subcommand(1);
  app::Run run;
  app::add_api_command(cli, run);
  app::add_worker_command(cli, run);
  app::add_migrate_command(cli, run);
  app::add_schema_command(cli, run);
  app::add_db_service_command(cli, run);
  app::add_healthcheck_command(cli, run);
  app::add_jobs_command(cli, run);
  app::add_admin_command(cli, run);
  app::add_config_command(cli, run);
  app::add_storage_command(cli, run);
  app::add_terrain_command(cli, run);
  app::add_grade_command(cli, run);
  app::add_verify_command(cli, run);
  app::add_demo_command(cli, run);
  try {
    cli.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return cli.exit(error) == 0 ? app::kExitOk : app::kExitUsage;
  }
  return run();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run_command_line(argc, argv);
  } catch (const std::exception& error) {
    app::print_error(error);
    return app::exit_code_for(error);
  }
}
