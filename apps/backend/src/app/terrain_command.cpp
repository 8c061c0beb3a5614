#include "app/command.hpp"
#include "app/exit_code.hpp"
#include "core/error.hpp"
#include "terrain/import.hpp"
#include "terrain/report.hpp"
#include "terrain/sampler.hpp"
#include "terrain/store.hpp"

#include <CLI/CLI.hpp>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

namespace app {
namespace {

/// One line that is redrawn on a terminal; silent elsewhere, so that logs stay readable.
terrain::Progress progress_bar() {
  if (::isatty(STDERR_FILENO) == 0) return {};
  return [](double fraction, std::string_view text) {
    constexpr int kWidth = 30;
    const int filled = static_cast<int>(fraction * kWidth);
    const std::string bar = std::string(static_cast<std::size_t>(filled), '#') +
                            std::string(static_cast<std::size_t>(kWidth - filled), '.');
    std::fprintf(stderr, "\r[%s] %3d%% %-40.*s", bar.c_str(), static_cast<int>(fraction * 100),
                 static_cast<int>(text.size()), text.data());
    if (fraction >= 1) std::fprintf(stderr, "\n");
  };
}

struct ImportArguments {
  std::vector<std::string> files;
  std::string out;
  std::string name;
  std::string crs;
  std::string source;
  std::string licence;
  std::string vertical_unit;
};

int run_import(const ImportArguments& arguments) {
  terrain::ImportOptions options;
  options.inputs.assign(arguments.files.begin(), arguments.files.end());
  options.out = arguments.out;
  options.name = arguments.name;
  options.crs = arguments.crs;
  options.source = arguments.source;
  options.licence = arguments.licence;
  if (!arguments.vertical_unit.empty()) {
    options.vertical_unit = terrain::parse_vertical_unit(arguments.vertical_unit);
    if (!options.vertical_unit) {
      throw core::Error::invalid("terrain.import_refused", "The import was refused.",
                                 {{"--vertical-unit", "unknown_value", "must be m, ft or us-ft"}});
    }
  }
  options.progress = progress_bar();
  const auto report = terrain::import_rasters(options);
  for (const auto& warning : report.warnings) std::fprintf(stderr, "warning: %s\n", warning.c_str());
  const auto store = terrain::Store::open(options.out, terrain::StoreCheck::manifest);
  std::printf("%s", terrain::info_text(*store).c_str());
  return kExitOk;
}

void add_import(CLI::App& terrain, Run& run) {
  auto* command = terrain.add_subcommand("import", "Make a terrain store out of elevation rasters");
  const auto arguments = std::make_shared<ImportArguments>();
  command->add_option("FILE", arguments->files, "Elevation rasters: any format GDAL reads")->required();
  command->add_option("--out", arguments->out, "The store to write")->required();
  command->add_option("--name", arguments->name, "Name of the store; default: the file's");
  command->add_option("--crs", arguments->crs, "CRS of rasters that name none, e.g. EPSG:31287");
  command->add_option("--source", arguments->source, "Who made the data");
  command->add_option("--licence", arguments->licence, "Under which terms it may be used");
  command->add_option("--vertical-unit", arguments->vertical_unit,
                      "m, ft or us-ft; default: as the files say");
  command->callback([arguments, &run] { run = [arguments] { return run_import(*arguments); }; });
}

void add_info(CLI::App& terrain, Run& run) {
  auto* command = terrain.add_subcommand("info", "What a terrain store holds; checks it first");
  const auto path = std::make_shared<std::string>();
  const auto json = std::make_shared<bool>(false);
  command->add_option("STORE", *path)->required();
  command->add_flag("--json", *json);
  command->callback([path, json, &run] {
    run = [path, json] {
      const auto store = terrain::Store::open(*path);
      std::printf("%s\n", (*json ? terrain::info_json(*store) : terrain::info_text(*store)).c_str());
      return kExitOk;
    };
  });
}

void add_sample(CLI::App& terrain, Run& run) {
  auto* command = terrain.add_subcommand("sample", "Elevation, slope and aspect at a place");
  struct Arguments {
    std::string store;
    double lat = 0;
    double lon = 0;
    bool json = false;
  };
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("STORE", arguments->store)->required();
  command->add_option("--lat", arguments->lat, "Degrees north")->required()->check(CLI::Range(-90.0, 90.0));
  command->add_option("--lon", arguments->lon, "Degrees east")->required()->check(CLI::Range(-180.0, 180.0));
  command->add_flag("--json", arguments->json);
  command->callback([arguments, &run] {
    run = [arguments] {
      const terrain::Sampler sampler(terrain::Store::open(arguments->store));
      const geo::LonLat place{arguments->lon, arguments->lat};
      const auto text =
          arguments->json ? terrain::sample_json(sampler, place) : terrain::sample_text(sampler, place);
      std::printf("%s\n", text.c_str());
      return kExitOk;
    };
  });
}

}  // namespace

void add_terrain_command(CLI::App& cli, Run& run) {
  auto* terrain = cli.add_subcommand("terrain", "Terrain stores: import, info, sample");
  terrain->require_subcommand(1);
  add_import(*terrain, run);
  add_info(*terrain, run);
  add_sample(*terrain, run);
}

}  // namespace app
