#pragma once
// Whole files: read, and replace atomically.

#include <filesystem>
#include <string>
#include <string_view>

namespace core {

/// The bytes of a file. Throws core::Error(not_found "file.not_found" | too_large "file.too_large" |
/// internal "file.unreadable"); the path stands in the message.
std::string read_file(const std::filesystem::path& path, std::size_t max_bytes = 256u << 20);

/// Writes a temporary file beside `path`, syncs it and renames it over: readers see the old bytes or the new
/// ones, never a part. Throws core::Error(internal "file.unwritable") with the system's reason.
void write_file_atomically(const std::filesystem::path& path, std::string_view bytes);

}  // namespace core
