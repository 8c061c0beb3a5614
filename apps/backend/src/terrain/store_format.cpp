#include "terrain/store_format.hpp"

namespace terrain {
namespace {

constexpr std::uint64_t kMultiplier = 0x9E3779B97F4A7C15;
constexpr std::size_t kLanes = 8;

constexpr std::uint64_t step(std::uint64_t lane, std::uint64_t word) {
  return std::rotl((lane ^ word) * kMultiplier, 29);
}

std::uint64_t word_at(const std::byte* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

}  // namespace

std::uint64_t checksum64(std::span<const std::byte> bytes) {
  std::array<std::uint64_t, kLanes> lanes{};
  for (std::size_t i = 0; i < kLanes; ++i) lanes[i] = kMultiplier * (i + 1);
  const std::byte* at = bytes.data();
  const std::size_t words = bytes.size() / 8;
  std::size_t word = 0;
  for (; word + kLanes <= words; word += kLanes) {
    for (std::size_t i = 0; i < kLanes; ++i) lanes[i] = step(lanes[i], word_at(at + (word + i) * 8));
  }
  std::uint64_t sum = bytes.size();
  for (; word < words; ++word) sum = step(sum, word_at(at + word * 8));
  for (const auto lane : lanes) sum = step(sum, lane);
  sum ^= sum >> 32;
  return sum * kMultiplier;
}

std::uint64_t checksum_of(const Block& block) { return checksum64(std::as_bytes(std::span(block.cells))); }

std::array<std::byte, kHeaderPage> encode_header(const StoreHeader& header) {
  static_assert(std::has_unique_object_representations_v<StoreHeader>, "no padding may reach the file");
  std::array<std::byte, kHeaderPage> page{};
  std::memcpy(page.data(), &header, sizeof header);
  const auto sum = checksum64(std::span(page).first(kHeaderPage - 8));
  std::memcpy(page.data() + kHeaderPage - 8, &sum, sizeof sum);
  return page;
}

}  // namespace terrain
