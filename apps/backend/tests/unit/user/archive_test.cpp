#include "user/archive.hpp"

#include "core/error.hpp"

#include <gtest/gtest.h>
#include <zip.h>

#include <memory>

namespace {

using user::ArchiveFile;

const core::Timestamp kNow = *core::parse_time("2026-01-12T09:00:00Z");

/// Name and content of each entry, as another reader sees them.
std::vector<std::pair<std::string, std::string>> entries_of(const std::string& archive) {
  zip_error_t error{};
  auto* source = zip_source_buffer_create(archive.data(), archive.size(), 0, &error);
  auto* opened = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error);
  if (opened == nullptr) {
    ADD_FAILURE() << zip_error_strerror(&error);
    return {};
  }
  std::vector<std::pair<std::string, std::string>> entries;
  for (zip_int64_t i = 0; i < zip_get_num_entries(opened, 0); ++i) {
    zip_stat_t facts{};
    zip_stat_index(opened, static_cast<zip_uint64_t>(i), 0, &facts);
    std::string content(facts.size, '\0');
    auto* file = zip_fopen_index(opened, static_cast<zip_uint64_t>(i), 0);
    EXPECT_EQ(zip_fread(file, content.data(), content.size()), static_cast<zip_int64_t>(content.size()));
    zip_fclose(file);
    entries.emplace_back(facts.name, std::move(content));
  }
  zip_discard(opened);
  return entries;
}

/// `count` pieces of a mebibyte each.
ArchiveFile pieces(std::string path, int count) {
  return {.path = std::move(path), .next = [left = count]() mutable {
            return left-- > 0 ? std::string(1u << 20, 'a') : std::string();
          }};
}

TEST(Archive, HoldsTheFilesInTheirOrder) {
  const auto archive = user::write_zip({user::text_file("README.txt", "hello"), pieces("data/big.json", 5),
                                        user::text_file("routes/é.gpx", "<gpx/>")},
                                       kNow, 10u << 20);
  const auto entries = entries_of(archive);
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[0], std::pair(std::string("README.txt"), std::string("hello")));
  EXPECT_EQ(entries[1].second.size(), 5U << 20);
  EXPECT_EQ(entries[2].first, "routes/é.gpx");
  EXPECT_LT(archive.size(), 1U << 20) << "it is compressed";
}

TEST(Archive, FilesAreAskedOneAfterTheOther) {
  std::string order;
  const auto file = [&order](char name) {
    return ArchiveFile{.path = std::string(1, name), .next = [&order, name, calls = 0]() mutable {
                         order += name;
                         return calls++ == 0 ? std::string("x") : std::string();
                       }};
  };
  user::write_zip({file('a'), file('b'), file('c')}, kNow, 1u << 20);
  EXPECT_EQ(order, "aabbcc");
}

TEST(Archive, WhatAFileThrowsLeaves) {
  ArchiveFile broken{.path = "b", .next = []() -> std::string {
                       throw core::Error(core::ErrorKind::unavailable, "db.gone", "gone");
                     }};
  try {
    user::write_zip({user::text_file("a", "x"), broken}, kNow, 1u << 20);
    FAIL();
  } catch (const core::Error& error) {
    EXPECT_EQ(error.code(), "db.gone");
  }
}

TEST(Archive, AnEmptyFileIsAFile) {
  const auto entries = entries_of(user::write_zip({user::text_file("empty", "")}, kNow, 1u << 20));
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].second, "");
}

TEST(Archive, EndsAtItsLimit) {
  std::string noise;
  for (unsigned i = 0, x = 1; i < 100'000; ++i)
    noise += static_cast<char>((x = x * 1103515245 + 12345) >> 16);
  EXPECT_THROW(user::write_zip({user::text_file("a", noise)}, kNow, 1000), core::Error);
}

}  // namespace
