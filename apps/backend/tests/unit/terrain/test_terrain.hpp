#pragma once
// Terrain for tests: stores made of height functions, rasters read as plain floats, folders that vanish.

#include "terrain/dataset_builder.hpp"
#include "terrain/elevation_rows.hpp"
#include "terrain/ground_metric.hpp"
#include "terrain/projection.hpp"
#include "terrain/raster_info.hpp"
#include "terrain/store.hpp"
#include "terrain/store_writer.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace test_terrain {

namespace fs = std::filesystem;

inline constexpr float kVoid = std::numeric_limits<float>::quiet_NaN();

inline fs::path dem_fixtures() { return fs::path(ASPECTAVY_REPO_DIR "/../shared/fixtures/dem"); }

/// For tests that need third-party rasters, which are not part of the repository.
#define SKIP_WITHOUT_DEM_FIXTURES()                                                       \
  if (!std::filesystem::exists(test_terrain::dem_fixtures())) {                           \
    GTEST_SKIP() << "no folder " << test_terrain::dem_fixtures() << " with test rasters"; \
  }

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "aspectavy-terrain-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp " + name);
    path_ = name;
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  fs::path operator/(const std::string& name) const { return path_ / name; }
  const fs::path& path() const { return path_; }
  std::size_t file_count() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(path_), fs::directory_iterator()));
  }

 private:
  fs::path path_;
};

inline void write_file(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

inline std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Height at the middle of a cell, in cells from the north-west corner; NaN is void.
using Heights = std::function<float(double column, double row)>;

class HeightRows : public terrain::ElevationRows {
 public:
  HeightRows(Heights heights, std::uint32_t columns) : heights_(std::move(heights)), columns_(columns) {}
  void read(std::uint32_t first_row, std::uint32_t count, float* out, std::size_t stride) override {
    for (std::uint32_t i = 0; i < count; ++i) {
      for (std::uint32_t column = 0; column < columns_; ++column) {
        out[i * stride + column] = heights_(column + 0.5, first_row + i + 0.5);
      }
    }
  }

 private:
  Heights heights_;
  std::uint32_t columns_;
};

struct Layout {
  std::string crs = "EPSG:32632";
  terrain::GridFrame frame{500'000, 5'250'000, 10, 10, 100, 100};
  Heights heights;
};

/// Writes a store with one dataset per layout.
inline std::shared_ptr<const terrain::Store> make_store(const fs::path& path,
                                                        const std::vector<Layout>& layouts) {
  terrain::StoreWriter writer(path);
  terrain::Manifest manifest{path.stem().string(), "test", {}};
  for (const auto& layout : layouts) {
    const auto crs = terrain::describe_crs(layout.crs, layout.frame);
    const terrain::Projection projection(crs.pipeline);
    const auto metric = terrain::GroundMetricTable::build(layout.frame, crs, projection);
    terrain::DatasetInfo info;
    info.name = "layout " + std::to_string(manifest.datasets.size());
    info.crs_name = crs.name;
    info.geographic = crs.geographic;
    info.pipeline = crs.pipeline;
    info.frame = layout.frame;
    info.metric = metric.kind();
    const auto size = terrain::cell_size(layout.frame, projection);
    info.cell_east_m = size.east_m;
    info.cell_north_m = size.north_m;
    info.bounds = terrain::bounds_of(layout.frame, projection);
    HeightRows rows(layout.heights, layout.frame.columns);
    terrain::build_dataset(rows, metric, writer, info, [](double) {});
    manifest.datasets.push_back(info);
  }
  writer.commit(manifest);
  return terrain::Store::open(path);
}

/// A raster as floats, row-major, NaN where void.
struct Raster {
  std::uint32_t columns = 0;
  std::uint32_t rows = 0;
  terrain::GridFrame frame;
  std::vector<float> values;

  float at(std::uint32_t column, std::uint32_t row) const {
    return values[std::size_t{row} * columns + column];
  }
};

inline Raster read_raster(const fs::path& path) {
  std::vector<core::FieldError> faults;
  const auto info = terrain::inspect_raster(path, "raster", std::chrono::seconds(60), faults);
  if (!info) throw std::runtime_error(path.string() + ": " + faults.front().message);
  const Folder work;
  const terrain::ValueRule rule{info->nodata, info->scale, info->offset};
  auto rows = terrain::open_tiff_rows(*info, rule);
  if (!rows) rows = terrain::open_translated_rows(*info, rule, work.path(), std::chrono::seconds(60));
  Raster raster{info->frame.columns, info->frame.rows, info->frame, {}};
  raster.values.resize(std::size_t{raster.columns} * raster.rows);
  rows->read(0, raster.rows, raster.values.data(), raster.columns);
  return raster;
}

/// Smallest angle between two azimuths.
inline double turn_deg(double a, double b) {
  const double turn = std::fabs(std::remainder(a - b, 360.0));
  return turn;
}

}  // namespace test_terrain
