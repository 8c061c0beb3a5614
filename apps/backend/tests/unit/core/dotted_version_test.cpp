#include "core/dotted_version.hpp"

#include <gtest/gtest.h>

#include <compare>

namespace core {
namespace {

TEST(DottedVersion, ComparesNumbersAndNotText) {
  const struct {
    const char* older;
    const char* newer;
  } cases[] = {{"2.9", "2.10"}, {"2", "2.0.1"}, {"1.99.99", "2"}, {"0.9", "0.10.0"}, {"9", "10"}};
  for (const auto& [older, newer] : cases) {
    EXPECT_TRUE(std::is_lt(*compare_versions(older, newer))) << older << " " << newer;
    EXPECT_TRUE(std::is_gt(*compare_versions(newer, older))) << older << " " << newer;
  }
  EXPECT_TRUE(std::is_eq(*compare_versions("2", "2.0.0")));
}

TEST(DottedVersion, WhatIsNoVersionIsNotCompared) {
  for (const auto* text :
       {"", ".", "2.", ".2", "2..1", "v2", "2.1-beta", " 2", "-1", "99999999999999999999"}) {
    EXPECT_FALSE(compare_versions(text, "2.0")) << text;
    EXPECT_FALSE(compare_versions("2.0", text)) << text;
  }
}

}  // namespace
}  // namespace core
