#pragma once
// The header of a plain GeoTIFF, read without starting GDAL.

#include "terrain/raster_info.hpp"

#include <filesystem>
#include <optional>

namespace terrain {

/// Answers only where there is one reading: one page, one band of numbers, north-up by pixel scale and a
/// single tie point, a CRS by EPSG code in metres or degrees, no scale, unit, mask or side files. For
/// everything else nullopt: then GDAL is asked. The CRS stands in `wkt` as "EPSG:…".
std::optional<RasterInfo> read_geotiff_info(const std::filesystem::path& file);

}  // namespace terrain
