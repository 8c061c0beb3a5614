#include "terrain/dataset_builder.hpp"

#include "terrain/derivatives.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

namespace terrain {
namespace {

/// Rows read at a time: the working set (these rows as floats) stays in the second-level cache.
constexpr std::uint32_t kRowsPerRead = 16;

/// Rows of floats with a margin of one void cell at the left and voids up to a whole block at the right.
/// Holds the rows of one read and the two before them.
class RowBuffer {
 public:
  explicit RowBuffer(std::uint32_t blocks_across)
      : stride_(std::size_t{blocks_across} * kBlockCells + 2),
        values_(stride_ * (kRowsPerRead + 2), std::numeric_limits<float>::quiet_NaN()) {}

  /// Makes rows [first, first + kRowsPerRead) available, keeping the two before. Rows beyond `rows` are void.
  void load(ElevationRows& from, std::uint32_t first, std::uint32_t rows) {
    std::copy_n(values_.begin() + static_cast<std::ptrdiff_t>(kRowsPerRead * stride_), 2 * stride_,
                values_.begin());
    const std::uint32_t count = first < rows ? std::min(kRowsPerRead, rows - first) : 0;
    if (count > 0) from.read(first, count, values_.data() + 2 * stride_ + 1, stride_);
    for (std::uint32_t i = count; i < kRowsPerRead; ++i) {
      std::fill_n(values_.data() + (i + 2) * stride_, stride_, std::numeric_limits<float>::quiet_NaN());
    }
    first_held_ = static_cast<std::int64_t>(first) - 2;
  }

  /// Cells of a row for one block, with one more on either side.
  std::span<const float> row(std::int64_t row, std::uint32_t block_across) const {
    const auto at =
        static_cast<std::size_t>(row - first_held_) * stride_ + std::size_t{block_across} * kBlockCells;
    return {values_.data() + at, kBlockCells + 2};
  }

 private:
  std::size_t stride_;
  std::vector<float> values_;
  std::int64_t first_held_ = 0;
};

void code_row(const RowBuffer& buffer, std::uint32_t row, const GroundMetricTable& metric,
              std::span<Block> blocks, RowCounts& counts) {
  const std::size_t at = std::size_t{row & (kBlockCells - 1)} << kBlockShift;
  for (std::uint32_t across = 0; across < blocks.size(); ++across) {
    code_cells(buffer.row(std::int64_t{row} - 1, across), buffer.row(row, across),
               buffer.row(std::int64_t{row} + 1, across), metric.at(row, across),
               std::span(blocks[across].cells + at, kBlockCells), counts);
  }
}

void fill_void_rows(std::span<Block> blocks, std::uint32_t first_row) {
  const std::size_t from = std::size_t{first_row} << kBlockShift;
  for (auto& block : blocks) {
    std::fill(block.cells + from, block.cells + kBlockArea, kVoidCell);
  }
}

}  // namespace

void build_dataset(ElevationRows& rows, const GroundMetricTable& metric, StoreWriter& writer,
                   DatasetInfo& info, const std::function<void(double)>& done) {
  const std::uint32_t columns = info.frame.columns;
  const std::uint32_t row_count = info.frame.rows;
  const BlockVector memory((columns + kBlockCells - 1) >> kBlockShift);
  const std::span<Block> blocks = memory.span();
  RowBuffer buffer(static_cast<std::uint32_t>(blocks.size()));
  RowCounts counts;
  std::uint32_t loaded = 0;
  for (std::uint32_t row = 0; row < row_count; ++row) {
    if (row + 1 >= loaded) {  // the window of `row` reaches one row further
      buffer.load(rows, loaded, row_count);
      loaded += kRowsPerRead;
    }
    code_row(buffer, row, metric, blocks, counts);
    const bool last = row + 1 == row_count;
    if (last) fill_void_rows(blocks, (row & (kBlockCells - 1)) + 1);
    if (last || ((row + 1) & (kBlockCells - 1)) == 0) {
      writer.append(blocks);
      done(static_cast<double>(row + 1) / row_count);
    }
  }
  info.cells = std::uint64_t{columns} * row_count;
  // The void cells that pad the last blocks of each row were counted as well.
  const std::uint64_t padding = (std::uint64_t{blocks.size()} * kBlockCells - columns) * row_count;
  info.void_cells = counts.void_cells - padding;
  info.out_of_range_cells = counts.void_cells - counts.unknown_cells;
  info.graded_cells = info.cells - (counts.ungraded_cells - padding);
  const bool any = counts.highest_plus_one > 0;
  info.min_elevation_m = any ? static_cast<double>(decode_elevation_m(counts.lowest)) : 0;
  info.max_elevation_m =
      any ? static_cast<double>(decode_elevation_m(static_cast<std::uint16_t>(counts.highest_plus_one - 1)))
          : 0;
}

}  // namespace terrain
