#include "user/avatar_picture.hpp"

#include "core/error.hpp"

#include "user/picture.hpp"

namespace user {
namespace {

constexpr int kJpegQuality = 85;
/// Noise does not compress; what a store takes at least is 1 MiB.
constexpr std::size_t kMaxPngBytes = 512u << 10;

Picture decoded(std::string_view upload) {
  switch (format_of(upload)) {
    case PictureFormat::png:
      return decode_png(upload);
    case PictureFormat::jpeg:
      return decode_jpeg(upload, kAvatarEdge);
    case PictureFormat::unknown:
      break;
  }
  throw core::Error(core::ErrorKind::invalid_input, "avatar.unsupported",
                    "The bytes are neither a PNG nor a JPEG file.");
}

AvatarPicture png_of(const Picture& picture) {
  return {.content_type = "image/png",
          .bytes = encode_png(picture),
          .width = picture.width,
          .height = picture.height};
}

}  // namespace

AvatarPicture make_avatar(std::string_view upload) {
  if (upload.size() > kMaxUploadBytes) {
    throw core::Error(core::ErrorKind::too_large, "payload_too_large",
                      "A picture may have at most 5 MiB (5242880 bytes).");
  }
  const auto picture = scaled_to_fit(decoded(upload), kAvatarEdge);
  if (has_transparency(picture)) {
    auto made = png_of(picture);
    return made.bytes.size() <= kMaxPngBytes ? made : png_of(scaled_to_fit(picture, kAvatarEdge / 2));
  }
  return {.content_type = "image/jpeg",
          .bytes = encode_jpeg(picture, kJpegQuality),
          .width = picture.width,
          .height = picture.height};
}

}  // namespace user
