#pragma once
// The commands of operators: each is declared once, with what tools and pages are told about it.

#include "app/command.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace app {

class AdminBench;

/// How a command prints what it found.
struct AdminOutput {
  bool as_json = false;
};

/// What a command does; its value is the exit code.
using AdminWork = std::function<int(AdminBench&, const AdminOutput&)>;

/// What is known of a command beside its arguments.
struct AdminFacts {
  std::string_view name;
  std::string_view help;
  std::string_view scope = {};     ///< that an operator needs for the same over HTTP
  std::string_view endpoint = {};  ///< "POST /api/admin/…"; empty: only at the command line
};

class AdminTree {
 public:
  /// Commands go below `root`; what is chosen is put into `run`.
  AdminTree(CLI::App& root, Run& run) : root_(root), run_(run) {}

  CLI::App* group(std::string_view name, std::string_view help);
  /// A command of the group, with --json; its own arguments are added to what is returned.
  CLI::App* add(CLI::App* group, const AdminFacts& facts, AdminWork work);

  struct Command {
    const CLI::App* app;
    AdminFacts facts;
  };
  const std::vector<Command>& commands() const { return commands_; }

 private:
  CLI::App& root_;
  Run& run_;
  std::vector<Command> commands_;
};

/// Dead letters: below `aspectavy` and below `aspectavy admin`.
void add_admin_jobs(AdminTree& tree);
void add_admin_users(AdminTree& tree);
void add_admin_ops(AdminTree& tree);
void add_admin_operators(AdminTree& tree);
void add_admin_legacy(AdminTree& tree);

/// Every command of `aspectavy admin` as JSON, made of the command line's own definition.
std::string describe_admin_commands();

}  // namespace app
