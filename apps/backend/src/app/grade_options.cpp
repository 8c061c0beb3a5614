#include "app/grade_options.hpp"

#include "app/version.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>

namespace app {

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
  auto* track =
      command.add_option("--track", files.track, "Which track of a GPX file with several lines, from 1")
          ->check(CLI::PositiveNumber);
  command.add_option("--gpx-route", files.gpx_route, "Which route of a GPX file with several lines, from 1")
      ->check(CLI::PositiveNumber)
      ->excludes(track);
}

void print_warnings(const GradeInputs& inputs) {
  for (const auto& warning : inputs.warnings) std::fprintf(stderr, "warning: %s\n", warning.c_str());
}

route::Compiled compile_inputs(const GradeInputs& inputs, std::span<const grading::OverrideRef> overrides) {
  const route::Compiler compiler(*inputs.sampler, inputs.ruleset, std::string(engine_version()));
  return compiler.compile(inputs.line, *inputs.conditions, overrides);
}

}  // namespace app
