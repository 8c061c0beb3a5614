#include "user/picture.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <array>

namespace user {
namespace {

constexpr std::size_t kChannels = 4;

std::size_t offset_of(const Picture& picture, int x, int y) {
  return (static_cast<std::size_t>(y) * static_cast<std::size_t>(picture.width) +
          static_cast<std::size_t>(x)) *
         kChannels;
}

/// Sums of the pixels that fall into one pixel of the smaller picture; colours count by their alpha, so that
/// the colour of what is invisible does not show.
struct Mean {
  std::array<std::uint64_t, 3> colour{};
  std::uint64_t alpha = 0;
  std::uint64_t count = 0;

  void add(const std::uint8_t* pixel) {
    for (std::size_t c = 0; c < colour.size(); ++c) colour[c] += std::uint64_t{pixel[c]} * pixel[3];
    alpha += pixel[3];
    ++count;
  }
  void write(std::uint8_t* pixel) const {
    const auto half = alpha / 2;
    for (std::size_t c = 0; c < colour.size(); ++c)
      pixel[c] = alpha == 0 ? std::uint8_t{0} : static_cast<std::uint8_t>((colour[c] + half) / alpha);
    pixel[3] = static_cast<std::uint8_t>((alpha + count / 2) / count);
  }
};

Picture blank(int width, int height) {
  Picture picture{.width = width, .height = height};
  picture.rgba.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * kChannels);
  return picture;
}

/// Bounds-checked reading of the TIFF structure that Exif is.
class Tiff {
 public:
  explicit Tiff(std::string_view bytes) : bytes_(bytes), big_endian_(bytes.substr(0, 2) == "MM") {}

  bool is_one() const {
    const auto order = bytes_.substr(0, 2);
    return (order == "II" || order == "MM") && number(2, 2) == 42;
  }
  /// 0 beyond the end.
  std::uint32_t number(std::size_t at, std::size_t size) const {
    if (at > bytes_.size() || bytes_.size() - at < size) return 0;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
      const auto byte = static_cast<std::uint8_t>(bytes_[at + (big_endian_ ? i : size - 1 - i)]);
      value = value << 8U | byte;
    }
    return value;
  }

 private:
  std::string_view bytes_;
  bool big_endian_;
};

}  // namespace

PictureFormat format_of(std::string_view bytes) {
  if (bytes.starts_with("\x89PNG\r\n\x1a\n")) return PictureFormat::png;
  if (bytes.starts_with("\xff\xd8\xff")) return PictureFormat::jpeg;
  return PictureFormat::unknown;
}

void require_size(std::int64_t width, std::int64_t height) {
  const bool fits = width >= 1 && height >= 1 && width <= kMaxPictureEdge && height <= kMaxPictureEdge &&
                    width * height <= kMaxPicturePixels;
  if (fits) return;
  throw core::Error(core::ErrorKind::invalid_input, "avatar.too_many_pixels",
                    "The picture has " + std::to_string(width) + " × " + std::to_string(height) +
                        " pixels; at most 8192 on an edge and 16777216 in all are taken.");
}

Picture scaled_to_fit(const Picture& picture, int edge) {
  const int longer = std::max(picture.width, picture.height);
  if (longer <= edge) return picture;
  const auto shrunk = [&](int length) {
    return static_cast<int>(std::max<std::int64_t>(1, std::int64_t{length} * edge / longer));
  };
  auto small = blank(shrunk(picture.width), shrunk(picture.height));
  const auto target = [](int at, int from, int to) { return static_cast<int>(std::int64_t{at} * to / from); };
  std::vector<Mean> row(static_cast<std::size_t>(small.width));
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) {
      row[static_cast<std::size_t>(target(x, picture.width, small.width))].add(
          &picture.rgba[offset_of(picture, x, y)]);
    }
    const int small_y = target(y, picture.height, small.height);
    if (y + 1 < picture.height && target(y + 1, picture.height, small.height) == small_y) continue;
    for (int x = 0; x < small.width; ++x)
      row[static_cast<std::size_t>(x)].write(&small.rgba[offset_of(small, x, small_y)]);
    std::ranges::fill(row, Mean{});
  }
  return small;
}

bool has_transparency(const Picture& picture) {
  for (std::size_t i = kChannels - 1; i < picture.rgba.size(); i += kChannels) {
    if (picture.rgba[i] != 0xFF) return true;
  }
  return false;
}

int exif_orientation(std::string_view app1) {
  constexpr std::string_view kHead("Exif\0\0", 6);
  constexpr std::uint32_t kOrientationTag = 0x0112;
  constexpr std::size_t kEntryBytes = 12;
  if (!app1.starts_with(kHead)) return 1;
  const Tiff tiff(app1.substr(kHead.size()));
  if (!tiff.is_one()) return 1;
  const std::size_t directory = tiff.number(4, 4);
  const auto entries = tiff.number(directory, 2);
  for (std::uint32_t i = 0; i < entries; ++i) {
    const auto entry = directory + 2 + std::size_t{i} * kEntryBytes;
    if (tiff.number(entry, 2) != kOrientationTag) continue;
    const auto value = tiff.number(entry + 8, 2);
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

Picture upright(const Picture& picture, int orientation) {
  if (orientation <= 1 || orientation > 8) return picture;
  const bool swaps = orientation >= 5;
  const int w = picture.width;
  const int h = picture.height;
  auto turned = blank(swaps ? h : w, swaps ? w : h);
  for (int y = 0; y < h; ++y) {
    for (int x = 0; x < w; ++x) {
      const bool mirrors_x = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
      const bool mirrors_y = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
      int to_x = mirrors_x ? w - 1 - x : x;
      int to_y = mirrors_y ? h - 1 - y : y;
      if (swaps) std::swap(to_x, to_y);
      std::copy_n(&picture.rgba[offset_of(picture, x, y)], kChannels,
                  &turned.rgba[offset_of(turned, to_x, to_y)]);
    }
  }
  return turned;
}

}  // namespace user
