#include "app/admin_bench.hpp"
#include "app/admin_print.hpp"
#include "app/admin_tree.hpp"
#include "app/command.hpp"
#include "app/exit_code.hpp"
#include "core/json_writer.hpp"

#include "operators/admin_json.hpp"
#include <CLI/CLI.hpp>

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace app {
namespace {

constexpr int kListLimit = 100;
constexpr int kMostAtOnce = 10'000;

struct JobsArguments {
  std::vector<jobs::JobId> ids;
  std::optional<jobs::JobId> before;
  int limit = kListLimit;
  bool all = false;
};

int list(AdminBench& bench, const AdminOutput& output, const JobsArguments& arguments) {
  const auto dead = bench.jobs().list(bench.act(), arguments.limit, arguments.before);
  if (output.as_json) {
    print_json(operators::to_json(std::span<const jobs::DiscardedJob>(dead)));
    return kExitOk;
  }
  for (const auto& job : dead) {
    std::printf("%lld  %s  %s  %s  after %d attempts\n    %s\n", static_cast<long long>(job.id),
                core::format_utc(job.finished_at).c_str(), job.kind.c_str(), job.args.c_str(), job.attempt,
                job.errors.c_str());
  }
  if (dead.empty()) std::puts("no dead letters");
  return kExitOk;
}

std::vector<jobs::JobId> chosen(AdminBench& bench, const JobsArguments& arguments) {
  if (!arguments.all) return arguments.ids;
  std::vector<jobs::JobId> ids;
  for (const auto& job : bench.jobs().list(bench.act(), kMostAtOnce)) ids.push_back(job.id);
  return ids;
}

/// What is done to a dead letter, and how that is told.
struct Change {
  bool (operators::JobAdmin::*act)(const operators::Act&, jobs::JobId);
  const char* done;
};

/// Does it to each of the ids, and says of each whether that was possible.
int change(AdminBench& bench, const AdminOutput& output, const JobsArguments& arguments,
           const Change& wanted) {
  core::JsonWriter out;
  out.begin_object().key("jobs").begin_array();
  bool all = true;
  for (const auto id : chosen(bench, arguments)) {
    const bool changed = (bench.jobs().*wanted.act)(bench.act(), id);
    all = all && changed;
    out.begin_object().field("id", id).field("changed", changed).end_object();
    if (output.as_json) continue;
    if (changed) {
      std::printf("%lld: %s\n", static_cast<long long>(id), wanted.done);
    } else {
      std::printf("%lld: not changed: no dead letter, or another job of its key waits\n",
                  static_cast<long long>(id));
    }
  }
  out.end_array().end_object();
  if (output.as_json) print_json(out.take());
  return all ? kExitOk : kExitFailure;
}

void add_list(AdminTree& tree, CLI::App* group, const std::shared_ptr<JobsArguments>& arguments) {
  auto* command = tree.add(
      group,
      {.name = "list",
       .help = "Show them, newest first, with their errors",
       .scope = "jobs:read",
       .endpoint = "GET /api/admin/jobs"},
      [arguments](AdminBench& bench, const AdminOutput& output) { return list(bench, output, *arguments); });
  command->add_option("--limit", arguments->limit, "At most so many")->check(CLI::Range(1, kMostAtOnce));
  command->add_option("--before", arguments->before, "Only those with a smaller id: continues a list");
}

void add_change(AdminTree& tree, CLI::App* group, const std::shared_ptr<JobsArguments>& arguments,
                const AdminFacts& facts, const Change& wanted) {
  auto* command = tree.add(group, facts, [arguments, wanted](AdminBench& bench, const AdminOutput& output) {
    return change(bench, output, *arguments, wanted);
  });
  auto* ids = command->add_option("ids", arguments->ids, "Ids, as list shows them");
  command->add_flag("--all", arguments->all, "All of them")->excludes(ids);
  command->parse_complete_callback([arguments] {
    if (arguments->ids.empty() && !arguments->all)
      throw CLI::ValidationError("jobs", "no job is named; give ids, as `jobs list` shows them, or --all");
  });
}

}  // namespace

void add_admin_jobs(AdminTree& tree) {
  auto* group = tree.group("jobs", "Dead letters: jobs that failed for good");
  const auto arguments = std::make_shared<JobsArguments>();
  add_list(tree, group, arguments);
  add_change(tree, group, arguments,
             {.name = "retry",
              .help = "Make them due at once, with fresh attempts",
              .scope = "jobs:write",
              .endpoint = "POST /api/admin/jobs/{id}/retry"},
             {.act = &operators::JobAdmin::retry, .done = "due again"});
  add_change(tree, group, arguments,
             {.name = "discard",
              .help = "Delete them",
              .scope = "jobs:write",
              .endpoint = "POST /api/admin/jobs/{id}/discard"},
             {.act = &operators::JobAdmin::discard, .done = "deleted"});
}

/// The same as `aspectavy admin jobs`: what is changed is audited there and here.
void add_jobs_command(CLI::App& cli, Run& run) {
  AdminTree tree(cli, run);
  add_admin_jobs(tree);
}

}  // namespace app
