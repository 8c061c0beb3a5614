#include "core/files.hpp"

#include "core/error.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

namespace core {
namespace {

namespace fs = std::filesystem;

class Files : public testing::Test {
 protected:
  Files() { fs::create_directories(folder_); }
  ~Files() override { fs::remove_all(folder_); }

  static std::string code_of(const auto& action) {
    try {
      action();
    } catch (const Error& error) {
      return error.code();
    }
    return "no error";
  }

  const fs::path folder_ = fs::path(testing::TempDir()) / ("files_test_" + std::to_string(::getpid()));
};

TEST_F(Files, GiveBackTheBytesThatWereWritten) {
  std::string bytes(200'000, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 31);
  write_file_atomically(folder_ / "a", bytes);
  EXPECT_EQ(read_file(folder_ / "a"), bytes);
  write_file_atomically(folder_ / "a", "");
  EXPECT_EQ(read_file(folder_ / "a"), "");
}

TEST_F(Files, LeaveNothingElseBehind) {
  write_file_atomically(folder_ / "a", "1");
  write_file_atomically(folder_ / "a", "2");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);

  fs::create_directory(folder_ / "occupied");
  write_file_atomically(folder_ / "occupied" / "x", "1");
  EXPECT_EQ(code_of([&] { write_file_atomically(folder_ / "occupied", "2"); }), "file.unwritable");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 2);
}

TEST_F(Files, SayWhatIsWrong) {
  write_file_atomically(folder_ / "ten", "0123456789");
  EXPECT_EQ(read_file(folder_ / "ten", 10).size(), 10u);
  EXPECT_EQ(code_of([&] { read_file(folder_ / "ten", 9); }), "file.too_large");
  EXPECT_EQ(code_of([&] { read_file(folder_ / "absent"); }), "file.not_found");
  EXPECT_EQ(code_of([&] { read_file(folder_); }), "file.unreadable");
  EXPECT_EQ(code_of([&] { write_file_atomically(folder_ / "absent" / "x", ""); }), "file.unwritable");
}

}  // namespace
}  // namespace core
