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

TEST(Text, ReadsHexDigitsOfEitherCase) {
  const std::string_view digits = "0123456789abcdef";
  for (int i = 0; i < 256; ++i) {
    const char c = static_cast<char>(i);
    const auto place = digits.find(lower_ascii(std::string_view(&c, 1)));
    EXPECT_EQ(hex_value(c), place == std::string_view::npos ? -1 : static_cast<int>(place)) << i;
  }
}

}  // namespace
}  // namespace core
