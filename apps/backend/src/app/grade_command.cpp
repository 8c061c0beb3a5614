#include "app/command.hpp"
#include "app/exit_code.hpp"
#include "app/grade_options.hpp"
#include "core/json_writer.hpp"
#include "grading/json.hpp"
#include "grading/receipt.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <memory>

namespace app {

namespace {

/// As the api answers, with what a reader must know about the inputs beside it.
std::string answer_json(const route::Compiled& compiled, const std::vector<std::string>& warnings) {
  core::JsonWriter out(16 * 1024);
  out.begin_object();
  out.key("assessment").raw(grading::render_json(compiled.assessment));
  out.key("receipt").raw(grading::render_json(compiled.receipt));
  out.field("receiptId", grading::receipt_id(compiled.receipt));
  out.key("warnings").begin_array();
  for (const auto& warning : warnings) out.value(warning);
  out.end_array().end_object();
  return out.take();
}

int run_grade(const GradeFiles& files, bool json) {
  const auto inputs = read_grade_inputs(files);
  print_warnings(inputs);
  const auto compiled = compile_inputs(inputs);
  const auto text = json ? answer_json(compiled, inputs.warnings) + "\n"
                         : grading::render_table(compiled.assessment, grading::receipt_id(compiled.receipt));
  std::fwrite(text.data(), 1, text.size(), stdout);
  return kExitOk;
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

}  // namespace app
