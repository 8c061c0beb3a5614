#pragma once
// How a terrain store keeps one cell: three small integers, and what they mean.
//
// Elevation: 1/8 m steps from −400 m (−400 … 7791.75 m; rounding error ≤ 1/16 m).
// Slope: 0.4° steps (rounding error ≤ 0.2°). 30° and 40° are steps and 25°, 35°, 45° lie exactly between two,
//   so a test "slope ≥ T" for these T never misses a cell that is really that steep.
// Aspect: 256 steps of the circle (rounding error ≤ 0.71°).

#include <cstdint>

namespace terrain {

inline constexpr std::uint16_t kVoidElevation = 65535;
inline constexpr std::uint8_t kVoidSlope = 255;
/// Slope code of a cell whose gradient is exactly zero: slope 0°, no aspect.
inline constexpr std::uint8_t kFlatSlope = 254;

inline constexpr float kElevationOffset_m = -400.0F;
inline constexpr float kElevationStep_m = 0.125F;
inline constexpr float kSlopeStep_deg = 0.4F;
inline constexpr float kAspectStep_deg = 360.0F / 256.0F;

/// Metres above the DEM's vertical datum; meaningless for kVoidElevation.
constexpr float decode_elevation_m(std::uint16_t code) {
  return kElevationOffset_m + kElevationStep_m * static_cast<float>(code);
}

/// 0…90; meaningless for kVoidSlope.
constexpr float decode_slope_deg(std::uint8_t code) {
  return code == kFlatSlope ? 0.0F : kSlopeStep_deg * static_cast<float>(code);
}

/// Downslope azimuth clockwise from north, 0 ≤ a < 360; −1 where the slope code says flat or void.
constexpr float decode_aspect_deg(std::uint8_t slope_code, std::uint8_t aspect_code) {
  return slope_code >= kFlatSlope ? -1.0F : kAspectStep_deg * static_cast<float>(aspect_code);
}

/// What is kept of a cell.
struct Cell {
  std::uint16_t elevation = kVoidElevation;
  std::uint8_t slope = kVoidSlope;
  std::uint8_t aspect = 0;

  bool operator==(const Cell&) const = default;
};

/// A cell as it lies in the file: elevation, slope and aspect side by side, so that one memory access brings
/// all.
using CellCode = std::uint32_t;
inline constexpr CellCode kVoidCell = 0x00FF'FFFF;

constexpr std::uint16_t elevation_of(CellCode code) { return static_cast<std::uint16_t>(code & 0xFFFF); }
constexpr Cell unpack(CellCode code) {
  return {elevation_of(code), static_cast<std::uint8_t>((code >> 16) & 0xFF),
          static_cast<std::uint8_t>(code >> 24)};
}

/// Side of a block: cells are kept in squares of kBlockCells × kBlockCells, padded with void at the far rims.
inline constexpr std::uint32_t kBlockCells = 256;
inline constexpr std::uint32_t kBlockShift = 8;
inline constexpr std::uint32_t kBlockArea = kBlockCells * kBlockCells;

/// A block as it lies in the file; cell (column, row) of the block is at index row · kBlockCells + column.
struct Block {
  CellCode cells[kBlockArea];
};
static_assert(sizeof(Block) == 4 * kBlockArea);

}  // namespace terrain
