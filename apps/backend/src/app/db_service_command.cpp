#include "app/command.hpp"
#include "app/exit_code.hpp"
#include "app/options.hpp"
#include "db/dsn.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <memory>
#include <string>

namespace app {

void add_db_service_command(CLI::App& cli, Run& run) {
  auto* command = cli.add_subcommand("db-service",
                                     "Print the database as a section of a pg_service.conf, password and "
                                     "all: redirect it to a file of mode 0600");
  const auto name = std::make_shared<std::string>();
  command->add_option("--name", *name, "Name of the section, for PGSERVICE")->required();
  command->callback([name, &run] {
    run = [name] {
      const auto options = load_options(Role::migrate);
      std::fputs(db::Dsn::parse(options.database_dsn).service_section(*name).c_str(), stdout);
      return kExitOk;
    };
  });
}

}  // namespace app
