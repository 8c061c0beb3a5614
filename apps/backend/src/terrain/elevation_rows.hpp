#pragma once
// A grid of elevations read row by row, from whatever holds it.

#include "terrain/raster_info.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

namespace terrain {

class ElevationRows {
 public:
  ElevationRows() = default;
  virtual ~ElevationRows() = default;
  ElevationRows(const ElevationRows&) = delete;
  ElevationRows& operator=(const ElevationRows&) = delete;

  /// Row `first_row + i` into out[i · stride …], metres, NaN where void, for i < count. Rows are asked for
  /// from north to south, each once.
  virtual void read(std::uint32_t first_row, std::uint32_t count, float* out, std::size_t stride) = 0;
};

/// How a raster's numbers become elevations in metres.
struct ValueRule {
  std::optional<double> nodata;
  double scale = 1;
  double offset = 0;
};

/// Applies the rule to values of any number type: nodata, NaN and absurd values (beyond ±100 km) become NaN.
template <typename Raw>
void to_elevations(const Raw* raw, std::size_t count, const ValueRule& rule, float* out);

/// A single-band GeoTIFF that libtiff reads as plain integers or floats; null if it is another kind of TIFF
/// (then GDAL has to read it). Throws core::Error(invalid_input "terrain.import_refused") on reading errors.
std::unique_ptr<ElevationRows> open_tiff_rows(const RasterInfo& info, const ValueRule& rule);

/// Any raster: converted by gdal_translate to plain floats in `folder` first.
std::unique_ptr<ElevationRows> open_translated_rows(const RasterInfo& info, const ValueRule& rule,
                                                    const std::filesystem::path& folder,
                                                    std::chrono::seconds timeout);

}  // namespace terrain
