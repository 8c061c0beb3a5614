#include "core/error.hpp"
#include "terrain/elevation_rows.hpp"
#include "terrain/tiff_handle.hpp"

#include <fcntl.h>
#include <tiffio.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <sys/mman.h>
#include <sys/stat.h>
#include <utility>
#include <vector>

namespace terrain {
namespace {

using Convert = void (*)(const std::byte* raw, std::size_t count, const ValueRule& rule, float* out);

template <typename Raw>
void convert(const std::byte* raw, std::size_t count, const ValueRule& rule, float* out) {
  to_elevations(reinterpret_cast<const Raw*>(raw), count, rule, out);
}

[[noreturn]] void refuse_damaged(const std::string& path, std::uint32_t row) {
  throw core::Error(
      core::ErrorKind::invalid_input, "terrain.import_refused",
      path + " cannot be read from row " + std::to_string(row) + " on: it is cut short or damaged.");
}

/// The conversion for a sample format, or null if libtiff would not hand out plain numbers.
Convert conversion_for(std::uint16_t format, std::uint16_t bits) {
  const auto key = format * 100 + bits;
  switch (key) {
    case SAMPLEFORMAT_UINT * 100 + 8:
      return convert<std::uint8_t>;
    case SAMPLEFORMAT_INT * 100 + 8:
      return convert<std::int8_t>;
    case SAMPLEFORMAT_UINT * 100 + 16:
      return convert<std::uint16_t>;
    case SAMPLEFORMAT_INT * 100 + 16:
      return convert<std::int16_t>;
    case SAMPLEFORMAT_UINT * 100 + 32:
      return convert<std::uint32_t>;
    case SAMPLEFORMAT_INT * 100 + 32:
      return convert<std::int32_t>;
    case SAMPLEFORMAT_IEEEFP * 100 + 32:
      return convert<float>;
    case SAMPLEFORMAT_IEEEFP * 100 + 64:
      return convert<double>;
    default:
      return nullptr;
  }
}

/// A file mapped for reading.
class MappedFile {
 public:
  explicit MappedFile(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat status {};
    if (fd >= 0 && ::fstat(fd, &status) == 0 && status.st_size > 0) {
      size_ = static_cast<std::size_t>(status.st_size);
      void* const mapped = ::mmap(nullptr, size_, PROT_READ, MAP_SHARED, fd, 0);
      data_ = mapped == MAP_FAILED ? nullptr : static_cast<const std::byte*>(mapped);
    }
    if (fd >= 0) ::close(fd);
    if (data_ != nullptr) ::madvise(const_cast<std::byte*>(data_), size_, MADV_SEQUENTIAL);
  }
  ~MappedFile() {
    if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_);
  }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  bool holds(std::uint64_t offset, std::uint64_t bytes) const {
    return data_ != nullptr && offset <= size_ && bytes <= size_ - offset;
  }
  const std::byte* at(std::uint64_t offset) const { return data_ + offset; }

 private:
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

/// Rows of uncompressed strips in native byte order, straight from the mapped file.
class MappedTiffRows : public ElevationRows {
 public:
  MappedTiffRows(TIFF* tiff, const RasterInfo& info, const ValueRule& rule, Convert to_float,
                 std::size_t sample_bytes)
      : file_(info.path.string()),
        path_(info.path.string()),
        columns_(info.frame.columns),
        row_bytes_(columns_ * sample_bytes),
        row_(row_bytes_),
        rule_(rule),
        to_float_(to_float) {
    std::uint32_t rows_per_strip = 0;
    TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &rows_per_strip);
    rows_per_strip_ = std::clamp(rows_per_strip, 1U, info.frame.rows);
    strip_offsets_.resize(TIFFNumberOfStrips(tiff));
    for (std::uint32_t i = 0; i < strip_offsets_.size(); ++i)
      strip_offsets_[i] = TIFFGetStrileOffset(tiff, i);
  }

  void read(std::uint32_t first_row, std::uint32_t count, float* out, std::size_t stride) override {
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::uint32_t row = first_row + i;
      const std::uint64_t offset =
          strip_offsets_[row / rows_per_strip_] + (row % rows_per_strip_) * row_bytes_;
      if (!file_.holds(offset, row_bytes_)) refuse_damaged(path_, row);
      to_float_(aligned(file_.at(offset)), columns_, rule_, out + i * stride);
    }
  }

 private:
  /// TIFF lets strips begin anywhere; numbers may only be read on their natural borders.
  const std::byte* aligned(const std::byte* row) {
    if (reinterpret_cast<std::uintptr_t>(row) % (row_bytes_ / columns_) == 0) return row;
    std::memcpy(row_.data(), row, row_bytes_);
    return row_.data();
  }

  MappedFile file_;
  std::string path_;
  std::size_t columns_;
  std::size_t row_bytes_;
  std::vector<std::byte> row_;
  ValueRule rule_;
  Convert to_float_;
  std::uint32_t rows_per_strip_ = 1;
  std::vector<std::uint64_t> strip_offsets_;
};

