#include "app/admin_bench.hpp"
#include "app/admin_print.hpp"
#include "app/admin_tree.hpp"
#include "app/exit_code.hpp"
#include "app/wiring.hpp"
#include "core/error.hpp"
#include "core/json_writer.hpp"

#include "account/legacy_import.hpp"
#include "audit/audit.hpp"
#include <CLI/CLI.hpp>

#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace app {
namespace {

/// A million users, one statement each.
constexpr auto kImportTime = std::chrono::hours(2);

struct ImportArguments {
  std::string file;
  bool is_rehearsal = false;
};

std::string report_json(const account::ImportReport& report, bool is_rehearsal) {
  core::JsonWriter out;
  out.begin_object().field("dryRun", is_rehearsal).field("read", report.read);
  out.field("imported", report.imported)
      .field("changed", report.changed)
      .field("unchanged", report.unchanged);
  out.field("migrated", report.migrated).field("withoutPassword", report.without_password);
  out.key("leftOut").begin_array();
  for (const auto& one : report.left_out) {
    out.begin_object().field("number", one.number).field("localId", one.local_id);
    out.field("email", one.masked_email).field("reason", one.reason).end_object();
  }
  out.end_array().end_object();
  return out.take();
}

void print_report(const account::ImportReport& report, bool is_rehearsal) {
  print_facts({{"read", std::to_string(report.read)},
               {"imported", std::to_string(report.imported)},
               {"changed", std::to_string(report.changed)},
               {"unchanged", std::to_string(report.unchanged)},
               {"have come already", std::to_string(report.migrated)},
               {"without a password", std::to_string(report.without_password)},
               {"left out", std::to_string(report.left_out.size())}});
  std::vector<std::vector<std::string>> rows;
  for (const auto& one : report.left_out)
    rows.push_back({std::to_string(one.number), one.local_id, one.masked_email, one.reason});
  if (!rows.empty()) {
    std::puts("");
    print_table({"NUMBER", "ID", "ADDRESS", "WHY"}, rows, "");
  }
  if (is_rehearsal) std::puts("\nA rehearsal: nothing was kept.");
}

std::string audit_details(const account::ImportReport& report) {
  core::JsonWriter out;
  out.begin_object().field("read", report.read).field("imported", report.imported);
  out.field("changed", report.changed).field("leftOut", report.left_out.size()).end_object();
  return out.take();
}

int import_users(const AdminOutput& output, const ImportArguments& arguments) {
  std::ifstream file(arguments.file, std::ios::binary);
  if (!file) {
    throw core::Error(core::ErrorKind::invalid_input, "validation_failed",
                      "FILE: " + arguments.file + " cannot be opened");
  }
  const auto options = load_options(Role::worker, FileChecks::no);
  const auto clock = make_clock(options);
  const auto deadline = db::within(kImportTime);
  const auto session = db::Session::connect(session_options(options, "aspectavy-legacy-import"), deadline);
  const auto& firebase = options.legacy.firebase;
  const auto key_bytes = firebase ? firebase->scrypt.signer_key.size() : 0;
  db::Transaction tx(*session, deadline);
  const auto report = account::import_legacy_users(tx, file, key_bytes, clock->now());
  if (arguments.is_rehearsal) {
    tx.rollback();
  } else {
    audit::append(tx,
                  {.actor = {.type = audit::ActorType::cli, .id = os_user()},
                   .action = "legacy.import",
                   .details = audit_details(report)},
                  clock->now());
    tx.commit();
  }
  if (output.as_json) {
    print_json(report_json(report, arguments.is_rehearsal));
  } else {
    print_report(report, arguments.is_rehearsal);
  }
  return kExitOk;
}

}  // namespace

void add_admin_legacy(AdminTree& tree) {
  auto* group = tree.group("legacy", "Accounts brought along from elsewhere");
  const auto arguments = std::make_shared<ImportArguments>();
  auto* command = tree.add(
      group,
      {.name = "import",
       .help = "Bring in the users of a Firebase export, JSON or CSV; a second time changes nothing"},
      [arguments](AdminBench&, const AdminOutput& output) { return import_users(output, *arguments); });
  command
      ->add_option("FILE", arguments->file, "Of `firebase auth:export`, or of tools/legacy-firebase-export")
      ->required();
  command->add_flag("--dry-run", arguments->is_rehearsal, "Read, judge and report everything, keep nothing");
}

}  // namespace app
