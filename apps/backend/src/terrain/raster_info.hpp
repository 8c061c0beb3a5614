#pragma once
// What GDAL says about a raster file.

#include "core/error.hpp"
#include "terrain/manifest.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace terrain {

struct RasterInfo {
  std::filesystem::path path;
  std::uint64_t bytes = 0;
  std::string driver;
  std::string wkt;   ///< WKT or "EPSG:…"; empty: the file names no CRS
  GridFrame frame;   ///< north-up
  std::string type;  ///< "Float32", "Int16", …; empty if GDAL was not asked
  std::optional<double> nodata;
  double scale = 1;  ///< elevation = scale · value + offset, in `unit`
  double offset = 0;
  std::optional<VerticalUnit> unit;
};

/// Reads a plain GeoTIFF's header itself and asks `gdalinfo -json` about everything else. What makes the file
/// unfit (not readable, several bands, palette, mask band, rotated, no georeferencing, unknown unit) is
/// appended to `faults` at `path` and nullopt returned. Throws only if gdalinfo cannot be run.
std::optional<RasterInfo> inspect_raster(const std::filesystem::path& file, const std::string& field_path,
                                         std::chrono::seconds timeout, std::vector<core::FieldError>& faults);

/// The pure part: reads gdalinfo's JSON.
std::optional<RasterInfo> read_gdalinfo(std::string_view json, const std::string& field_path,
                                        std::vector<core::FieldError>& faults);

}  // namespace terrain
