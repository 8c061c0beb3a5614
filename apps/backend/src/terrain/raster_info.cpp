#include "terrain/raster_info.hpp"

#include "core/json.hpp"
#include "terrain/child_process.hpp"
#include "terrain/geotiff_info.hpp"

#include <array>
#include <cmath>
#include <limits>

namespace terrain {
namespace {

using core::FieldError;
using core::JsonView;

constexpr std::int64_t kMaxSide = 1 << 21;

/// Appends faults of one file; remembers whether there were any.
class Faults {
 public:
  Faults(const std::string& path, std::vector<FieldError>& all) : path_(path), all_(all) {}

  void add(std::string code, std::string message) {
    all_.push_back({path_, std::move(code), std::move(message)});
    any_ = true;
  }
  bool any() const { return any_; }

 private:
  const std::string& path_;
  std::vector<FieldError>& all_;
  bool any_ = false;
};

void read_frame(JsonView root, RasterInfo& info, Faults& faults) {
  const auto columns = root["size"].at(0).integer().value_or(0);
  const auto rows = root["size"].at(1).integer().value_or(0);
  if (columns < 1 || rows < 1 || columns > kMaxSide || rows > kMaxSide) {
    return faults.add("size", "has " + std::to_string(columns) + " × " + std::to_string(rows) +
                                  " cells; accepted are 1 to " + std::to_string(kMaxSide) + " a side");
  }
  std::array<double, 6> affine{};
  for (std::size_t i = 0; i < affine.size(); ++i) {
    const auto term = root["geoTransform"].at(i).number();
    if (!term || !std::isfinite(*term)) {
      return faults.add("no_georeference",
                        "does not say where it lies (no geotransform); accepted are georeferenced rasters");
    }
    affine[i] = *term;
  }
  const double tolerance = 1e-9 * (std::abs(affine[1]) + std::abs(affine[5]));
  if (std::abs(affine[2]) > tolerance || std::abs(affine[4]) > tolerance) {
    return faults.add(
        "rotated",
        "is a rotated or sheared grid; accepted are north-up grids. Slopes are derived on the original "
        "grid, so resample it yourself first (gdalwarp) if that loss is acceptable");
  }
  if (!(affine[1] > 0) || !(affine[5] < 0)) {
    return faults.add("not_north_up",
                      "runs south to north or east to west; accepted are north-up grids (gdalwarp "
                      "or gdal_translate writes one)");
  }
  info.frame = {affine[0],
                affine[3],
                affine[1],
                -affine[5],
                static_cast<std::uint32_t>(columns),
                static_cast<std::uint32_t>(rows)};
}

/// gdalinfo prints finite numbers as such and the others as text.
std::optional<double> nodata_of(JsonView band) {
  const JsonView value = band["noDataValue"];
  if (const auto number = value.number()) return number;
  if (!value.string()) return std::nullopt;
  const auto text = *value.string();
  if (text == "inf" || text == "Infinity") return std::numeric_limits<double>::infinity();
  if (text == "-inf" || text == "-Infinity") return -std::numeric_limits<double>::infinity();
  return std::numeric_limits<double>::quiet_NaN();
}

void read_band(JsonView root, RasterInfo& info, Faults& faults) {
  const JsonView bands = root["bands"];
  if (bands.size() != 1) {
    return faults.add("bands",
                      "has " + std::to_string(bands.size()) +
                          " bands; accepted is one band of elevations (gdal_translate -b picks one)");
  }
  const JsonView band = bands.at(0);
  info.type = std::string(band["type"].string().value_or(""));
  if (info.type.starts_with("C") || info.type.empty() || band["colorTable"].exists()) {
    return faults.add("type", "is a picture or has complex numbers, not elevations");
  }
  const JsonView flags = band["mask"]["flags"];
  for (std::size_t i = 0; i < flags.size(); ++i) {
    if (flags.at(i).string() == "PER_DATASET" || flags.at(i).string() == "ALPHA") {
      return faults.add("mask",
                        "marks voids by a mask band; accepted is a nodata value (gdalwarp -dstnodata -9999)");
    }
  }
  info.nodata = nodata_of(band);
  info.scale = band["scale"].number().value_or(1);
  info.offset = band["offset"].number().value_or(0);
  const auto unit = band["unit"].string();
  if (!unit || unit->empty()) return;
  info.unit = parse_vertical_unit(*unit);
  if (!info.unit) {
    faults.add("unit",
               "has heights in \"" + std::string(*unit) +
                   "\"; accepted are metres, feet and US survey feet (or name the unit when importing)");
  }
}

}  // namespace

std::optional<RasterInfo> read_gdalinfo(std::string_view json, const std::string& field_path,
                                        std::vector<FieldError>& all) {
  const auto document = core::JsonDocument::parse(json, {.max_depth = 64});
  const JsonView root = document.root();
  Faults faults(field_path, all);
  RasterInfo info;
  info.driver = std::string(root["driverShortName"].string().value_or(""));
  info.wkt = std::string(root["coordinateSystem"]["wkt"].string().value_or(""));
  read_frame(root, info, faults);
  read_band(root, info, faults);
  if (faults.any()) return std::nullopt;
  return info;
}

std::optional<RasterInfo> inspect_raster(const std::filesystem::path& file, const std::string& field_path,
                                         std::chrono::seconds timeout, std::vector<FieldError>& faults) {
  std::error_code failure;
  const auto absolute = std::filesystem::absolute(file);
  if (!std::filesystem::is_regular_file(absolute, failure)) {
    faults.push_back({field_path, "not_a_file", file.string() + " is not a file that can be read"});
    return std::nullopt;
  }
  if (auto plain = read_geotiff_info(absolute)) return plain;
  const auto answer = run_child({"gdalinfo", "-json", "-nomd", absolute.string()}, timeout);
  if (answer.exit_code != 0) {
    std::string reason = answer.err.substr(0, answer.err.find_last_not_of(" \n") + 1);
    for (auto& c : reason) c = c == '\n' ? ' ' : c;
    faults.push_back(
        {field_path, "not_a_raster", file.string() + " is no raster that GDAL reads: " + reason});
    return std::nullopt;
  }
  std::vector<FieldError> found;
  auto info = read_gdalinfo(answer.out, field_path, found);
  for (auto& fault : found) {
    fault.message = file.string() + " " + fault.message;
    faults.push_back(std::move(fault));
  }
  if (!info) return std::nullopt;
  info->path = absolute;
  info->bytes = std::filesystem::file_size(absolute, failure);
  return info;
}

}  // namespace terrain
