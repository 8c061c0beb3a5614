#include "core/error.hpp"

#include "user/picture.hpp"
#include <png.h>

#include <cstring>

namespace user {
namespace {

/// libpng's simplified interface: errors come back as results, never by a jump over our frames.
class Image {
 public:
  Image() { image_.version = PNG_IMAGE_VERSION; }
  ~Image() { png_image_free(&image_); }
  Image(const Image&) = delete;
  Image& operator=(const Image&) = delete;

  png_image* operator->() { return &image_; }
  png_image* get() { return &image_; }

 private:
  png_image image_{};
};

core::Error unreadable(const png_image& image) {
  return {core::ErrorKind::invalid_input, "avatar.unreadable",
          "The PNG file is damaged or cut off: it cannot be decoded.",
          std::string(image.message, ::strnlen(image.message, sizeof image.message))};
}

}  // namespace

Picture decode_png(std::string_view bytes) {
  Image image;
  if (png_image_begin_read_from_memory(image.get(), bytes.data(), bytes.size()) == 0)
    throw unreadable(*image.get());
  require_size(image->width, image->height);
  image->format = PNG_FORMAT_RGBA;
  Picture picture{.width = static_cast<int>(image->width), .height = static_cast<int>(image->height)};
  picture.rgba.resize(PNG_IMAGE_SIZE(*image.get()));
  if (png_image_finish_read(image.get(), nullptr, picture.rgba.data(), 0, nullptr) == 0)
    throw unreadable(*image.get());
  return picture;
}

std::string encode_png(const Picture& picture) {
  Image image;
  image->width = static_cast<png_uint_32>(picture.width);
  image->height = static_cast<png_uint_32>(picture.height);
  image->format = PNG_FORMAT_RGBA;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(*image.get());
  std::string bytes(size, '\0');
  if (png_image_write_to_memory(image.get(), bytes.data(), &size, 0, picture.rgba.data(), 0, nullptr) == 0)
    throw core::Error(core::ErrorKind::internal, "internal", "The picture could not be encoded.",
                      image->message);
  bytes.resize(size);
  return bytes;
}

}  // namespace user
