#pragma once
// What a terrain store says about itself and about each of its datasets.

#include "geo/position.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace terrain {

/// The most cells that a grid has from west to east or from north to south.
inline constexpr std::uint32_t kMaxGridCells = 1u << 24;

/// Where the cells of a north-up grid lie in its CRS: x grows with columns, y falls with rows.
struct GridFrame {
  double left_x = 0;       ///< outer edge of column 0, CRS units
  double top_y = 0;        ///< outer edge of row 0
  double cell_width = 0;   ///< CRS units, > 0
  double cell_height = 0;  ///< CRS units, > 0
  std::uint32_t columns = 0;
  std::uint32_t rows = 0;

  bool operator==(const GridFrame&) const = default;
};

/// How CRS units became ground metres when slopes were derived (docs/concepts/terrain.md).
enum class GroundMetric {
  grid,           ///< projected, true to scale and to north within the stated limits: the grid's own metres
  ellipsoid_row,  ///< geographic: metres per degree on the ellipsoid, row by row
  local_frame,    ///< projected with distortion (or not in metres): scale and north direction block by block
};
std::string_view to_string(GroundMetric metric);

enum class VerticalUnit { metre, foot, us_survey_foot };
std::string_view to_string(VerticalUnit unit);
/// Accepts what rasters and people write: "m", "metre", "meters", "ft", "foot", "us-ft", "ftUS", …
std::optional<VerticalUnit> parse_vertical_unit(std::string_view text);
double metres_per(VerticalUnit unit);

/// One file that went into a dataset.
struct InputFile {
  std::string name;  ///< file name without its folder
  std::uint64_t bytes = 0;
  std::string driver;  ///< GDAL's short name: "GTiff", "AAIGrid", …

  bool operator==(const InputFile&) const = default;
};

struct DatasetInfo {
  std::string name;
  std::string crs_name;     ///< "WGS 84 / UTM zone 26N"
  std::string crs_id;       ///< "EPSG:32626", or "" where the CRS has no code
  std::string crs_wkt;      ///< WKT2
  bool geographic = false;  ///< CRS units are degrees
  std::string pipeline;  ///< PROJ pipeline WGS 84 lon/lat degrees → CRS x/y; used as it is by the sampler
  std::string pipeline_name;
  std::optional<double> pipeline_accuracy_m;  ///< as PROJ states it; none: unknown (ballpark)
  GridFrame frame;
  double cell_east_m = 0;  ///< ground size of a cell in the middle of the grid
  double cell_north_m = 0;
  GroundMetric metric = GroundMetric::grid;
  double scale_error = 0;  ///< largest |grid length / ground length − 1| of the projection over the grid
  double convergence_deg = 0;  ///< largest angle between grid north and true north over the grid
  VerticalUnit vertical_unit = VerticalUnit::metre;  ///< of the input; the store is in metres
  geo::BoundingBox bounds;                           ///< WGS 84, encloses the grid
  double min_elevation_m = 0;
  double max_elevation_m = 0;
  std::uint64_t cells = 0;
  std::uint64_t void_cells = 0;          ///< no elevation in the input, or outside −400 … 7791.75 m
  std::uint64_t out_of_range_cells = 0;  ///< the latter, counted apart
  std::uint64_t graded_cells = 0;  ///< cells that have slope: elevation known in the whole 3 × 3 window
  std::string source;
  std::string licence;
  std::vector<InputFile> inputs;

  bool operator==(const DatasetInfo&) const = default;
};

struct Manifest {
  std::string name;       ///< of the store
  std::string generator;  ///< "aspectavy terrain import", "aspectavy demo massif seed 1"
  std::vector<DatasetInfo> datasets;

  bool operator==(const Manifest&) const = default;
};

std::string write_manifest(const Manifest& manifest);
/// Throws core::Error(invalid_input "terrain.store_damaged") naming every member that is missing or wrong.
Manifest read_manifest(std::string_view json);

}  // namespace terrain
