#pragma once
// What becomes of an uploaded picture: a small one of our own making.

#include <cstddef>
#include <string>
#include <string_view>

namespace user {

inline constexpr std::size_t kMaxUploadBytes = 5u << 20;
inline constexpr int kAvatarEdge = 512;

struct AvatarPicture {
  std::string content_type;  ///< image/jpeg, or image/png for what is partly transparent
  std::string bytes;
  int width = 0;
  int height = 0;
};

/// Decodes a PNG or JPEG, fits it into 512 × 512 pixels and encodes it anew: place and camera, comments,
/// hidden files and whatever else the upload held are gone. Throws core::Error(invalid_input)
/// "avatar.unreadable" | "avatar.unsupported" | "avatar.too_many_pixels", too_large "payload_too_large".
AvatarPicture make_avatar(std::string_view upload);

}  // namespace user
