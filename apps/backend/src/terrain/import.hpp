#pragma once
// Makes a terrain store out of elevation rasters: any format GDAL reads, in any CRS PROJ knows.

#include "terrain/manifest.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace terrain {

/// Called now and then with 0…1 and a short text. May throw to stop the import.
using Progress = std::function<void(double fraction, std::string_view text)>;

struct ImportOptions {
  /// At least one; the first wins where rasters of a mosaic overlap.
  std::vector<std::filesystem::path> inputs{};
  std::filesystem::path out{};
  /// Of the store; empty: the file name of `out` without its extension.
  std::string name{};
  /// "EPSG:31287", WKT or a PROJ string; replaces what the files name; empty: as they name.
  std::string crs{};
  /// Who made the data; shown wherever the data is shown.
  std::string source{};
  std::string licence{};
  /// None: as the files say, metres where they say nothing.
  std::optional<VerticalUnit> vertical_unit{};
  Progress progress{};
  std::chrono::seconds child_timeout{600};  ///< per GDAL program started
};

struct ImportReport {
  Manifest manifest;
  std::string content_sha256;
  std::uint64_t file_bytes = 0;
  std::vector<std::string> warnings;  ///< sentences for people
};

/// Reads the rasters, derives slope and aspect (Horn 1981) on their own grids and replaces `out` atomically:
/// after a failure the old file is untouched. Rasters on the same grid that touch or overlap become one
/// dataset. Throws core::Error(invalid_input "terrain.import_refused") with one FieldError per fault (no CRS,
/// rotated grid, several bands, unreadable file …), or internal/deadline errors of the system.
ImportReport import_rasters(const ImportOptions& options);

}  // namespace terrain
