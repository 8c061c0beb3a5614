#pragma once
// The bytes of a terrain store. All numbers little-endian.
//
//   header page   4096 bytes, the last 8 its checksum
//   blocks        terrain::Block, one after another, 256 KiB each
//   tail          index      per dataset, row by row of blocks: number of the block (uint32), padded to 8
//   bytes
//                 checksums  one per block (uint64)
//                 manifest   JSON
//
// The header keeps the SHA-256 of the tail, the tail the checksums of the blocks: nothing in the file is
// unguarded, and the SHA-256 names the content.

#include "terrain/cell.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace terrain {

static_assert(std::endian::native == std::endian::little, "terrain stores are mapped as they lie in memory");

inline constexpr std::array<char, 8> kStoreMagic = {'A', 'V', 'Y', 'T', 'E', 'R', 'R', '\n'};
inline constexpr std::uint32_t kStoreVersion = 1;
inline constexpr std::size_t kHeaderPage = 4096;

struct StoreHeader {
  std::array<char, 8> magic = kStoreMagic;
  std::uint32_t version = kStoreVersion;
  std::uint32_t dataset_count = 0;
  std::uint64_t file_bytes = 0;
  std::uint64_t block_count = 0;
  std::uint64_t tail_offset = 0;
  std::uint64_t index_entries = 0;
  std::uint64_t manifest_bytes = 0;
  std::array<std::uint8_t, 32> tail_sha256{};
};

/// 64-bit checksum, 8 bytes a step in eight lanes. Each step is a bijection of the lane and of the input
/// word, so a change within any one word is always found; others with probability 1 − 2⁻⁶⁴. Not
/// cryptographic. bytes.size() must be a multiple of 8.
std::uint64_t checksum64(std::span<const std::byte> bytes);

std::uint64_t checksum_of(const Block& block);

/// The page with its checksum in place.
std::array<std::byte, kHeaderPage> encode_header(const StoreHeader& header);

/// Bytes of the index table including its padding.
constexpr std::uint64_t index_bytes(std::uint64_t entries) { return (entries * 4 + 7) / 8 * 8; }

}  // namespace terrain
