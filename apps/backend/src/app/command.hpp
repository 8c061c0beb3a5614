#pragma once
// Subcommands: each registers itself with the command line and says what to run.

#include <functional>

namespace CLI {
class App;
}

namespace app {

/// What the chosen subcommand does; its value is the exit code.
using Run = std::function<int()>;

void add_api_command(CLI::App& cli, Run& run);
void add_worker_command(CLI::App& cli, Run& run);
void add_migrate_command(CLI::App& cli, Run& run);
void add_schema_command(CLI::App& cli, Run& run);
void add_db_service_command(CLI::App& cli, Run& run);
void add_healthcheck_command(CLI::App& cli, Run& run);
void add_jobs_command(CLI::App& cli, Run& run);
void add_admin_command(CLI::App& cli, Run& run);
void add_config_command(CLI::App& cli, Run& run);
void add_storage_command(CLI::App& cli, Run& run);
void add_terrain_command(CLI::App& cli, Run& run);
void add_grade_command(CLI::App& cli, Run& run);
void add_verify_command(CLI::App& cli, Run& run);
void add_demo_command(CLI::App& cli, Run& run);

}  // namespace app
