// Files of real devices and programs, against a table of what an independent XML parser finds in them.

#include "core/files.hpp"
#include "geo/gpx.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

namespace geo {
namespace {

namespace fs = std::filesystem;

template <typename List, typename Count>
std::string joined(const List& list, char separator, const char* when_empty, Count count) {
  std::string text;
  for (const auto& element : list) {
    if (!text.empty()) text += separator;
    text += count(element);
  }
  return text.empty() ? when_empty : text;
}

template <typename Holder>
std::string point_count(const Holder& holder) {
  return std::to_string(holder.points.size());
}

std::string line_summary(const GpxFile& file) {
  try {
    const Line line = line_from_gpx(file);
    return std::to_string(line.points.size()) + " " + std::to_string(line.gap_legs.size());
  } catch (const core::Error& error) {
    return error.code() == "gpx.no_line" ? "none" : error.code();
  }
}

std::string summary(const std::string& bytes) {
  try {
    const GpxFile file = read_gpx(bytes);
    const auto segments = [](const GpxTrack& track) {
      return joined(track.segments, ' ', "-", point_count<GpxSegment>);
    };
    return joined(file.tracks, ';', "none", segments) + " | " +
           joined(file.routes, ' ', "none", point_count<GpxRoute>) + " | " +
           std::to_string(file.waypoint_count) + " | " + line_summary(file);
  } catch (const core::Error& error) {
    return "refused " + error.code();
  }
}

TEST(GpxFixtures, AreReadAsTheTableSays) {
  const fs::path folder = fs::path(ASPECTAVY_REPO_DIR) / "../shared/fixtures/dem";
  if (!fs::exists(folder)) GTEST_SKIP() << "the third-party GPX files are not here: " << folder;

  std::istringstream table(core::read_file(fs::path(ASPECTAVY_TEST_DIR) / "golden/geo/gpx_fixtures.txt"));
  std::size_t files = 0;
  for (std::string row; std::getline(table, row);) {
    if (row.starts_with('#')) continue;
    const auto bar = row.find(" | ");
    EXPECT_EQ(summary(core::read_file(folder / row.substr(0, bar))), row.substr(bar + 3))
        << row.substr(0, bar);
    ++files;
  }
  EXPECT_GE(files, 40u);
}

}  // namespace
}  // namespace geo
