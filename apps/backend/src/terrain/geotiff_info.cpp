#include "terrain/geotiff_info.hpp"

#include "terrain/tiff_handle.hpp"

#include <tiffio.h>

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

namespace terrain {
namespace {

namespace fs = std::filesystem;

// Tags and keys of OGC 19-008 (GeoTIFF 1.1) and of GDAL.
constexpr std::uint32_t kPixelScaleTag = 33550;
constexpr std::uint32_t kTiePointTag = 33922;
constexpr std::uint32_t kTransformationTag = 34264;
constexpr std::uint32_t kKeyDirectoryTag = 34735;
constexpr std::uint32_t kGdalMetadataTag = 42112;
constexpr std::uint32_t kGdalNodataTag = 42113;
constexpr std::uint16_t kModelTypeKey = 1024;
constexpr std::uint16_t kRasterTypeKey = 1025;
constexpr std::uint16_t kCitationKey = 1026;
constexpr std::uint16_t kGeodeticCrsKey = 2048;
constexpr std::uint16_t kGeodeticCitationKey = 2049;
constexpr std::uint16_t kAngularUnitKey = 2054;
constexpr std::uint16_t kSemiMajorKey = 2057;
constexpr std::uint16_t kInverseFlatteningKey = 2059;
constexpr std::uint16_t kProjectedCrsKey = 3072;
constexpr std::uint16_t kProjectedCitationKey = 3073;
constexpr std::uint16_t kLinearUnitKey = 3076;

template <typename T>
std::span<const T> values_of(TIFF* tiff, std::uint32_t tag) {
  std::uint32_t count = 0;
  T* values = nullptr;
  if (TIFFGetField(tiff, tag, &count, &values) != 1) return {};
  return {values, count};
}

std::string text_of(TIFF* tiff, std::uint32_t tag) {
  const auto bytes = values_of<char>(tiff, tag);
  const std::string_view text(bytes.data(), bytes.size());
  return std::string(text.substr(0, text.find('\0')));
}

bool has_side_files(const fs::path& file) {
  std::error_code ignored;
  return fs::exists(file.string() + ".aux.xml", ignored) || fs::exists(file.string() + ".msk", ignored);
}

/// "EPSG:…" and whether coordinates mean cell centres, if the keys say just that.
struct KeyReading {
  std::string crs;
  bool at_centres = false;
};
std::optional<KeyReading> read_keys(std::span<const std::uint16_t> directory) {
  if (directory.size() < 4 || directory.size() < 4 + std::size_t{directory[3]} * 4) return std::nullopt;
  std::uint16_t model = 0;
  std::uint16_t geodetic = 0;
  std::uint16_t projected = 0;
  KeyReading reading;
  for (std::size_t i = 1; i <= directory[3]; ++i) {
    const auto key = directory.subspan(i * 4, 4);
    const std::uint16_t value = key[3];
    switch (key[0]) {
      case kModelTypeKey:
        model = value;
        break;
      case kRasterTypeKey:
        reading.at_centres = value == 2;
        break;
      case kGeodeticCrsKey:
        geodetic = value;
        break;
      case kProjectedCrsKey:
        projected = value;
        break;
      case kAngularUnitKey:
        if (value != 9102) return std::nullopt;
        break;
      case kLinearUnitKey:
        if (value != 9001) return std::nullopt;
        break;
      case kCitationKey:
      case kGeodeticCitationKey:
      case kProjectedCitationKey:
      case kSemiMajorKey:
      case kInverseFlatteningKey:
        break;
      default:
        return std::nullopt;
    }
  }
  const std::uint16_t code = model == 1 ? projected : model == 2 ? geodetic : std::uint16_t{0};
  if (code < 1024 || code > 32766) return std::nullopt;
  reading.crs = "EPSG:" + std::to_string(code);
  return reading;
}

bool is_plain_band(TIFF* tiff) {
  std::uint16_t samples = 1;
  std::uint16_t photometric = PHOTOMETRIC_MINISBLACK;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &samples);
  TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &photometric);
  return samples == 1 && photometric == PHOTOMETRIC_MINISBLACK && TIFFNumberOfDirectories(tiff) == 1;
}

std::optional<GridFrame> read_frame(TIFF* tiff, bool at_centres) {
  const auto scale = values_of<double>(tiff, kPixelScaleTag);
  const auto tie = values_of<double>(tiff, kTiePointTag);
  if (scale.size() < 2 || tie.size() != 6 || !values_of<double>(tiff, kTransformationTag).empty())
    return std::nullopt;
  GridFrame frame;
  TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &frame.columns);
  TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &frame.rows);
  const double shift = at_centres ? 0.5 : 0;
  frame.cell_width = scale[0];
  frame.cell_height = scale[1];
  frame.left_x = tie[3] - (tie[0] + shift) * scale[0];
  frame.top_y = tie[4] + (tie[1] + shift) * scale[1];
  const bool sane = frame.columns > 0 && frame.rows > 0 && frame.cell_width > 0 && frame.cell_height > 0 &&
                    std::isfinite(frame.left_x) && std::isfinite(frame.top_y);
  if (!sane) return std::nullopt;
  return frame;
}

/// False if there is a nodata text that is no number.
bool read_nodata(TIFF* tiff, std::optional<double>& nodata) {
  const std::string text = text_of(tiff, kGdalNodataTag);
  if (text.empty()) return true;
  const char* first = text.data() + (text.front() == '+' || text.front() == ' ' ? 1 : 0);
  double value = 0;
  const auto [end, failure] = std::from_chars(first, text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size()) return false;
  nodata = value;
  return true;
}

}  // namespace

std::optional<RasterInfo> read_geotiff_info(const fs::path& file) {
  const TiffHandle handle = open_tiff(file.string());
  if (!handle || has_side_files(file)) return std::nullopt;
  TIFF* const tiff = handle.get();
  if (!is_plain_band(tiff)) return std::nullopt;
  const auto keys = read_keys(values_of<std::uint16_t>(tiff, kKeyDirectoryTag));
  if (!keys) return std::nullopt;
  const auto frame = read_frame(tiff, keys->at_centres);
  RasterInfo info;
  if (!frame || !read_nodata(tiff, info.nodata)) return std::nullopt;
  if (text_of(tiff, kGdalMetadataTag).find("role=") != std::string::npos) return std::nullopt;
  std::error_code ignored;
  info.path = file;
  info.bytes = fs::file_size(file, ignored);
  info.driver = "GTiff";
  info.wkt = keys->crs;
  info.frame = *frame;
  return info;
}

}  // namespace terrain
