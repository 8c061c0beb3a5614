#pragma once
// ZIP archives, written from files that are made piece by piece while they are compressed.

#include "core/time.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace user {

struct ArchiveFile {
  std::string path;  ///< within the archive: "data/routes.json"
  /// The next piece; an empty one ends the file. What it throws leaves write_zip.
  std::function<std::string()> next;
};

/// The file that consists of this text.
ArchiveFile text_file(std::string path, std::string text);

/// The archive. The files are asked for their pieces in their order, one after the other; only what is
/// compressed is held. Throws core::Error(too_large, "export.too_large") when the archive has more than
/// `max_bytes`.
std::string write_zip(const std::vector<ArchiveFile>& files, core::Timestamp modified, std::size_t max_bytes);

}  // namespace user
