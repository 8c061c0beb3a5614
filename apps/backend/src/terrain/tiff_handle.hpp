#pragma once
// An open TIFF file. libtiff stays in the .cpp files; its handle type is opaque here.

#include <memory>
#include <string>

struct tiff;

namespace terrain {

struct TiffDeleter {
  void operator()(tiff* handle) const;
};
using TiffHandle = std::unique_ptr<tiff, TiffDeleter>;

/// Null if libtiff does not take the file. Nothing is printed: damage is reported by return values.
TiffHandle open_tiff(const std::string& path);

}  // namespace terrain
