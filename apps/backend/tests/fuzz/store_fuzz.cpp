// Any header, any tables and any manifest of a terrain store, with their checksums made right so that only
// the reader's own judgement stands between them and the memory: a store opens as a whole or not at all.

#include "core/error.hpp"
#include "core/hash.hpp"
#include "terrain/store.hpp"
#include "terrain/store_format.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string>
#include <sys/mman.h>

namespace {

/// The first byte says how many blocks the file really has; then a header's numbers; the rest is the tail.
std::string file_of(const std::uint8_t* data, std::size_t size) {
  const std::size_t blocks = size > 0 ? data[0] % 3 : 0;
  if (size > 0) ++data, --size;
  terrain::StoreHeader header;
  const std::size_t from = offsetof(terrain::StoreHeader, dataset_count);
  const std::size_t numbers = offsetof(terrain::StoreHeader, tail_sha256) - from;
  const std::size_t given = std::min(size, numbers);
  std::memcpy(reinterpret_cast<char*>(&header) + from, data, given);
  const std::string_view tail(reinterpret_cast<const char*>(data + given), size - given);
  header.tail_sha256 = core::sha256(tail);
  header.file_bytes = terrain::kHeaderPage + blocks * sizeof(terrain::Block) + tail.size();
  const auto page = terrain::encode_header(header);
  std::string file(reinterpret_cast<const char*>(page.data()), page.size());
  file.append(blocks * sizeof(terrain::Block), '\0');
  return file.append(tail);
}

void look_at(const terrain::Store& store) {
  for (const auto& dataset : store.datasets()) {
    const auto& frame = dataset.info().frame;
    for (const std::uint32_t column : {0U, frame.columns / 2, frame.columns - 1}) {
      for (const std::uint32_t row : {0U, frame.rows / 2, frame.rows - 1}) dataset.cell(column, row);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string file = file_of(data, size);
  const int fd = ::memfd_create("store", MFD_CLOEXEC);
  if (fd < 0 || ::write(fd, file.data(), file.size()) != static_cast<ssize_t>(file.size())) std::abort();
  try {
    look_at(*terrain::Store::open("/proc/self/fd/" + std::to_string(fd), terrain::StoreCheck::manifest));
  } catch (const core::Error&) {
    // Refused, as nearly every input must be.
  }
  ::close(fd);
  return 0;
}
