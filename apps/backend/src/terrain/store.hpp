#pragma once
// A terrain store: one read-only, memory-mapped file with one or several elevation grids, each with slope and
// aspect beside the elevation, on the grid it came in (never warped). Written by terrain/import.hpp.

#include "terrain/cell.hpp"
#include "terrain/manifest.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace terrain {

struct StoreHeader;

/// One grid of a store. A view: valid as long as its Store lives.
class Dataset {
 public:
  Dataset(DatasetInfo info, const Block* blocks, std::span<const std::uint32_t> block_index);

  const DatasetInfo& info() const { return info_; }
  std::uint32_t columns() const { return info_.frame.columns; }
  std::uint32_t rows() const { return info_.frame.rows; }
  std::uint32_t blocks_across() const { return blocks_across_; }
  std::uint32_t blocks_down() const { return blocks_down_; }

  /// Block by position, `across` < blocks_across(), `down` < blocks_down(). Blocks without any data share
  /// one.
  const Block& block(std::uint32_t across, std::uint32_t down) const {
    return blocks_[index_[down * blocks_across_ + across]];
  }
  /// `column` < columns(), `row` < rows(); row 0 is the northernmost.
  CellCode code(std::uint32_t column, std::uint32_t row) const {
    return block(column >> kBlockShift, row >> kBlockShift)
        .cells[((row & (kBlockCells - 1)) << kBlockShift) | (column & (kBlockCells - 1))];
  }
  Cell cell(std::uint32_t column, std::uint32_t row) const { return unpack(code(column, row)); }

 private:
  DatasetInfo info_;
  const Block* blocks_;
  const std::uint32_t* index_;
  std::uint32_t blocks_across_;
  std::uint32_t blocks_down_;
};

enum class StoreCheck {
  full,      ///< header, manifest and every block against its checksum: reads the whole file once
  manifest,  ///< header, manifest and tables only: instant, for `info` on a huge store
};

/// Immutable after open(); share it between threads.
class Store {
 public:
  /// Maps the file. Throws core::Error: not_found "terrain.store_missing"; invalid_input
  /// "terrain.store_foreign" (no terrain store), "terrain.store_version" (made by a newer program),
  /// "terrain.store_damaged" (cut, or bytes changed; names the part). With StoreCheck::full any flipped bit
  /// anywhere in the file is found.
  static std::shared_ptr<const Store> open(const std::filesystem::path& path,
                                           StoreCheck check = StoreCheck::full);

  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  const std::filesystem::path& path() const { return path_; }
  const Manifest& manifest() const { return manifest_; }
  const std::string& id() const { return manifest_.name; }
  /// Lower-case hex SHA-256 over the manifest and the checksum of every block: equal content, equal hash.
  const std::string& sha256() const { return sha256_; }
  std::uint64_t file_bytes() const { return size_; }

  std::span<const Dataset> datasets() const { return datasets_; }
  /// Encloses every dataset.
  geo::BoundingBox bounds() const;

  /// Checks every block against its checksum again; throws like open().
  void verify() const;

 private:
  Store() = default;
  void read();
  void read_tail(const StoreHeader& header);
  [[noreturn]] void damaged(const std::string& what) const;

  std::filesystem::path path_;
  const std::byte* data_ = nullptr;
  std::uint64_t size_ = 0;
  Manifest manifest_;
  std::string sha256_;
  std::span<const Block> blocks_;
  const std::uint64_t* checksums_ = nullptr;
  std::vector<Dataset> datasets_;
};

}  // namespace terrain
