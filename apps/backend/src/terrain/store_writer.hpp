#pragma once
// Writes a terrain store beside its destination and puts it in place in one step.

#include "terrain/cell.hpp"
#include "terrain/manifest.hpp"
#include "terrain/store_format.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace terrain {

/// Blocks on page borders.
struct BlockVector {
  explicit BlockVector(std::size_t count);
  std::span<Block> span() const { return {blocks_.get(), count_}; }

 private:
  struct Free {
    void operator()(Block* blocks) const;
  };
  std::size_t count_;
  std::unique_ptr<Block[], Free> blocks_;
};

class StoreWriter {
 public:
  struct Result {
    std::string sha256;
    std::uint64_t file_bytes = 0;
  };

  /// Creates a temporary file in the folder of `out`. Throws core::Error(internal "file.unwritable").
  explicit StoreWriter(std::filesystem::path out);
  /// Removes the temporary file unless commit() succeeded.
  ~StoreWriter();
  StoreWriter(const StoreWriter&) = delete;
  StoreWriter& operator=(const StoreWriter&) = delete;

  /// Appends blocks of the current dataset, from west to east and north to south. Blocks without an elevation
  /// are written once.
  void append(std::span<const Block> blocks);

  /// Writes tables, manifest and header, syncs, and renames over `out`. `manifest.datasets` stand in the
  /// order in which their blocks were appended.
  Result commit(const Manifest& manifest);

 private:
  void reserve(std::uint64_t end);
  void set_direct(bool wanted);
  void write_at(std::uint64_t offset, std::span<const std::byte> bytes);
  [[noreturn]] void fail(const char* doing) const;

  std::filesystem::path out_;
  std::string temporary_;
  int fd_ = -1;
  std::uint64_t reserved_ = 0;
  bool direct_ = false;
  std::vector<std::uint32_t> index_;
  std::vector<std::uint64_t> checksums_;
  std::optional<std::uint32_t> void_block_;
};

/// True if no cell of the block has an elevation.
bool is_void(const Block& block);

}  // namespace terrain
