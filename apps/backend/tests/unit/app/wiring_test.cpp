#include "app/wiring.hpp"

#include "core/error.hpp"
#include "core/files.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

namespace app {
namespace {

namespace fs = std::filesystem;

class TerrainFiles : public testing::Test {
 protected:
  TerrainFiles() { fs::create_directories(folder_ / "empty"); }
  ~TerrainFiles() override { fs::remove_all(folder_); }
  fs::path file(const std::string& name) const {
    core::write_file_atomically(folder_ / name, "x");
    return folder_ / name;
  }

  const fs::path folder_ = fs::temp_directory_path() / ("aspectavy-wiring-" + std::to_string(::getpid()));
};

TEST_F(TerrainFiles, OfAFolderAreItsStoresByName) {
  const auto b = file("b.store");
  const auto a = file("a.store");
  file("c.store.partial");
  file("notes.txt");
  EXPECT_EQ(terrain_files({folder_}), (std::vector<fs::path>{a, b}));
  EXPECT_EQ(terrain_files({b, folder_ / "empty", a}), (std::vector<fs::path>{b, a})) << "in the order given";
  EXPECT_TRUE(terrain_files({folder_ / "empty"}).empty());
}

TEST_F(TerrainFiles, ThatAreNotThereAreNamed) {
  try {
    terrain_files({folder_ / "gone"});
    FAIL();
  } catch (const core::Error& error) {
    ASSERT_EQ(error.fields().size(), 1U);
    EXPECT_EQ(error.fields()[0].path, "TERRAIN_STORE");
    EXPECT_NE(error.fields()[0].message.find("gone"), std::string::npos);
  }
}

}  // namespace
}  // namespace app
