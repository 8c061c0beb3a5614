#include "terrain/store.hpp"

#include "core/error.hpp"
#include "core/hash.hpp"
#include "terrain/store_format.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sys/mman.h>
#include <sys/stat.h>
#include <utility>

namespace terrain {
namespace {

using core::Error;
using core::ErrorKind;

std::uint32_t blocks_for(std::uint32_t cells) { return (cells + kBlockCells - 1) >> kBlockShift; }

std::string_view as_text(const std::byte* data, std::uint64_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Maps the file or throws; *size is its size.
const std::byte* map_file(const std::filesystem::path& path, std::uint64_t* size) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    const bool missing = errno == ENOENT;
    throw Error(missing ? ErrorKind::not_found : ErrorKind::internal,
                missing ? "terrain.store_missing" : "file.unreadable",
                "The terrain store " + path.string() + " cannot be opened: " + std::strerror(errno) + ".");
  }
  struct stat status {};
  if (::fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(fd);
    throw Error(ErrorKind::invalid_input, "terrain.store_foreign",
                path.string() + " is no terrain store: it is not a regular file.");
  }
  *size = static_cast<std::uint64_t>(status.st_size);
  void* mapped = *size == 0 ? nullptr : ::mmap(nullptr, *size, PROT_READ, MAP_SHARED, fd, 0);
  const int reason = errno;
  ::close(fd);
  if (mapped == MAP_FAILED) {
    throw Error(ErrorKind::internal, "file.unreadable",
                "The terrain store " + path.string() + " cannot be mapped: " + std::strerror(reason) + ".");
  }
  return static_cast<const std::byte*>(mapped);
}

}  // namespace

Dataset::Dataset(DatasetInfo info, const Block* blocks, std::span<const std::uint32_t> block_index)
    : info_(std::move(info)),
      blocks_(blocks),
      index_(block_index.data()),
      blocks_across_(blocks_for(info_.frame.columns)),
      blocks_down_(blocks_for(info_.frame.rows)) {}

std::shared_ptr<const Store> Store::open(const std::filesystem::path& path, StoreCheck check) {
  std::shared_ptr<Store> store(new Store());
  store->path_ = path;
  store->data_ = map_file(path, &store->size_);
  store->read();
  if (check == StoreCheck::full) store->verify();
  return store;
}

Store::~Store() {
  if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_);
}

void Store::damaged(const std::string& what) const {
  throw Error(ErrorKind::invalid_input, "terrain.store_damaged",
              "The terrain store " + path_.string() + " is damaged: " + what +
                  ". Import it again or restore it from a copy.");
}

void Store::read() {
  StoreHeader header;
  if (size_ < kStoreMagic.size() || std::memcmp(data_, kStoreMagic.data(), kStoreMagic.size()) != 0) {
    throw Error(ErrorKind::invalid_input, "terrain.store_foreign",
                path_.string() + " is no terrain store: it does not begin like one.");
  }
  if (size_ < kHeaderPage) damaged("it ends within its header, after " + std::to_string(size_) + " bytes");
  std::memcpy(&header, data_, sizeof header);
  if (header.version != kStoreVersion) {
    throw Error(ErrorKind::invalid_input, "terrain.store_version",
                "The terrain store " + path_.string() + " has format version " +
                    std::to_string(header.version) + "; this program reads version " +
                    std::to_string(kStoreVersion) + ". Update the program or import the terrain again.");
  }
  std::uint64_t sum = 0;
  std::memcpy(&sum, data_ + kHeaderPage - 8, sizeof sum);
  if (sum != checksum64({data_, kHeaderPage - 8})) damaged("its header does not match its checksum");
  if (header.file_bytes != size_) {
    damaged("it has " + std::to_string(size_) + " bytes instead of " + std::to_string(header.file_bytes));
  }
  read_tail(header);
}

void Store::read_tail(const StoreHeader& header) {
  // Each count alone fits into the file, so that no sum or product of them below can wrap.
  const std::uint64_t room = size_ - kHeaderPage;
  if (header.block_count > room / sizeof(Block) || header.index_entries > room / sizeof(std::uint32_t) ||
      header.manifest_bytes > room) {
    damaged("its header contradicts itself");
  }
  const std::uint64_t tables = index_bytes(header.index_entries) + header.block_count * sizeof(std::uint64_t);
  if (header.tail_offset != kHeaderPage + header.block_count * sizeof(Block) ||
      header.tail_offset + tables + header.manifest_bytes != size_) {
    damaged("its header contradicts itself");
  }
  const std::byte* tail = data_ + header.tail_offset;
  const auto digest = core::sha256(as_text(tail, size_ - header.tail_offset));
  if (digest != header.tail_sha256) damaged("its tables or its manifest do not match their SHA-256");
  sha256_ = core::to_hex(digest);
  blocks_ = {reinterpret_cast<const Block*>(data_ + kHeaderPage), header.block_count};
  checksums_ = reinterpret_cast<const std::uint64_t*>(tail + index_bytes(header.index_entries));
  manifest_ = read_manifest(as_text(tail + tables, header.manifest_bytes));

  const std::span index(reinterpret_cast<const std::uint32_t*>(tail), header.index_entries);
  std::size_t used = 0;
  for (const auto& info : manifest_.datasets) {
    const std::size_t count = std::size_t{blocks_for(info.frame.columns)} * blocks_for(info.frame.rows);
    if (count > index.size() - used) damaged("its index is too short for its datasets");
    datasets_.emplace_back(info, blocks_.data(), index.subspan(used, count));
    used += count;
  }
  const bool inside = std::ranges::all_of(index, [&](std::uint32_t block) { return block < blocks_.size(); });
  if (used != index.size() || !inside || header.dataset_count != datasets_.size()) {
    damaged("its index contradicts its manifest");
  }
}

void Store::verify() const {
  ::madvise(const_cast<std::byte*>(data_), size_, MADV_SEQUENTIAL);
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    if (checksum_of(blocks_[i]) != checksums_[i])
      damaged("block " + std::to_string(i) + " does not match its checksum");
  }
  ::madvise(const_cast<std::byte*>(data_), size_, MADV_NORMAL);
}

geo::BoundingBox Store::bounds() const {
  geo::BoundingBox box;
  for (const auto& dataset : datasets_) {
    const auto& inner = dataset.info().bounds;
    box.extend({inner.west_deg, inner.south_deg});
    box.extend({inner.east_deg, inner.north_deg});
  }
  return box;
}

}  // namespace terrain
