#include "terrain/store.hpp"

#include "core/error.hpp"
#include "core/hash.hpp"
#include "terrain/derivatives.hpp"
#include "terrain/store_format.hpp"

#include "unit/terrain/test_terrain.hpp"
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>

namespace {

using namespace terrain;
namespace fs = std::filesystem;
using test_terrain::Folder;
using test_terrain::kVoid;
using test_terrain::Layout;
using test_terrain::make_store;
using test_terrain::read_file;
using test_terrain::write_file;

float rolling(double column, double row) {
  return static_cast<float>(1800 + 90 * std::sin(column / 11) + 70 * std::cos(row / 13));
}

/// The slug of the error that opening the bytes raises; "" if they open.
std::string open_error(const Folder& folder, const std::string& bytes, std::string* message = nullptr) {
  const auto path = folder / "changed.terrain";
  write_file(path, bytes);
  try {
    Store::open(path);
  } catch (const core::Error& error) {
    if (message != nullptr) *message = error.public_message();
    return error.code();
  }
  return "";
}

TEST(Store, KeepsEveryCell) {
  const Folder folder;
  const Layout layout{.frame = {500'000, 5'250'000, 10, 10, 300, 270}, .heights = rolling};
  const auto store = make_store(folder / "rolling.terrain", {layout});
  ASSERT_EQ(store->datasets().size(), 1U);
  const Dataset& dataset = store->datasets()[0];
  std::vector<float> z(300 * 270);
  for (std::uint32_t i = 0; i < z.size(); ++i) z[i] = rolling(i % 300 + 0.5, i / 300 + 0.5);
  std::vector<float> slope(z.size());
  std::vector<float> aspect(z.size());
  horn_grid(z, 300, 270, plain_metric(10, 10), slope, aspect);
  for (std::uint32_t row = 0; row < 270; ++row) {
    for (std::uint32_t column = 0; column < 300; ++column) {
      const auto at = std::size_t{row} * 300 + column;
      const Cell cell = dataset.cell(column, row);
      ASSERT_NEAR(decode_elevation_m(cell.elevation), z[at], 0.0627);
      const bool rim = row == 0 || column == 0 || row == 269 || column == 299;
      ASSERT_EQ(cell.slope == kVoidSlope, rim);
      if (rim) continue;
      ASSERT_NEAR(decode_slope_deg(cell.slope), slope[at], 0.2001);
    }
  }
  const DatasetInfo& info = dataset.info();
  EXPECT_EQ(info.cells, 81'000U);
  EXPECT_EQ(info.void_cells, 0U);
  EXPECT_EQ(info.graded_cells, 298U * 268U);
  EXPECT_NEAR(info.max_elevation_m, 1960, 1);
  EXPECT_NEAR(info.min_elevation_m, 1640, 1);
}

TEST(Store, ElevationRoundingMovesSlopesLittle) {
  // Slopes come from the unrounded elevations; the stored ones would give them within 0.3° on 10 m cells.
  std::mt19937 random(2);
  std::normal_distribution<float> rough(0, 2);
  std::vector<float> z(100 * 100);
  for (std::uint32_t i = 0; i < z.size(); ++i) z[i] = rolling(i % 100 * 3.0, i / 100 * 3.0) + rough(random);
  std::vector<float> rounded(z.size());
  for (std::size_t i = 0; i < z.size(); ++i) rounded[i] = std::round(z[i] * 8) / 8;
  std::vector<float> slope(z.size());
  std::vector<float> slope_rounded(z.size());
  std::vector<float> aspect(z.size());
  horn_grid(z, 100, 100, plain_metric(10, 10), slope, aspect);
  horn_grid(rounded, 100, 100, plain_metric(10, 10), slope_rounded, aspect);
  double squares = 0;
  for (std::size_t i = 0; i < z.size(); ++i) {
    if (std::isnan(slope[i])) continue;
    const double difference = double{slope[i]} - double{slope_rounded[i]};
    ASSERT_LE(std::fabs(difference), 0.5);
    squares += difference * difference;
  }
  EXPECT_LE(std::sqrt(squares / static_cast<double>(z.size())), 0.12);
}

TEST(Store, VoidsAndWhatIsBesideThemHaveNoSlope) {
  const Folder folder;
  const Layout layout{.heights = [](double column, double row) {
    return column > 50 && column < 51 && row > 60 && row < 61 ? kVoid : rolling(column, row);
  }};
  const auto store = make_store(folder / "hole.terrain", {layout});
  const Dataset& dataset = store->datasets()[0];
  for (std::uint32_t row = 58; row < 64; ++row) {
    for (std::uint32_t column = 48; column < 54; ++column) {
      const bool near = row >= 59 && row <= 61 && column >= 49 && column <= 51;
      EXPECT_EQ(dataset.cell(column, row).slope == kVoidSlope, near);
      EXPECT_EQ(dataset.cell(column, row).elevation == kVoidElevation, row == 60 && column == 50);
    }
  }
  EXPECT_EQ(dataset.info().void_cells, 1U);
}

TEST(Store, BlocksWithoutDataAreKeptOnce) {
  const Folder folder;
  const auto heights = [](double column, double row) { return column < 300 ? rolling(column, row) : kVoid; };
  const auto store = make_store(folder / "wide.terrain",
                                {{.frame = {500'000, 5'250'000, 10, 10, 2560, 512}, .heights = heights}});
  EXPECT_EQ(store->datasets()[0].blocks_across(), 10U);
  EXPECT_LT(store->file_bytes(), 6 * sizeof(Block));
  EXPECT_EQ(store->datasets()[0].cell(2000, 300).elevation, kVoidElevation);
  EXPECT_NEAR(decode_elevation_m(store->datasets()[0].cell(299, 511).elevation), rolling(299.5, 511.5), 0.07);
}

TEST(Store, EqualContentHasAnEqualHash) {
  const Folder folder;
  const Layout layout{.heights = rolling};
  const auto first = make_store(folder / "a.terrain", {layout});
  fs::create_directory(folder / "other");
  const auto second = make_store(folder / "other/a.terrain", {layout});
  EXPECT_EQ(first->sha256(), second->sha256());
  EXPECT_EQ(read_file(folder / "a.terrain"), read_file(folder / "other/a.terrain"));
  Layout moved = layout;
  moved.frame.left_x += 10;
  fs::create_directory(folder / "moved");
  EXPECT_NE(make_store(folder / "moved/a.terrain", {moved})->sha256(), first->sha256());
}

TEST(Store, AMissingFileIsNotFound) {
  const Folder folder;
  try {
    Store::open(folder / "none.terrain");
    FAIL();
  } catch (const core::Error& error) {
    EXPECT_EQ(error.kind(), core::ErrorKind::not_found);
    EXPECT_EQ(error.code(), "terrain.store_missing");
  }
}

TEST(Store, ForeignFilesAreRefused) {
  const Folder folder;
  EXPECT_EQ(open_error(folder, ""), "terrain.store_foreign");
  EXPECT_EQ(open_error(folder, "II*\0 a TIFF file, longer than the first eight bytes"),
            "terrain.store_foreign");
  EXPECT_EQ(open_error(folder, std::string(10'000, '\0')), "terrain.store_foreign");
  EXPECT_THROW(Store::open(folder.path()), core::Error);
}

class StoredBytes : public ::testing::Test {
 protected:
  StoredBytes() {
    make_store(folder_ / "good.terrain",
               {{.frame = {500'000, 5'250'000, 10, 10, 280, 40}, .heights = rolling}});
    bytes_ = read_file(folder_ / "good.terrain");
    std::memcpy(&header_, bytes_.data(), sizeof header_);
  }

  Folder folder_;
  std::string bytes_;
  StoreHeader header_;
};

TEST_F(StoredBytes, OpenAsTheyAre) { EXPECT_EQ(open_error(folder_, bytes_), ""); }

TEST_F(StoredBytes, CutAnywhereAreRefused) {
  const std::vector<std::uint64_t> lengths = {1,
                                              7,
                                              8,
                                              12,
                                              sizeof(StoreHeader),
                                              kHeaderPage - 1,
                                              kHeaderPage,
                                              kHeaderPage + 1,
                                              kHeaderPage + sizeof(Block) - 1,
                                              kHeaderPage + sizeof(Block),
                                              header_.tail_offset - 1,
                                              header_.tail_offset,
                                              header_.tail_offset + 4,
                                              header_.tail_offset + index_bytes(header_.index_entries),
                                              bytes_.size() - header_.manifest_bytes,
                                              bytes_.size() - 1};
  for (const auto length : lengths) {
    const auto code = open_error(folder_, bytes_.substr(0, length));
    EXPECT_EQ(code, length < 8 ? "terrain.store_foreign" : "terrain.store_damaged") << length;
  }
  EXPECT_EQ(open_error(folder_, bytes_ + '\0'), "terrain.store_damaged") << "longer by a byte";
}

TEST_F(StoredBytes, AnyFlippedBitIsFound) {
  std::mt19937_64 random(1);
  std::vector<std::uint64_t> places;
  for (std::uint64_t i = 0; i < 256; ++i) places.push_back(i);                         // header
  for (std::uint64_t i = kHeaderPage - 16; i < kHeaderPage; ++i) places.push_back(i);  // its checksum
  for (auto i = header_.tail_offset; i < bytes_.size(); i += 17) places.push_back(i);  // tables, manifest
  for (int i = 0; i < 300; ++i) places.push_back(random() % bytes_.size());            // planes
  for (const auto place : places) {
    auto changed = bytes_;
    changed[place] = static_cast<char>(changed[place] ^ (1 << (random() % 8)));
    EXPECT_NE(open_error(folder_, changed), "") << "byte " << place;
  }
}

TEST_F(StoredBytes, DamageNamesTheBlock) {
  auto changed = bytes_;
  const std::uint64_t place = kHeaderPage + sizeof(Block) + 100;
  changed[place] = static_cast<char>(changed[place] ^ 1);
  std::string message;
  EXPECT_EQ(open_error(folder_, changed, &message), "terrain.store_damaged");
  EXPECT_NE(message.find("block 1 does not match"), std::string::npos) << message;
}

TEST_F(StoredBytes, ANewerFormatIsNamed) {
  StoreHeader newer = header_;
  newer.version = kStoreVersion + 1;
  const auto page = encode_header(newer);
  std::memcpy(bytes_.data(), page.data(), page.size());
  std::string message;
  EXPECT_EQ(open_error(folder_, bytes_, &message), "terrain.store_version");
  EXPECT_NE(message.find("format version 2"), std::string::npos) << message;
}

/// A header that is consistent with itself but not with the rest.
TEST_F(StoredBytes, HeadersThatLieAreRefused) {
  const auto with = [&](auto change) {
    StoreHeader header = header_;
    change(header);
    const auto page = encode_header(header);
    auto changed = bytes_;
    std::memcpy(changed.data(), page.data(), page.size());
    return open_error(folder_, changed);
  };
  EXPECT_EQ(with([](StoreHeader& h) { h.block_count = ~0ULL / sizeof(Block); }), "terrain.store_damaged");
  EXPECT_EQ(with([](StoreHeader& h) { h.index_entries = ~0ULL / 2; }), "terrain.store_damaged");
  EXPECT_EQ(with([](StoreHeader& h) { h.tail_offset += 8; }), "terrain.store_damaged");
  EXPECT_EQ(with([](StoreHeader& h) { h.dataset_count = 2; }), "terrain.store_damaged");
  EXPECT_EQ(with([](StoreHeader& h) { h.manifest_bytes -= 8; }), "terrain.store_damaged");
  // Counts whose products wrap to what the file has.
  EXPECT_EQ(with([](StoreHeader& h) { h.block_count += 1ULL << 61; }), "terrain.store_damaged");
  EXPECT_EQ(with([](StoreHeader& h) { h.index_entries += 1ULL << 62; }), "terrain.store_damaged");
  EXPECT_EQ(with([](StoreHeader& h) {
              h.block_count += 1ULL << 46;
              h.manifest_bytes -= 1ULL << 49;
            }),
            "terrain.store_damaged");
}

TEST_F(StoredBytes, ManifestsWithGridsBeyondReasonAreRefused) {
  const auto manifest_at = bytes_.size() - header_.manifest_bytes;
  const auto with_columns = [&](const std::string& columns) {
    auto manifest = bytes_.substr(manifest_at);
    const auto from = manifest.find("\"columns\":") + 10;
    manifest.replace(from, manifest.find(',', from) - from, columns);
    auto changed = bytes_.substr(0, manifest_at) + manifest;
    StoreHeader header = header_;
    header.manifest_bytes = manifest.size();
    header.file_bytes = changed.size();
    header.tail_sha256 = core::sha256(std::string_view(changed).substr(header.tail_offset));
    const auto page = encode_header(header);
    std::memcpy(changed.data(), page.data(), page.size());
    return open_error(folder_, changed);
  };
  const auto columns = Store::open(folder_ / "good.terrain")->datasets()[0].info().frame.columns;
  EXPECT_EQ(with_columns(std::to_string(columns)), "") << "the way itself is sound";
  for (const char* lie : {"0", "16777217", "4294967295"}) {
    EXPECT_EQ(with_columns(lie), "terrain.store_damaged") << lie;
  }
}

TEST_F(StoredBytes, TheQuickCheckLeavesBlocksToVerify) {
  bytes_[kHeaderPage + 5] = static_cast<char>(bytes_[kHeaderPage + 5] ^ 4);
  const auto path = folder_ / "quick.terrain";
  write_file(path, bytes_);
  const auto store = Store::open(path, StoreCheck::manifest);
  EXPECT_THROW(store->verify(), core::Error);
}

TEST(StoreWriter, LeavesTheOldStoreWhenItIsAbandoned) {
  const Folder folder;
  const auto path = folder / "kept.terrain";
  const auto sha256 = make_store(path, {{.heights = rolling}})->sha256();
  {
    StoreWriter writer(path);
    const BlockVector blocks(2);
    std::memset(static_cast<void*>(blocks.span().data()), 1, blocks.span().size_bytes());
    writer.append(blocks.span());
  }
  EXPECT_EQ(Store::open(path)->sha256(), sha256);
  EXPECT_EQ(folder.file_count(), 1U) << "no temporary file may stay";
}

TEST(StoreWriter, SaysWhyItCannotWrite) {
  try {
    StoreWriter writer("/nonexistent-folder/x.terrain");
    FAIL();
  } catch (const core::Error& error) {
    EXPECT_EQ(error.code(), "file.unwritable");
    EXPECT_NE(error.public_message().find("No such file"), std::string::npos);
  }
}

TEST(Checksum, SeesEveryChangedBitAndEverySwap) {
  std::vector<std::byte> bytes(1000);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i * 31);
  const auto good = checksum64(bytes);
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    bytes[bit / 8] ^= static_cast<std::byte>(1 << (bit % 8));
    ASSERT_NE(checksum64(bytes), good) << bit;
    bytes[bit / 8] ^= static_cast<std::byte>(1 << (bit % 8));
  }
  for (std::size_t i = 0; i + 8 < bytes.size(); i += 8) {
    std::swap(bytes[i], bytes[i + 8]);
    ASSERT_NE(checksum64(bytes), good) << i;
    std::swap(bytes[i], bytes[i + 8]);
  }
  EXPECT_NE(checksum64(std::vector<std::byte>(8)), checksum64(std::vector<std::byte>(16)));
}

TEST(Manifest, SurvivesWritingAndReading) {
  Manifest manifest{"alps \"west\"", "test", {}};
  DatasetInfo info;
  info.name = "tile";
  info.crs_wkt = "GEOGCRS[\"x\"]";
  info.frame = {-122.00013888888889, 45.5, 1.0 / 10800, 1.0 / 10800, 10812, 10812};
  info.metric = GroundMetric::ellipsoid_row;
  info.vertical_unit = VerticalUnit::us_survey_foot;
  info.bounds = {-122, 44, -121, 45};
  info.pipeline_accuracy_m = 1.5;
  info.inputs = {{"n46w122.tif", 400'000'000, "GTiff"}};
  manifest.datasets = {info, info};
  manifest.datasets[1].pipeline_accuracy_m.reset();
  EXPECT_EQ(write_manifest(read_manifest(write_manifest(manifest))), write_manifest(manifest));
  EXPECT_EQ(read_manifest(write_manifest(manifest)).datasets[1].pipeline_accuracy_m, std::nullopt);
}

TEST(Manifest, FaultsAreNamedTogether) {
  try {
    read_manifest(R"({"name":"x","generator":1,"datasets":[{"columns":-4}]})");
    FAIL();
  } catch (const core::Error& error) {
    EXPECT_EQ(error.code(), "terrain.store_damaged");
    EXPECT_GT(error.fields().size(), 10U);
    EXPECT_EQ(error.fields().front().path, "manifest.generator");
  }
}

}  // namespace
