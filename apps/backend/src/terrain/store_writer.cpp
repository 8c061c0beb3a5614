#include "terrain/store_writer.hpp"

#include "core/error.hpp"
#include "core/hash.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <new>
#include <sys/stat.h>
#include <utility>

namespace terrain {
namespace {

std::uint64_t block_offset(std::uint64_t block) { return kHeaderPage + block * sizeof(Block); }

template <typename T>
void append_bytes(std::string& out, const std::vector<T>& values) {
  out.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
}

std::filesystem::path folder_of(const std::filesystem::path& file) {
  const auto folder = file.parent_path();
  return folder.empty() ? std::filesystem::path(".") : folder;
}

/// A rename is only on disk once its folder is.
void sync_folder(const std::filesystem::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

}  // namespace

bool is_void(const Block& block) {
  return std::ranges::all_of(block.cells, [](CellCode code) { return elevation_of(code) == kVoidElevation; });
}

BlockVector::BlockVector(std::size_t count)
    : count_(count),
      blocks_(static_cast<Block*>(::operator new (count * sizeof(Block), std::align_val_t{kHeaderPage}))) {
  std::uninitialized_default_construct_n(blocks_.get(), count);
}

void BlockVector::Free::operator()(Block* blocks) const {
  ::operator delete (blocks, std::align_val_t{kHeaderPage});
}

StoreWriter::StoreWriter(std::filesystem::path out) : out_(std::move(out)) {
  temporary_ = out_.string() + ".part-XXXXXX";
  fd_ = ::mkostemp(temporary_.data(), O_CLOEXEC);
  if (fd_ < 0) fail("create a file beside");
  set_direct(true);
}

/// Blocks are written past the page cache: they are synced before the import ends anyway, and the copy would
/// cost more CPU time than coding them. File systems that cannot do so write as usual.
void StoreWriter::set_direct(bool wanted) {
  const int flags = ::fcntl(fd_, F_GETFL);
  if (flags < 0) return;
  direct_ = ::fcntl(fd_, F_SETFL, wanted ? flags | O_DIRECT : flags & ~O_DIRECT) == 0 && wanted;
}

StoreWriter::~StoreWriter() {
  if (fd_ < 0) return;
  ::close(fd_);
  ::unlink(temporary_.c_str());
}

void StoreWriter::fail(const char* doing) const {
  throw core::Error(core::ErrorKind::internal, "file.unwritable",
                    std::string("Cannot ") + doing + " " + out_.string() + ": " + std::strerror(errno) + ".");
}

/// Takes disk space ahead of writing, in large steps: a full disk is noticed at once, and ext4 writes
/// reserved space with a tenth of the CPU time of delayed allocation. File systems that cannot reserve do
/// without.
void StoreWriter::reserve(std::uint64_t end) {
  constexpr std::uint64_t kStep = std::uint64_t{32} << 20;
  if (end <= reserved_) return;
  const std::uint64_t upto = (end + kStep - 1) / kStep * kStep;
  if (::fallocate(fd_, 0, static_cast<off_t>(reserved_), static_cast<off_t>(upto - reserved_)) != 0 &&
      errno == ENOSPC) {
    fail("reserve space for");
  }
  reserved_ = upto;
}

void StoreWriter::write_at(std::uint64_t offset, std::span<const std::byte> bytes) {
  reserve(offset + bytes.size());
  while (!bytes.empty()) {
    const auto written = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EINVAL && direct_) {  // not aligned as this file system wants it
      set_direct(false);
      continue;
    }
    if (written <= 0) fail("write");
    bytes = bytes.subspan(static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
  }
}

void StoreWriter::append(std::span<const Block> blocks) {
  std::size_t run_begin = 0;
  const auto flush = [&](std::size_t run_end) {
    if (run_end == run_begin) return;
    const auto run = blocks.subspan(run_begin, run_end - run_begin);
    write_at(block_offset(checksums_.size() - run.size()), std::as_bytes(run));
  };
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const bool empty = elevation_of(blocks[i].cells[0]) == kVoidElevation && is_void(blocks[i]);
    if (empty && void_block_) {
      flush(i);
      run_begin = i + 1;
      index_.push_back(*void_block_);
      continue;
    }
    const auto number = static_cast<std::uint32_t>(checksums_.size());
    if (empty) void_block_ = number;
    index_.push_back(number);
    checksums_.push_back(checksum_of(blocks[i]));
  }
  flush(blocks.size());
}

StoreWriter::Result StoreWriter::commit(const Manifest& manifest) {
  StoreHeader header;
  header.dataset_count = static_cast<std::uint32_t>(manifest.datasets.size());
  header.block_count = checksums_.size();
  header.tail_offset = block_offset(checksums_.size());
  header.index_entries = index_.size();
  if (index_.size() % 2 != 0) index_.push_back(0);
  std::string tail;
  append_bytes(tail, index_);
  append_bytes(tail, checksums_);
  const std::string text = write_manifest(manifest);
  tail += text;
  header.manifest_bytes = text.size();
  header.file_bytes = header.tail_offset + tail.size();
  header.tail_sha256 = core::sha256(tail);

  set_direct(false);
  write_at(header.tail_offset, std::as_bytes(std::span(tail)));
  write_at(0, encode_header(header));
  if (::ftruncate(fd_, static_cast<off_t>(header.file_bytes)) != 0 || ::fchmod(fd_, 0644) != 0 ||
      ::fsync(fd_) != 0) {
    fail("write");
  }
  if (::rename(temporary_.c_str(), out_.c_str()) != 0) fail("replace");
  ::close(std::exchange(fd_, -1));
  sync_folder(folder_of(out_));
  return {core::to_hex(header.tail_sha256), header.file_bytes};
}

}  // namespace terrain
