#include "app/command.hpp"
#include "app/exit_code.hpp"
#include "app/grade_options.hpp"
#include "core/files.hpp"
#include "core/json.hpp"
#include "grading/answer_check.hpp"
#include "grading/receipt.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace app {
namespace {

/// What somebody holds: a bare receipt, or an answer of the api or of `grade --json` that has one.
struct Held {
  explicit Held(core::JsonView root) {
    const bool answer = root["receipt"].exists();
    receipt = grading::parse_receipt((answer ? root["receipt"] : root).canonical());
    if (!answer) return;
    assessment = root["assessment"];
    receipt_id = root["receiptId"];
    overrides = root["override"]["inForce"];
  }

  grading::Receipt receipt;
  core::JsonView assessment;  ///< missing for a bare receipt
  core::JsonView receipt_id;
  core::JsonView overrides;  ///< what the answer says of them; missing where it names none
};

using Differences = std::vector<grading::ReceiptDifference>;

/// An answer shows its overrides apart from the receipt; both must say the same.
void compare_overrides(const Held& held, Differences& differences) {
  if (!held.overrides.exists()) return;
  const auto own = core::JsonDocument::parse(grading::render_json(held.receipt));
  const auto of_receipt = own.root()["overrides"];
  for (std::size_t i = 0; i < std::max(of_receipt.size(), held.overrides.size()); ++i) {
    const auto counted = of_receipt.at(i);
    const auto shown = held.overrides.at(i);
    const auto path = "override.inForce[" + std::to_string(i) + "]";
    if (!counted.exists()) differences.push_back({path, shown.canonical(), "(missing)"});
    for (std::size_t j = 0; j < counted.size(); ++j) {
      const auto name = counted.key_at(j);
      const auto now = counted.value_at(j).canonical();
      const auto was = shown[name].exists() ? shown[name].canonical() : "(missing)";
      if (was != now) differences.push_back({path + "." + std::string(name), was, now});
    }
  }
}

Differences differences_of(const Held& held, const route::Compiled& now) {
  auto differences = grading::verify_receipt(held.receipt, now.receipt);
  compare_overrides(held, differences);
  const auto own_id = grading::receipt_id(held.receipt);
  if (held.receipt_id.exists() && held.receipt_id.string() != own_id)
    differences.push_back({"receiptId", held.receipt_id.canonical(), '"' + own_id + '"'});
  if (!held.assessment.exists()) return differences;
  auto answer = grading::check_answer(held.assessment, now.assessment);
  differences.insert(differences.end(), answer.differences.begin(), answer.differences.end());
  for (const auto& name : answer.display) {
    std::fprintf(stderr, "note: %s is not covered by the receipt: held %s, from these files %s\n",
                 name.field.c_str(), name.stored.c_str(), name.recomputed.c_str());
  }
  return differences;
}

/// Grades anew from the files what the receipt says it rests on.
Differences recompute(GradeFiles files, const Held& held) {
  files.at = core::format_utc(held.receipt.at);
  files.built_in_ruleset = {{held.receipt.ruleset_id, held.receipt.ruleset_version}};
  for (const auto& cited : held.receipt.forecasts)
    files.forecast_ids[cited.content_sha256] = cited.forecast_id;
  const auto inputs = read_grade_inputs(files);
  print_warnings(inputs);
  return differences_of(held, compile_inputs(inputs, held.receipt.overrides));
}

int run_verify(const GradeFiles& files, const std::string& path) {
  const auto document = core::JsonDocument::parse(core::read_file(path));
  const Held held(document.root());
  auto differences = recompute(files, held);
  // Beside a grade under an override stands the official one, with a receipt of its own.
  if (const auto official = document.root()["override"]["official"]; official.exists()) {
    for (auto& difference : recompute(files, Held(official))) {
      difference.field.insert(0, "override.official.");
      differences.push_back(std::move(difference));
    }
  }
  if (differences.empty()) {
    std::printf("verified: the same inputs give the same answer (receipt %s)\n",
                grading::receipt_id(held.receipt).c_str());
    return kExitOk;
  }
  std::printf("not verified: %zu entries differ\n", differences.size());
  for (const auto& difference : differences) {
    std::printf("  %s\n    held:       %s\n    recomputed: %s\n", difference.field.c_str(),
                difference.stored.c_str(), difference.recomputed.c_str());
  }
  return kExitFailure;
}

}  // namespace

void add_verify_command(CLI::App& cli, Run& run) {
  auto* command =
      cli.add_subcommand("verify", "Recompute a grade from its inputs and compare it with its receipt");
  const auto files = std::make_shared<GradeFiles>();
  const auto receipt = std::make_shared<std::string>();
  add_file_options(*command, *files);
  command->add_option("--route", files->route, "The route as GPX or GeoJSON file")->required();
  command->add_option("RECEIPT", *receipt, "A receipt, or an answer that holds one")->required();
  command->callback(
      [files, receipt, &run] { run = [files, receipt] { return run_verify(*files, *receipt); }; });
}

}  // namespace app
