#include "terrain/import.hpp"

#include "core/error.hpp"
#include "terrain/dataset_builder.hpp"
#include "terrain/elevation_rows.hpp"
#include "terrain/ground_metric.hpp"
#include "terrain/mosaic.hpp"
#include "terrain/projection.hpp"
#include "terrain/raster_info.hpp"
#include "terrain/store_writer.hpp"

#include <stdlib.h>

#include <cerrno>
#include <cmath>
#include <cstring>
#include <memory>
#include <utility>

namespace terrain {
namespace {

namespace fs = std::filesystem;
using core::FieldError;

/// Holds converted rasters while they are read; on the disk of the store, where room is needed anyway.
class WorkFolder {
 public:
  explicit WorkFolder(const fs::path& beside) {
    std::string name = beside.string() + ".work-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) {
      throw core::Error(
          core::ErrorKind::internal, "file.unwritable",
          "Cannot create a folder beside " + beside.string() + ": " + std::strerror(errno) + ".");
    }
    path_ = name;
  }
  ~WorkFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;

  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

struct Input {
  RasterInfo raster;
  std::string crs;  ///< definition in force
  VerticalUnit unit = VerticalUnit::metre;
};

std::string input_path(std::size_t index) { return "inputs[" + std::to_string(index) + "]"; }

void tell(const ImportOptions& options, double fraction, std::string_view text) {
  if (options.progress) options.progress(fraction, text);
}

void refuse(std::vector<FieldError> faults) {
  std::string message = "The terrain cannot be imported: " + faults.front().message;
  if (faults.size() > 1) message += " (and " + std::to_string(faults.size() - 1) + " more)";
  throw core::Error::invalid("terrain.import_refused", message + ".", std::move(faults));
}

std::vector<Input> inspect_inputs(const ImportOptions& options) {
  std::vector<FieldError> faults;
  std::vector<Input> inputs;
  if (options.inputs.empty()) faults.push_back({"inputs", "missing", "at least one raster file is needed"});
  for (std::size_t i = 0; i < options.inputs.size(); ++i) {
    tell(options, 0, "looking at " + options.inputs[i].filename().string());
    auto raster = inspect_raster(options.inputs[i], input_path(i), options.child_timeout, faults);
    if (!raster) continue;
    Input input;
    input.crs = options.crs.empty() ? raster->wkt : options.crs;
    input.unit = options.vertical_unit.value_or(raster->unit.value_or(VerticalUnit::metre));
    if (input.crs.empty()) {
      faults.push_back(
          {input_path(i), "no_crs",
           raster->path.string() +
               " does not name its coordinate system; say it with --crs, for example --crs EPSG:31287"});
    }
    input.raster = std::move(*raster);
    inputs.push_back(std::move(input));
  }
  if (!faults.empty()) refuse(std::move(faults));
  return inputs;
}

std::unique_ptr<ElevationRows> open_rows(const Input& input, const WorkFolder& work,
                                         const ImportOptions& options) {
  const double metres = metres_per(input.unit);
  const ValueRule rule{input.raster.nodata, input.raster.scale * metres, input.raster.offset * metres};
  if (auto rows = open_tiff_rows(input.raster, rule)) return rows;
  return open_translated_rows(input.raster, rule, work.path(), options.child_timeout);
}

CrsDescription describe(const Input& input, const GridFrame& frame) {
  try {
    return describe_crs(input.crs, frame);
  } catch (const core::Error& error) {
    if (error.kind() != core::ErrorKind::invalid_input) throw;
    refuse({{"crs", "unusable", input.raster.path.string() + ": " + error.public_message()}});
  }
  return {};
}

DatasetInfo describe_dataset(const Mosaic& mosaic, const std::vector<Input>& inputs,
                             const CrsDescription& crs, const ImportOptions& options) {
  DatasetInfo info;
  const Input& first = inputs[mosaic.tiles.front().input];
  info.name = first.raster.path.stem().string();
  info.crs_name = crs.name;
  info.crs_id = crs.id;
  info.crs_wkt = crs.wkt;
  info.geographic = crs.geographic;
  info.pipeline = crs.pipeline;
  info.pipeline_name = crs.pipeline_name;
  info.pipeline_accuracy_m = crs.pipeline_accuracy_m;
  info.frame = mosaic.frame;
  info.vertical_unit = first.unit;
  info.source = options.source;
  info.licence = options.licence;
  for (const auto& tile : mosaic.tiles) {
    const auto& raster = inputs[tile.input].raster;
    info.inputs.push_back({raster.path.filename().string(), raster.bytes, raster.driver});
  }
  return info;
}

void warn_about(const DatasetInfo& info, std::vector<std::string>& warnings) {
  if (info.out_of_range_cells > 0) {
    warnings.push_back(info.name + ": " + std::to_string(info.out_of_range_cells) +
                       " cells lie outside -400 … 7791 m and are kept as unknown.");
  }
  if (info.graded_cells == 0) warnings.push_back(info.name + ": not one cell has a slope.");
  if (!info.pipeline_accuracy_m) {
    warnings.push_back(info.name + ": PROJ does not know how exact the transformation from WGS 84 is (\"" +
                       info.pipeline_name + "\").");
  }
  if (std::max(info.cell_east_m, info.cell_north_m) > 20) {
    warnings.push_back(info.name +
                       ": cells of more than 20 m hide steep ground (about a fifth of the slopes of 35° "
                       "or more read as less).");
  }
}

DatasetInfo build_one(const Mosaic& mosaic, const std::vector<Input>& inputs, const WorkFolder& work,
                      const ImportOptions& options, StoreWriter& writer,
                      const std::function<void(double)>& done) {
  Input first = inputs[mosaic.tiles.front().input];
  const CrsDescription crs = describe(first, mosaic.frame);
  DatasetInfo info = describe_dataset(mosaic, inputs, crs, options);
  std::vector<GridFrame> frames;
  std::vector<std::unique_ptr<ElevationRows>> parts;
  for (const auto& tile : mosaic.tiles) {
    Input input = inputs[tile.input];
    const bool unit_stated = options.vertical_unit || input.raster.unit;
    if (!unit_stated && crs.vertical_unit) input.unit = *crs.vertical_unit;
    if (tile.input == mosaic.tiles.front().input) info.vertical_unit = input.unit;
    frames.push_back(input.raster.frame);
    parts.push_back(open_rows(input, work, options));
  }
  const Projection projection(crs.pipeline);
  info.bounds = bounds_of(info.frame, projection);
  const auto metric = GroundMetricTable::build(info.frame, crs, projection);
  const auto size = cell_size(info.frame, projection);
  info.cell_east_m = size.east_m;
  info.cell_north_m = size.north_m;
  info.metric = metric.kind();
  info.scale_error = metric.scale_error();
  info.convergence_deg = metric.convergence_deg();
  const auto rows = mosaic_rows(mosaic, std::move(frames), std::move(parts));
  build_dataset(*rows, metric, writer, info, done);
  return info;
}

}  // namespace

ImportReport import_rasters(const ImportOptions& options) {
  const auto inputs = inspect_inputs(options);
  std::vector<TileFrame> tiles;
  double total_cells = 0;
  for (const auto& input : inputs) tiles.push_back({input.raster.frame, input.crs});
  const auto mosaics = group_into_mosaics(tiles);
  for (const auto& mosaic : mosaics) total_cells += double{1} * mosaic.frame.columns * mosaic.frame.rows;

  ImportReport report;
  report.manifest.name = options.name.empty() ? options.out.stem().string() : options.name;
  report.manifest.generator = "aspectavy terrain import";
  const WorkFolder work(options.out);
  StoreWriter writer(options.out);
  double cells_before = 0;
  for (const auto& mosaic : mosaics) {
    const double cells = double{1} * mosaic.frame.columns * mosaic.frame.rows;
    const std::string name = inputs[mosaic.tiles.front().input].raster.path.filename().string();
    report.manifest.datasets.push_back(build_one(mosaic, inputs, work, options, writer, [&](double part) {
      tell(options, (cells_before + part * cells) / total_cells, "deriving slopes of " + name);
    }));
    warn_about(report.manifest.datasets.back(), report.warnings);
    cells_before += cells;
  }
  const auto result = writer.commit(report.manifest);
  report.content_sha256 = result.sha256;
  report.file_bytes = result.file_bytes;
  tell(options, 1, "done");
  return report;
}

}  // namespace terrain
