#pragma once
// Small pictures and broken ones, made by hand or by the libraries themselves.

#include "user/picture.hpp"

#include <csetjmp>
#include <cstdio>
// After stdio: the header uses FILE.
#include <jpeglib.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace test_pictures {

inline std::string big_endian(std::uint32_t value, int bytes = 4) {
  std::string text;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) text += static_cast<char>(value >> shift & 0xFFU);
  return text;
}

inline std::uint32_t crc32(std::string_view bytes) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const char c : bytes) {
    crc ^= static_cast<std::uint8_t>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1U) != 0 ? crc >> 1U ^ 0xEDB88320U : crc >> 1U;
  }
  return ~crc;
}

inline std::string png_chunk(const std::string& type, const std::string& content) {
  return big_endian(static_cast<std::uint32_t>(content.size())) + type + content +
         big_endian(crc32(type + content));
}

/// The first bytes of a PNG file that says it has this size, 8-bit RGB.
inline std::string png_head(std::uint32_t width, std::uint32_t height) {
  return "\x89PNG\r\n\x1a\n" +
         png_chunk("IHDR", big_endian(width) + big_endian(height) + std::string("\x08\x02\0\0\0", 5));
}

/// Puts a chunk behind the header of a PNG file.
inline std::string with_chunk(const std::string& png, const std::string& type, const std::string& content) {
  constexpr std::size_t kHeadBytes = 33;
  return png.substr(0, kHeadBytes) + png_chunk(type, content) + png.substr(kHeadBytes);
}

/// Each pixel another colour, opaque.
inline user::Picture gradient(int width, int height) {
  user::Picture picture{.width = width, .height = height};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      picture.rgba.push_back(static_cast<std::uint8_t>(255 * x / width));
      picture.rgba.push_back(static_cast<std::uint8_t>(255 * y / height));
      picture.rgba.push_back(128);
      picture.rgba.push_back(255);
    }
  }
  return picture;
}

inline user::Picture filled(int width, int height, std::array<std::uint8_t, 4> colour) {
  user::Picture picture{.width = width, .height = height};
  for (int i = 0; i < width * height; ++i)
    picture.rgba.insert(picture.rgba.end(), colour.begin(), colour.end());
  return picture;
}

inline std::array<int, 4> pixel(const user::Picture& picture, int x, int y) {
  const auto at = static_cast<std::size_t>(4 * (y * picture.width + x));
  return {picture.rgba[at], picture.rgba[at + 1], picture.rgba[at + 2], picture.rgba[at + 3]};
}

struct JpegKind {
  J_COLOR_SPACE space = JCS_RGB;
  int components = 3;
  bool progressive = false;
};

/// A grey square in other colours than make_avatar writes.
inline std::string jpeg_of_kind(int width, int height, JpegKind kind) {
  jpeg_compress_struct info{};
  jpeg_error_mgr errors{};
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  unsigned char* out = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &out, &size);
  info.image_width = static_cast<JDIMENSION>(width);
  info.image_height = static_cast<JDIMENSION>(height);
  info.input_components = kind.components;
  info.in_color_space = kind.space;
  jpeg_set_defaults(&info);
  if (kind.progressive) jpeg_simple_progression(&info);
  jpeg_start_compress(&info, TRUE);
  std::vector<JSAMPLE> row(static_cast<std::size_t>(width * kind.components), 90);
  JSAMPROW rows[] = {row.data()};
  for (int y = 0; y < height; ++y) jpeg_write_scanlines(&info, rows, 1);
  jpeg_finish_compress(&info);
  std::string bytes(reinterpret_cast<const char*>(out), size);
  jpeg_destroy_compress(&info);
  std::free(out);
  return bytes;
}

/// The payload of an APP1 marker that says only how the picture is turned.
inline std::string exif(int orientation, bool little = false) {
  const auto number = [little](std::uint32_t value, int bytes) {
    auto text = big_endian(value, bytes);
    return little ? std::string(text.rbegin(), text.rend()) : text;
  };
  return std::string("Exif\0\0", 6) + (little ? "II" : "MM") + number(42, 2) + number(8, 4) + number(1, 2) +
         number(0x0112, 2) + number(3, 2) + number(1, 4) +
         number(static_cast<std::uint32_t>(orientation), 2) + number(0, 2) + number(0, 4);
}

/// Puts a marker behind the start of a JPEG file. 0xE1: APP1; 0xFE: a comment.
inline std::string with_marker(const std::string& jpeg, std::uint8_t marker, const std::string& payload) {
  return jpeg.substr(0, 2) + "\xff" + static_cast<char>(marker) +
         big_endian(static_cast<std::uint32_t>(payload.size() + 2), 2) + payload + jpeg.substr(2);
}

/// The frame header of a JPEG file says another size.
inline std::string with_size(std::string jpeg, std::uint32_t width, std::uint32_t height) {
  const auto frame = jpeg.find("\xff\xc0");
  if (frame != std::string::npos) jpeg.replace(frame + 5, 4, big_endian(height, 2) + big_endian(width, 2));
  return jpeg;
}

}  // namespace test_pictures
