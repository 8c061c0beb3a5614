#include "core/error.hpp"

#include "user/picture.hpp"

#include <cstdio>
// After stdio: the header uses FILE.
#include <jerror.h>
#include <jpeglib.h>

#include <algorithm>
#include <csetjmp>
#include <cstdlib>

namespace user {
namespace {

/// A progressive file may refine its picture as often as it likes, each time over all of it.
constexpr int kMaxScans = 64;

core::Error unreadable(std::string detail) {
  return {core::ErrorKind::invalid_input, "avatar.unreadable",
          "The JPEG file is damaged or cut off: it cannot be decoded.", std::move(detail)};
}

/// libjpeg reports failure by a function that must not return. It jumps to where the step began; the steps
/// own nothing and call nothing that does, so no destructor is jumped over.
struct Failures {
  jpeg_error_mgr manager{};
  std::jmp_buf jump{};
  long warnings = 0;
};

Failures& failures_of(j_common_ptr info) { return *reinterpret_cast<Failures*>(info->err); }

[[noreturn]] void leave(j_common_ptr info) { std::longjmp(failures_of(info).jump, 1); }

void note(j_common_ptr info, int level) {
  // Bytes between markers that mean nothing: cameras write them.
  if (level < 0 && info->err->msg_code != JWRN_EXTRANEOUS_DATA) ++failures_of(info).warnings;
}

void say_nothing(j_common_ptr) {}

jpeg_error_mgr* prepare(Failures& failures) {
  jpeg_std_error(&failures.manager);
  failures.manager.error_exit = leave;
  failures.manager.emit_message = note;
  failures.manager.output_message = say_nothing;
  return &failures.manager;
}

void limit_scans(j_common_ptr info) {
  if (reinterpret_cast<j_decompress_ptr>(info)->input_scan_number > kMaxScans) leave(info);
}

/// False when the library gave up.
template <typename State>
bool guarded(State& state, void (*step)(State&)) {
  if (setjmp(state.failures.jump) != 0) return false;
  step(state);
  return true;
}

template <typename State>
std::string last_message(State& state) {
  char text[JMSG_LENGTH_MAX] = {};
  (*state.failures.manager.format_message)(reinterpret_cast<j_common_ptr>(&state.info), text);
  return text;
}

struct Decoding {
  explicit Decoding(std::string_view bytes) : source(bytes) { info.err = prepare(failures); }
  ~Decoding() { jpeg_destroy_decompress(&info); }
  Decoding(const Decoding&) = delete;
  Decoding& operator=(const Decoding&) = delete;

  std::string_view source;
  Failures failures{};
  jpeg_decompress_struct info{};
  jpeg_progress_mgr progress{};
  std::uint8_t* pixels = nullptr;
};

void read_header(Decoding& work) {
  constexpr int kApp1 = JPEG_APP0 + 1;
  jpeg_create_decompress(&work.info);
  work.progress.progress_monitor = limit_scans;
  work.info.progress = &work.progress;
  jpeg_mem_src(&work.info, reinterpret_cast<const unsigned char*>(work.source.data()), work.source.size());
  jpeg_save_markers(&work.info, kApp1, 0xFFFF);
  jpeg_read_header(&work.info, TRUE);
}

void start(Decoding& work) {
  work.info.out_color_space = JCS_EXT_RGBA;
  jpeg_start_decompress(&work.info);
}

void read_rows(Decoding& work) {
  const std::size_t stride = std::size_t{work.info.output_width} * 4;
  while (work.info.output_scanline < work.info.output_height) {
    JSAMPROW row = work.pixels + work.info.output_scanline * stride;
    jpeg_read_scanlines(&work.info, &row, 1);
  }
  jpeg_finish_decompress(&work.info);
}

int orientation_of(const jpeg_decompress_struct& info) {
  for (const auto* marker = info.marker_list; marker != nullptr; marker = marker->next) {
    const std::string_view content(reinterpret_cast<const char*>(marker->data), marker->data_length);
    if (content.starts_with("Exif")) return exif_orientation(content);
  }
  return 1;
}

void require_known_colours(J_COLOR_SPACE space) {
  if (space == JCS_GRAYSCALE || space == JCS_YCbCr || space == JCS_RGB) return;
  throw core::Error(core::ErrorKind::invalid_input, "avatar.unsupported",
                    "The JPEG file is in CMYK or other colours for printing. Save it in RGB.");
}

struct Encoding {
  explicit Encoding(const Picture& from) : picture(from) { info.err = prepare(failures); }
  ~Encoding() {
    jpeg_destroy_compress(&info);
    std::free(out);  // The library made it with malloc.
  }
  Encoding(const Encoding&) = delete;
  Encoding& operator=(const Encoding&) = delete;

  const Picture& picture;
  int quality = 85;
  Failures failures{};
  jpeg_compress_struct info{};
  unsigned char* out = nullptr;
  unsigned long size = 0;
};

void write_all(Encoding& work) {
  jpeg_create_compress(&work.info);
  jpeg_mem_dest(&work.info, &work.out, &work.size);
  work.info.image_width = static_cast<JDIMENSION>(work.picture.width);
  work.info.image_height = static_cast<JDIMENSION>(work.picture.height);
  work.info.input_components = 4;
  work.info.in_color_space = JCS_EXT_RGBX;
  jpeg_set_defaults(&work.info);
  jpeg_set_quality(&work.info, work.quality, TRUE);
  jpeg_start_compress(&work.info, TRUE);
  const std::size_t stride = std::size_t{work.info.image_width} * 4;
  while (work.info.next_scanline < work.info.image_height) {
    auto* row = const_cast<JSAMPROW>(work.picture.rgba.data() + work.info.next_scanline * stride);
    jpeg_write_scanlines(&work.info, &row, 1);
  }
  jpeg_finish_compress(&work.info);
}

}  // namespace

Picture decode_jpeg(std::string_view bytes, int edge) {
  Decoding work(bytes);
  if (!guarded(work, read_header)) throw unreadable(last_message(work));
  require_size(work.info.image_width, work.info.image_height);
  require_known_colours(work.info.jpeg_color_space);
  const auto orientation = orientation_of(work.info);
  const auto longer = static_cast<int>(std::max(work.info.image_width, work.info.image_height));
  work.info.scale_num = 1;
  while (work.info.scale_denom < 8 && longer / static_cast<int>(work.info.scale_denom * 2) >= edge)
    work.info.scale_denom *= 2;
  if (!guarded(work, start)) throw unreadable(last_message(work));
  Picture picture{.width = static_cast<int>(work.info.output_width),
                  .height = static_cast<int>(work.info.output_height)};
  picture.rgba.resize(std::size_t{work.info.output_width} * work.info.output_height * 4);
  work.pixels = picture.rgba.data();
  if (!guarded(work, read_rows)) throw unreadable(last_message(work));
  if (work.failures.warnings > 0) throw unreadable("the data is damaged");
  return upright(picture, orientation);
}

std::string encode_jpeg(const Picture& picture, int quality) {
  Encoding work(picture);
  work.quality = quality;
  if (!guarded(work, write_all))
    throw core::Error(core::ErrorKind::internal, "internal", "The picture could not be encoded.",
                      last_message(work));
  return {reinterpret_cast<const char*>(work.out), work.size};
}

}  // namespace user
