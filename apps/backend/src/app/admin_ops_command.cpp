#include "app/admin_bench.hpp"
#include "app/admin_print.hpp"
#include "app/admin_tree.hpp"
#include "app/exit_code.hpp"
#include "core/error.hpp"

#include "operators/admin_json.hpp"
#include <CLI/CLI.hpp>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

namespace app {
namespace {

constexpr int kPage = 100;
constexpr int kMaxPage = 10'000;

struct AuditArguments {
  audit::Filter filter;
  int limit = kPage;
  std::string anchor;
};

void print_summary(const operators::HealthSummary& summary) {
  print_facts({{"status", summary.problems.empty() ? "ok" : "degraded"},
               {"schema", std::to_string(summary.schema_version) + " (this program knows " +
                              std::to_string(summary.newest_known_schema) + ")"},
               {"queue", std::to_string(summary.queue.waiting) + " waiting, " +
                             std::to_string(summary.queue.running) + " running, " +
                             std::to_string(summary.queue.discarded) + " failed for good"},
               {"mail", std::to_string(summary.mail.waiting) + " waiting, " +
                            std::to_string(summary.mail.failed_last_day) + " failed within a day"},
               {"audit", std::to_string(summary.audit_seq) + " entries"}});
  std::vector<std::vector<std::string>> rows;
  for (const auto& worker : summary.workers) {
    rows.push_back({worker.worker_id, worker.build_sha, core::format_utc(worker.started_at),
                    std::to_string(static_cast<long long>(worker.beat_age_s)) + " s ago"});
  }
  std::puts("\nWorkers");
  print_table({"WORKER", "BUILD", "SINCE", "SIGN OF LIFE"}, rows, "none");
  rows.clear();
  for (const auto& feed : summary.feeds)
    rows.push_back({feed.provider, shown(feed.last_good_at), std::to_string(feed.failures)});
  std::puts("\nFeeds");
  print_table({"FEED", "LAST GOOD", "FAILURES IN A ROW"}, rows, "none");
  rows.clear();
  for (const auto& backup : summary.backups)
    rows.push_back(
        {backup.target, core::format_utc(core::Timestamp(std::chrono::seconds(backup.finished_at_s)))});
  std::puts("\nBackups");
  print_table({"TARGET", "NEWEST"}, rows, "none");
  for (const auto& problem : summary.problems) std::printf("\n! %s", problem.c_str());
  if (!summary.problems.empty()) std::puts("");
}

int health_summary(AdminBench& bench, const AdminOutput& output) {
  const auto summary = bench.health().summary(bench.act());
  if (output.as_json) {
    print_json(operators::to_json(summary));
  } else {
    print_summary(summary);
  }
  return summary.problems.empty() ? kExitOk : kExitFailure;
}

int list_audit(AdminBench& bench, const AdminOutput& output, const AuditArguments& arguments) {
  const auto entries = bench.audit().list(bench.act(), arguments.filter, arguments.limit);
  if (output.as_json) {
    print_json(operators::to_json(entries, arguments.limit));
    return kExitOk;
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& entry : entries) {
    const auto& event = entry.event;
    rows.push_back({std::to_string(entry.seq), core::format_utc(entry.at),
                    std::string(audit::to_string(event.actor.type)) + " " + event.actor.id, event.action,
                    event.object_type + " " + event.object_id, event.details});
  }
  print_table({"SEQ", "AT", "WHO", "DID", "TO", "DETAILS"}, rows, "no entries");
  return kExitOk;
}

int verify_audit(AdminBench& bench, const AdminOutput& output, const AuditArguments& arguments) {
  std::optional<audit::Anchor> anchor;
  if (!arguments.anchor.empty()) {
    anchor = audit::parse_anchor(arguments.anchor);
    if (!anchor) {
      throw core::Error(
          core::ErrorKind::invalid_input, "validation_failed",
          "--anchor: must be a head as `audit verify` printed it: the number, a colon, 64 hex digits.");
    }
  }
  const auto found = bench.audit().verify(bench.act(), anchor);
  if (output.as_json) {
    print_json(operators::to_json(found));
  } else if (found.fault) {
    std::printf("broken at %lld: %s\n", static_cast<long long>(found.fault->seq),
                found.fault->reason.c_str());
  } else {
    std::printf("%lld entries, the chain is whole\n", static_cast<long long>(found.checked));
    if (found.head)
      std::printf("head %lld:%s\n", static_cast<long long>(found.head->seq),
                  found.head->row_hash_hex.c_str());
  }
  return found.is_whole() ? kExitOk : kExitFailure;
}

void add_audit(AdminTree& tree) {
  auto* group = tree.group("audit", "Who did what");
  const auto arguments = std::make_shared<AuditArguments>();
  auto* list = tree.add(group,
                        {.name = "list",
                         .help = "Show the entries, newest first",
                         .scope = "audit:read",
                         .endpoint = "GET /api/admin/audit"},
                        [arguments](AdminBench& bench, const AdminOutput& output) {
                          return list_audit(bench, output, *arguments);
                        });
  list->add_option("--limit", arguments->limit, "At most so many")->check(CLI::Range(1, kMaxPage));
  list->add_option("--before", arguments->filter.before, "Only smaller numbers: continues a list");
  list->add_option("--action", arguments->filter.action, "users.disable, or users for all of its acts");
  list->add_option("--actor", arguments->filter.actor_id, "Only of this operator's id or OS user");
  list->add_option("--object", arguments->filter.object_id, "Only about this id");
  auto* verify = tree.add(group,
                          {.name = "verify",
                           .help = "Compute the chain of hashes anew; exit code 1 if it is broken",
                           .scope = "audit:read",
                           .endpoint = "GET /api/admin/audit/verification"},
                          [arguments](AdminBench& bench, const AdminOutput& output) {
                            return verify_audit(bench, output, *arguments);
                          });
  verify->add_option("--anchor", arguments->anchor,
                     "The head of an earlier verification, which must still be there");
}

}  // namespace

void add_admin_ops(AdminTree& tree) {
  tree.add(tree.group("ops", "The running of the service"),
           {.name = "health-summary",
            .help = "Show what works and what somebody should look at; exit code 1 for that",
            .scope = "ops:read",
            .endpoint = "GET /api/admin/ops/health-summary"},
           health_summary);
  add_audit(tree);
}

}  // namespace app
