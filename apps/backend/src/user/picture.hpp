#pragma once
// Pictures that people upload, as pixels. Everything here is made for files of strangers: what a file says of
// its size is looked at before memory is asked for, and nothing of it but its pixels is kept.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace user {

/// Four bytes a pixel, red, green, blue and alpha (not premultiplied), row after row.
struct Picture {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> rgba = {};

  bool operator==(const Picture&) const = default;
};

/// Before anything is decoded: 4096 × 4096 take 64 MiB.
inline constexpr int kMaxPictureEdge = 8192;
inline constexpr std::int64_t kMaxPicturePixels = 4096LL * 4096;

enum class PictureFormat { unknown, png, jpeg };
/// By the first bytes, whatever a sender calls it.
PictureFormat format_of(std::string_view bytes);

/// Decoders throw core::Error(invalid_input): "avatar.too_many_pixels", "avatar.unsupported" (CMYK),
/// "avatar.unreadable" for everything that is damaged or cut off.
/// Of an animation the still that programs without animation show.
Picture decode_png(std::string_view bytes);
/// Decoded at 1, 1/2, 1/4 or 1/8 of its size, so that the longer edge is not shorter than `edge` for that,
/// and turned as its Exif says.
Picture decode_jpeg(std::string_view bytes, int edge);

/// Throw core::Error(internal) when memory runs out.
std::string encode_png(const Picture& picture);
/// Alpha is ignored. `quality`: 1 to 100.
std::string encode_jpeg(const Picture& picture, int quality);

/// Throws as the decoders for a size that is not taken.
void require_size(std::int64_t width, std::int64_t height);

/// The same picture within edge × edge pixels, each the mean of those it stands for; itself when it fits.
Picture scaled_to_fit(const Picture& picture, int edge);
bool has_transparency(const Picture& picture);

/// 1 to 8 as Exif counts them, out of the payload of a JPEG's APP1 marker; 1 for anything that does not say.
int exif_orientation(std::string_view app1);
/// The picture as it is meant to be seen.
Picture upright(const Picture& picture, int orientation);

}  // namespace user
