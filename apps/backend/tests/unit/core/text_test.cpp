#include "core/text.hpp"

#include <gtest/gtest.h>

namespace core {
namespace {

TEST(Text, TrimsBothEndsOnly) {
  EXPECT_EQ(trimmed(" \t a b\r\n"), "a b");
  EXPECT_EQ(trimmed(" \n"), "");
  EXPECT_EQ(trimmed(""), "");
}

TEST(Text, LowersAsciiOnly) { EXPECT_EQ(lower_ascii("AZaz[Ü"), "azaz[Ü"); }

}  // namespace
}  // namespace core
