// Any bytes as an uploaded picture: refused with a core::Error, or made into a small picture that can be
// decoded again.

#include "core/error.hpp"

#include "user/avatar_picture.hpp"
#include "user/picture.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>

namespace {

std::optional<user::AvatarPicture> made_of(std::string_view upload) {
  try {
    return user::make_avatar(upload);
  } catch (const core::Error& error) {
    // Running out of words for a refusal would be our fault, not the file's.
    if (error.kind() == core::ErrorKind::internal) std::abort();
    return std::nullopt;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const int orientation = user::exif_orientation(bytes);
  if (orientation < 1 || orientation > 8) std::abort();
  const auto avatar = made_of(bytes);
  if (!avatar) return 0;
  const auto again = avatar->content_type == "image/png"
                         ? user::decode_png(avatar->bytes)
                         : user::decode_jpeg(avatar->bytes, user::kAvatarEdge);
  if (again.width != avatar->width || again.height != avatar->height) std::abort();
  if (again.width > user::kAvatarEdge || again.height > user::kAvatarEdge) std::abort();
  return 0;
}
