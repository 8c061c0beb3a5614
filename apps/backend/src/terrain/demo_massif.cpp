#include "terrain/demo_massif.hpp"

#include "core/error.hpp"
#include "terrain/dataset_builder.hpp"
#include "terrain/demo_relief.hpp"
#include "terrain/ground_metric.hpp"
#include "terrain/projection.hpp"
#include "terrain/store_writer.hpp"

#include <string>
#include <utility>
#include <vector>

namespace terrain {
namespace {

constexpr const char* kCrs = "EPSG:32626";
/// North-west corner: about 47.6° N, 27° W.
constexpr double kLeft_m = 490'000;
constexpr double kTop_m = 5'270'000;

class ReliefRows : public ElevationRows {
 public:
  explicit ReliefRows(const DemoMassifOptions& options) : relief_(options.seed), options_(options) {}

  void read(std::uint32_t first_row, std::uint32_t count, float* out, std::size_t stride) override {
    for (std::uint32_t i = 0; i < count; ++i) {
      const double south_m = (first_row + i + 0.5) * options_.cell_m;
      for (std::uint32_t column = 0; column < options_.columns; ++column) {
        out[i * stride + column] =
            static_cast<float>(relief_.height_m((column + 0.5) * options_.cell_m, south_m));
      }
    }
  }

 private:
  DemoRelief relief_;
  DemoMassifOptions options_;
};

void check(const DemoMassifOptions& options) {
  std::vector<core::FieldError> faults;
  const auto check_side = [&](const char* name, std::uint32_t cells) {
    if (cells < 64 || cells > 8000) {
      faults.push_back(
          {name, "out_of_range", "is " + std::to_string(cells) + "; accepted are 64 to 8000 cells"});
    }
  };
  check_side("columns", options.columns);
  check_side("rows", options.rows);
  if (!(options.cell_m >= 1 && options.cell_m <= 100)) {
    faults.push_back({"cell_m", "out_of_range", "accepted are 1 to 100 m"});
  }
  if (!faults.empty()) {
    throw core::Error::invalid("terrain.demo_options", "The demo massif cannot be made like that.",
                               std::move(faults));
  }
}

}  // namespace

ImportReport build_demo_massif(const std::filesystem::path& out, const DemoMassifOptions& options,
                               const Progress& progress) {
  check(options);
  const GridFrame frame{kLeft_m, kTop_m, options.cell_m, options.cell_m, options.columns, options.rows};
  const auto crs = describe_crs(kCrs, frame);
  const Projection projection(crs.pipeline);
  const auto metric = GroundMetricTable::build(frame, crs, projection);
  const auto size = cell_size(frame, projection);
  DatasetInfo info;
  info.name = "demo massif";
  info.crs_name = crs.name;
  info.crs_id = crs.id;
  info.crs_wkt = crs.wkt;
  info.pipeline = crs.pipeline;
  info.pipeline_name = crs.pipeline_name;
  info.pipeline_accuracy_m = crs.pipeline_accuracy_m;
  info.frame = frame;
  info.cell_east_m = size.east_m;
  info.cell_north_m = size.north_m;
  info.metric = metric.kind();
  info.scale_error = metric.scale_error();
  info.convergence_deg = metric.convergence_deg();
  info.bounds = bounds_of(frame, projection);
  info.source =
      "AspectAvy demo: made-up terrain in the open North Atlantic, seed " + std::to_string(options.seed);
  info.licence = "CC0-1.0";

  ReliefRows rows(options);
  StoreWriter writer(out);
  build_dataset(rows, metric, writer, info, [&](double part) {
    if (progress) progress(part, "raising the demo massif");
  });
  ImportReport report;
  report.manifest = {"demo-massif-" + std::to_string(options.seed),
                     "aspectavy demo massif, seed " + std::to_string(options.seed),
                     {std::move(info)}};
  const auto result = writer.commit(report.manifest);
  report.content_sha256 = result.sha256;
  report.file_bytes = result.file_bytes;
  return report;
}

}  // namespace terrain
