#include "core/error.hpp"
#include "terrain/child_process.hpp"
#include "terrain/elevation_rows.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace terrain {
namespace {

/// Rows of a headerless file of native floats, as gdal_translate's ENVI driver writes it.
class RawFloatRows : public ElevationRows {
 public:
  RawFloatRows(std::filesystem::path file, const RasterInfo& info, const ValueRule& rule)
      : file_(std::move(file)), columns_(info.frame.columns), rule_(rule), row_(columns_) {
    fd_ = ::open(file_.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd_ < 0) fail(std::strerror(errno));
  }
  ~RawFloatRows() override {
    if (fd_ >= 0) ::close(fd_);
    std::error_code ignored;
    std::filesystem::remove(file_, ignored);
  }

  void read(std::uint32_t first_row, std::uint32_t count, float* out, std::size_t stride) override {
    const std::size_t row_bytes = columns_ * sizeof(float);
    for (std::uint32_t i = 0; i < count; ++i) {
      read_bytes((first_row + std::size_t{i}) * row_bytes, row_bytes);
      to_elevations(row_.data(), columns_, rule_, out + i * stride);
    }
  }

 private:
  void read_bytes(std::size_t offset, std::size_t wanted) {
    auto* at = reinterpret_cast<char*>(row_.data());
    while (wanted > 0) {
      const auto got = ::pread(fd_, at, wanted, static_cast<off_t>(offset));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) fail(got == 0 ? "it is too short" : std::strerror(errno));
      at += got;
      offset += static_cast<std::size_t>(got);
      wanted -= static_cast<std::size_t>(got);
    }
  }

  [[noreturn]] void fail(const std::string& reason) const {
    throw core::Error(core::ErrorKind::internal, "file.unreadable",
                      "The converted raster " + file_.string() + " cannot be read: " + reason + ".");
  }

  std::filesystem::path file_;
  std::size_t columns_;
  ValueRule rule_;
  std::vector<float> row_;
  int fd_ = -1;
};

}  // namespace

std::unique_ptr<ElevationRows> open_translated_rows(const RasterInfo& info, const ValueRule& rule,
                                                    const std::filesystem::path& folder,
                                                    std::chrono::seconds timeout) {
  const auto file = folder / (std::to_string(std::hash<std::string>{}(info.path.string())) + ".raw");
  const auto answer = run_child({"gdal_translate", "-q", "-of", "ENVI", "-ot", "Float32", "--config",
                                 "GDAL_PAM_ENABLED", "NO", info.path.string(), file.string()},
                                timeout);
  if (answer.exit_code != 0) {
    throw core::Error(core::ErrorKind::invalid_input, "terrain.import_refused",
                      info.path.string() + " cannot be read by GDAL: it is cut short or damaged.",
                      answer.err);
  }
  return std::make_unique<RawFloatRows>(file, info, rule);
}

}  // namespace terrain
