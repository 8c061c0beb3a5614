#include "app/command.hpp"
#include "app/exit_code.hpp"
#include "app/grade_options.hpp"
#include "core/files.hpp"
#include "core/json.hpp"
#include "grading/answer_check.hpp"
#include "grading/receipt.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <memory>

namespace app {
namespace {

/// What somebody holds: a bare receipt, or an answer of the api or of `grade --json` that has one.
struct Held {
  explicit Held(const std::string& path) : document(core::JsonDocument::parse(core::read_file(path))) {
    const auto root = document.root();
    const bool answer = root["receipt"].exists();
    receipt = grading::parse_receipt((answer ? root["receipt"] : root).canonical());
    if (!answer) return;
    assessment = root["assessment"];
    receipt_id = root["receiptId"];
  }

  core::JsonDocument document;
  grading::Receipt receipt;
  core::JsonView assessment;  ///< missing for a bare receipt
  core::JsonView receipt_id;
};

std::vector<grading::ReceiptDifference> differences_of(const Held& held, const route::Compiled& now) {
  auto differences = grading::verify_receipt(held.receipt, now.receipt);
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

int run_verify(GradeFiles files, const std::string& path) {
  const Held held(path);
  files.at = core::format_utc(held.receipt.at);
  files.built_in_ruleset = {{held.receipt.ruleset_id, held.receipt.ruleset_version}};
  for (const auto& cited : held.receipt.forecasts)
    files.forecast_ids[cited.content_sha256] = cited.forecast_id;
  const auto inputs = read_grade_inputs(files);
  print_warnings(inputs);
  const auto differences = differences_of(held, compile_inputs(inputs));
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
