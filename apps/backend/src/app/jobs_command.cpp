#include "app/command.hpp"
#include "app/exit_code.hpp"
#include "app/options.hpp"
#include "app/wiring.hpp"
#include "core/json_writer.hpp"
#include "jobs/inspect.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace app {
namespace {

using namespace std::chrono_literals;

constexpr int kListLimit = 100;
constexpr int kMostAtOnce = 10'000;

struct JobsArguments {
  std::vector<jobs::JobId> ids;
  std::optional<jobs::JobId> before;
  int limit = kListLimit;
  bool all = false;
  bool json = false;
};

/// A connection of its own for one command.
class JobsDatabase {
 public:
  JobsDatabase()
      : options_(load_options(Role::worker, FileChecks::no)),
        session_(db::Session::connect(session_options(options_, "aspectavy-jobs"), deadline_)) {}
  db::Executor& operator*() { return executor_; }

 private:
  const db::Deadline deadline_ = db::within(30s);
  const Options options_;
  const std::unique_ptr<db::Session> session_;
  db::OnSession executor_{*session_, deadline_};
};

void write_job(core::JsonWriter& out, const jobs::DiscardedJob& job) {
  out.begin_object().field("id", job.id).field("kind", job.kind).field("lane", job.lane);
  out.field("attempts", job.attempt).field("finishedAt", core::format_utc(job.finished_at));
  out.key("args").raw(job.args).key("errors").raw(job.errors).end_object();
}

int list(const JobsArguments& arguments) {
  JobsDatabase database;
  const auto dead = jobs::discarded(*database, arguments.limit, arguments.before);
  if (arguments.json) {
    core::JsonWriter out;
    out.begin_object().key("jobs").begin_array();
    for (const auto& job : dead) write_job(out, job);
    out.end_array().end_object();
    std::printf("%s\n", out.take().c_str());
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

std::vector<jobs::JobId> chosen(const JobsArguments& arguments, db::Executor& db) {
  if (!arguments.all) return arguments.ids;
  std::vector<jobs::JobId> ids;
  for (const auto& job : jobs::discarded(db, kMostAtOnce)) ids.push_back(job.id);
  return ids;
}

/// Does it to each of the ids, and says of each whether that was possible.
int change(const JobsArguments& arguments, const char* done, bool (*act)(db::Executor&, jobs::JobId)) {
  if (arguments.ids.empty() && !arguments.all) {
    std::fputs("error: jobs: no job is named; give ids, as `jobs list` shows them, or --all\n", stderr);
    return kExitUsage;
  }
  JobsDatabase database;
  core::JsonWriter out;
  out.begin_object().key("jobs").begin_array();
  bool all = true;
  for (const auto id : chosen(arguments, *database)) {
    const bool changed = act(*database, id);
    all = all && changed;
    out.begin_object().field("id", id).field("changed", changed).end_object();
    if (arguments.json) continue;
    if (changed) {
      std::printf("%lld: %s\n", static_cast<long long>(id), done);
    } else {
      std::printf("%lld: not changed: no dead letter, or another job of its key waits\n",
                  static_cast<long long>(id));
    }
  }
  out.end_array().end_object();
  if (arguments.json) std::printf("%s\n", out.take().c_str());
  return all ? kExitOk : kExitFailure;
}

}  // namespace

void add_jobs_command(CLI::App& cli, Run& run) {
  auto* jobs_command = cli.add_subcommand("jobs", "Dead letters: jobs that failed for good");
  jobs_command->require_subcommand(1);
  const auto arguments = std::make_shared<JobsArguments>();
  const auto add = [&](const char* name, const char* help) {
    auto* command = jobs_command->add_subcommand(name, help);
    command->add_flag("--json", arguments->json, "Print JSON");
    return command;
  };
  const auto add_choice = [&](CLI::App* command) {
    auto* ids = command->add_option("ids", arguments->ids, "Ids, as list shows them");
    command->add_flag("--all", arguments->all, "All of them")->excludes(ids);
  };
  auto* listing = add("list", "Show them, newest first, with their errors");
  listing->add_option("--limit", arguments->limit, "At most so many")->check(CLI::Range(1, kMostAtOnce));
  listing->add_option("--before", arguments->before, "Only those with a smaller id: continues a list");
  listing->callback([arguments, &run] { run = [arguments] { return list(*arguments); }; });
  auto* retry = add("retry", "Make them due at once, with fresh attempts");
  add_choice(retry);
  retry->callback([arguments, &run] {
    run = [arguments] { return change(*arguments, "due again", jobs::retry_discarded); };
  });
  auto* discard = add("discard", "Delete them");
  add_choice(discard);
  discard->callback([arguments, &run] {
    run = [arguments] { return change(*arguments, "deleted", jobs::remove_discarded); };
  });
}

}  // namespace app