/// Rows of strips or of tiles; one band of them (a strip, or a row of tiles) is held decoded at a time.
class TiffRows : public ElevationRows {
 public:
  TiffRows(TiffHandle tiff, const RasterInfo& info, const ValueRule& rule, Convert to_float,
           std::size_t sample_bytes)
      : tiff_(std::move(tiff)),
        path_(info.path.string()),
        columns_(info.frame.columns),
        rows_(info.frame.rows),
        rule_(rule),
        to_float_(to_float),
        sample_bytes_(sample_bytes),
        tiled_(TIFFIsTiled(tiff_.get()) != 0) {
    std::uint32_t height = 0;
    if (tiled_) {
      TIFFGetField(tiff_.get(), TIFFTAG_TILEWIDTH, &tile_columns_);
      TIFFGetField(tiff_.get(), TIFFTAG_TILELENGTH, &height);
      tile_.resize(static_cast<std::size_t>(TIFFTileSize(tiff_.get())));
    } else {
      TIFFGetFieldDefaulted(tiff_.get(), TIFFTAG_ROWSPERSTRIP, &height);
    }
    band_rows_ = std::clamp(height, 1U, rows_);
    row_bytes_ = columns_ * sample_bytes_;
    band_.resize(row_bytes_ * band_rows_);
  }

  void read(std::uint32_t first_row, std::uint32_t count, float* out, std::size_t stride) override {
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::uint32_t row = first_row + i;
      const std::uint32_t band = row / band_rows_;
      if (band != loaded_band_) load(band);
      to_float_(band_.data() + (row % band_rows_) * row_bytes_, columns_, rule_, out + i * stride);
    }
  }

 private:
  void load(std::uint32_t band) {
    tiled_ ? load_tiles(band) : load_strip(band);
    loaded_band_ = band;
  }

  void load_strip(std::uint32_t strip) {
    const std::uint32_t rows = std::min(band_rows_, rows_ - strip * band_rows_);
    const auto wanted = static_cast<tmsize_t>(rows * row_bytes_);
    if (TIFFReadEncodedStrip(tiff_.get(), strip, band_.data(), wanted) != wanted)
      refuse_damaged(path_, strip * band_rows_);
  }

  void load_tiles(std::uint32_t band) {
    const std::uint32_t top = band * band_rows_;
    const std::uint32_t rows = std::min(band_rows_, rows_ - top);
    const std::size_t tile_row_bytes = tile_columns_ * sample_bytes_;
    for (std::uint32_t left = 0; left < columns_; left += tile_columns_) {
      if (TIFFReadTile(tiff_.get(), tile_.data(), left, top, 0, 0) < 0) refuse_damaged(path_, top);
      const std::size_t bytes = std::min(tile_columns_, columns_ - left) * sample_bytes_;
      for (std::uint32_t row = 0; row < rows; ++row) {
        std::memcpy(band_.data() + row * row_bytes_ + left * sample_bytes_,
                    tile_.data() + row * tile_row_bytes, bytes);
      }
    }
  }

  TiffHandle tiff_;
  std::string path_;
  std::uint32_t columns_;
  std::uint32_t rows_;
  ValueRule rule_;
  Convert to_float_;
  std::size_t sample_bytes_;
  bool tiled_;
  std::uint32_t tile_columns_ = 0;
  std::uint32_t band_rows_ = 1;
  std::size_t row_bytes_ = 0;
  std::vector<std::byte> band_;
  std::vector<std::byte> tile_;
  std::uint32_t loaded_band_ = ~0U;
};

/// GDAL leaves out strips and tiles that are all nodata; libtiff takes that for damage.
bool is_sparse(TIFF* tiff) {
  const std::uint32_t chunks = TIFFIsTiled(tiff) != 0 ? TIFFNumberOfTiles(tiff) : TIFFNumberOfStrips(tiff);
  for (std::uint32_t i = 0; i < chunks; ++i) {
    if (TIFFGetStrileByteCount(tiff, i) == 0) return true;
  }
  return false;
}

}  // namespace

std::unique_ptr<ElevationRows> open_tiff_rows(const RasterInfo& info, const ValueRule& rule) {
  if (info.driver != "GTiff" && info.driver != "COG") return nullptr;
  TiffHandle tiff = open_tiff(info.path.string());
  if (!tiff) return nullptr;
  std::uint32_t columns = 0;
  std::uint32_t rows = 0;
  std::uint16_t samples = 1;
  std::uint16_t bits = 0;
  std::uint16_t format = SAMPLEFORMAT_UINT;
  std::uint16_t compression = COMPRESSION_NONE;
  TIFFGetField(tiff.get(), TIFFTAG_IMAGEWIDTH, &columns);
  TIFFGetField(tiff.get(), TIFFTAG_IMAGELENGTH, &rows);
  TIFFGetFieldDefaulted(tiff.get(), TIFFTAG_SAMPLESPERPIXEL, &samples);
  TIFFGetFieldDefaulted(tiff.get(), TIFFTAG_BITSPERSAMPLE, &bits);
  TIFFGetFieldDefaulted(tiff.get(), TIFFTAG_SAMPLEFORMAT, &format);
  TIFFGetFieldDefaulted(tiff.get(), TIFFTAG_COMPRESSION, &compression);
  const Convert to_float = conversion_for(format, bits);
  const bool plain = to_float != nullptr && samples == 1 && columns == info.frame.columns &&
                     rows == info.frame.rows && TIFFIsCODECConfigured(compression) != 0 &&
                     !is_sparse(tiff.get());
  if (!plain) return nullptr;
  const std::size_t sample_bytes = bits / 8U;
  const bool mappable =
      compression == COMPRESSION_NONE && TIFFIsTiled(tiff.get()) == 0 && TIFFIsByteSwapped(tiff.get()) == 0;
  if (mappable) return std::make_unique<MappedTiffRows>(tiff.get(), info, rule, to_float, sample_bytes);
  return std::make_unique<TiffRows>(std::move(tiff), info, rule, to_float, sample_bytes);
}

}  // namespace terrain
