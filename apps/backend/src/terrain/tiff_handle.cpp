#include "terrain/tiff_handle.hpp"

#include <tiffio.h>

#include <cstdarg>

namespace terrain {
namespace {

struct OptionsDeleter {
  void operator()(TIFFOpenOptions* options) const { TIFFOpenOptionsFree(options); }
};

int keep_quiet(TIFF*, void*, const char*, const char*, va_list) { return 1; }

}  // namespace

void TiffDeleter::operator()(tiff* handle) const { TIFFClose(handle); }

TiffHandle open_tiff(const std::string& path) {
  const std::unique_ptr<TIFFOpenOptions, OptionsDeleter> options(TIFFOpenOptionsAlloc());
  TIFFOpenOptionsSetErrorHandlerExtR(options.get(), keep_quiet, nullptr);
  TIFFOpenOptionsSetWarningHandlerExtR(options.get(), keep_quiet, nullptr);
  return TiffHandle(TIFFOpenExt(path.c_str(), "rm", options.get()));
}

}  // namespace terrain
