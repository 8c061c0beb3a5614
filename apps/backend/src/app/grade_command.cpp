#include "app/command.hpp"
#include "app/exit_code.hpp"
#include "app/grade_inputs.hpp"
#include "app/version.hpp"
#include "core/error.hpp"
#include "core/files.hpp"
#include "core/json.hpp"
#include "grading/json.hpp"
#include "grading/receipt.hpp"
#include "route/compiler.hpp"
#include "route/route_service.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <memory>

namespace app {
namespace {

void add_file_options(CLI::App& command, GradeFiles& files) {
  command.add_option("--terrain", files.terrain, "Terrain store; may be given several times")->required();
  command.add_option("--forecast", files.forecast, "Forecast file: CAAMLv6 JSON or an avalanche.org product")
      ->required();
  command.add_option("--zones", files.zones,
                     "Areas of the zones: EAWS micro-regions or an avalanche.org map layer");
  command.add_option("--zone", files.zone, "Key of the zone the whole route lies in, instead of --zones");
  command.add_option("--time-zone", files.time_zone, "IANA time zone of the forecast, where it names none");
  command.add_option("--heights", files.heights, "JSON with band heights and treelines by zone");
  command.add_option("--ruleset", files.ruleset, "Ruleset file; default: the built-in one");
}

void print_warnings(const GradeInputs& inputs) {
  for (const auto& warning : inputs.warnings) std::fprintf(stderr, "warning: %s\n", warning.c_str());
}

route::Compiled compile(const GradeInputs& inputs) {
  const route::Compiler compiler(*inputs.sampler, inputs.ruleset, std::string(engine_version()));
  return compiler.compile(inputs.line, *inputs.conditions);
}

int run_grade(const GradeFiles& files, bool json) {
  const auto inputs = read_grade_inputs(files);
  print_warnings(inputs);
  const auto compiled = compile(inputs);
  const auto text = json ? route::assessment_body(compiled) + "\n"
                         : grading::render_table(compiled.assessment, grading::receipt_id(compiled.receipt));
  std::fwrite(text.data(), 1, text.size(), stdout);
  return kExitOk;
}

/// The receipt in a file: bare, or inside an assessment as the api and `grade --json` print it.
grading::Receipt read_receipt(const std::string& path) {
  const auto text = core::read_file(path);
  const auto document = core::JsonDocument::parse(text);
  const auto inside = document.root()["receipt"];
  return grading::parse_receipt(inside.exists() ? inside.canonical() : text);
}

int run_verify(GradeFiles files, const std::string& receipt_path) {
  const auto stored = read_receipt(receipt_path);
  files.at = core::format_utc(stored.at);
  for (const auto& cited : stored.forecasts) files.forecast_ids[cited.content_sha256] = cited.forecast_id;
  const auto inputs = read_grade_inputs(files);
  print_warnings(inputs);
  const auto recomputed = compile(inputs).receipt;
  const auto differences = grading::verify_receipt(stored, recomputed);
  if (differences.empty()) {
    std::printf("verified: the same inputs give the same answer (receipt %s)\n",
                grading::receipt_id(stored).c_str());
    return kExitOk;
  }
  std::printf("not verified: %zu of the receipt's entries differ\n", differences.size());
  for (const auto& difference : differences) {
    std::printf("  %s\n    receipt:    %s\n    recomputed: %s\n", difference.field.c_str(),
                difference.stored.c_str(), difference.recomputed.c_str());
  }
  return kExitFailure;
}

}  // namespace

void add_grade_command(CLI::App& cli, Run& run) {
  auto* command = cli.add_subcommand("grade", "Grade a route from files, without a database");
  const auto files = std::make_shared<GradeFiles>();
  const auto json = std::make_shared<bool>(false);
  add_file_options(*command, *files);
  command->add_option("--at", files->at, "Moment of the grade, e.g. 2026-01-12T09:00:00Z")->required();
  command->add_option("ROUTE", files->route, "GPX or GeoJSON file")->required();
  command->add_flag("--json", *json, "The assessment and its receipt as JSON");
  command->callback([files, json, &run] { run = [files, json] { return run_grade(*files, *json); }; });
}

void add_verify_command(CLI::App& cli, Run& run) {
  auto* command =
      cli.add_subcommand("verify", "Recompute a grade from its inputs and compare it with its receipt");
  const auto files = std::make_shared<GradeFiles>();
  const auto receipt = std::make_shared<std::string>();
  add_file_options(*command, *files);
  command->add_option("--route", files->route, "The route as GPX or GeoJSON file")->required();
  command->add_option("RECEIPT", *receipt, "A receipt, or an assessment that holds one")->required();
  command->callback(
      [files, receipt, &run] { run = [files, receipt] { return run_verify(*files, *receipt); }; });
}

}  // namespace app
