#include "user/archive.hpp"

#include "core/error.hpp"

#include <zip.h>

#include <algorithm>
#include <cstring>
#include <ctime>
#include <exception>
#include <memory>

namespace user {
namespace {

core::Error failed(std::string detail) {
  return {core::ErrorKind::internal, "internal", "The archive could not be written.", std::move(detail)};
}

/// A file as libzip reads it. Exceptions do not pass through a C library: they wait here.
struct Reading {
  const ArchiveFile* file = nullptr;
  std::exception_ptr* thrown = nullptr;
  std::string piece;
  std::size_t used = 0;

  zip_int64_t read(char* to, std::size_t size) {
    if (used == piece.size()) {
      piece = file->next();
      used = 0;
    }
    const auto count = std::min(size, piece.size() - used);
    std::memcpy(to, piece.data() + used, count);
    used += count;
    return static_cast<zip_int64_t>(count);
  }
};

zip_int64_t answer(void* user_data, void* data, zip_uint64_t size, zip_source_cmd_t command) {
  auto& reading = *static_cast<Reading*>(user_data);
  switch (command) {
    case ZIP_SOURCE_OPEN:
    case ZIP_SOURCE_CLOSE:
    case ZIP_SOURCE_FREE:
      return 0;
    case ZIP_SOURCE_READ:
      try {
        return reading.read(static_cast<char*>(data), size);
      } catch (...) {
        *reading.thrown = std::current_exception();
        return -1;
      }
    case ZIP_SOURCE_STAT:
      // Neither size nor checksum is known beforehand.
      zip_stat_init(static_cast<zip_stat_t*>(data));
      return sizeof(zip_stat_t);
    case ZIP_SOURCE_ERROR: {
      zip_error_t error{};
      zip_error_init_with_code(&error, ZIP_ER_READ);
      return zip_error_to_data(&error, data, size);
    }
    case ZIP_SOURCE_SUPPORTS:
      return zip_source_make_command_bitmap(ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE,
                                            ZIP_SOURCE_STAT, ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE, -1);
    default:
      return -1;
  }
}

struct Discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};

/// The bytes of a source that was written to.
std::string content_of(zip_source_t* target, std::size_t max_bytes) {
  if (zip_source_open(target) != 0) throw failed(zip_error_strerror(zip_source_error(target)));
  std::string bytes;
  std::string piece(1u << 20, '\0');
  for (;;) {
    const auto count = zip_source_read(target, piece.data(), piece.size());
    if (count < 0) throw failed(zip_error_strerror(zip_source_error(target)));
    if (count == 0) break;
    bytes.append(piece, 0, static_cast<std::size_t>(count));
    if (bytes.size() > max_bytes)
      throw core::Error(core::ErrorKind::too_large, "export.too_large", "The archive is too large.");
  }
  zip_source_close(target);
  return bytes;
}

void add(zip_t* archive, Reading& reading, core::Timestamp modified) {
  auto* source = zip_source_function(archive, answer, &reading);
  if (source == nullptr) throw failed(zip_strerror(archive));
  const auto index = zip_file_add(archive, reading.file->path.c_str(), source, ZIP_FL_ENC_UTF_8);
  if (index < 0) {
    zip_source_free(source);
    throw failed(zip_strerror(archive));
  }
  const auto seconds = std::chrono::floor<std::chrono::seconds>(modified).time_since_epoch().count();
  if (zip_file_set_mtime(archive, static_cast<zip_uint64_t>(index), static_cast<std::time_t>(seconds), 0) !=
      0)
    throw failed(zip_strerror(archive));
}

}  // namespace

ArchiveFile text_file(std::string path, std::string text) {
  const auto left = std::make_shared<std::string>(std::move(text));
  return {.path = std::move(path), .next = [left] { return std::exchange(*left, {}); }};
}

std::string write_zip(const std::vector<ArchiveFile>& files, core::Timestamp modified,
                      std::size_t max_bytes) {
  zip_error_t error{};
  zip_error_init(&error);
  std::unique_ptr<zip_source_t, Discard> target(zip_source_buffer_create(nullptr, 0, 0, &error));
  if (!target) throw failed(zip_error_strerror(&error));
  // The archive takes one reference over, the other one outlives it: its bytes are read there.
  zip_source_keep(target.get());
  std::unique_ptr<zip_t, Discard> archive(
      zip_open_from_source(target.get(), ZIP_CREATE | ZIP_TRUNCATE, &error));
  if (!archive) {
    zip_source_free(target.get());
    throw failed(zip_error_strerror(&error));
  }
  std::exception_ptr thrown;
  std::vector<Reading> readings(files.size());
  for (std::size_t i = 0; i < files.size(); ++i) {
    readings[i].file = &files[i];
    readings[i].thrown = &thrown;
    add(archive.get(), readings[i], modified);
  }
  if (zip_close(archive.get()) != 0) {
    if (thrown) std::rethrow_exception(thrown);
    throw failed(zip_strerror(archive.get()));
  }
  static_cast<void>(archive.release());
  return content_of(target.get(), max_bytes);
}

}  // namespace user
