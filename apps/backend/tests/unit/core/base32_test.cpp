#include "core/base32.hpp"

#include <gtest/gtest.h>

namespace {

TEST(Base32, GivesThePublishedValuesAndTakesThemWithAndWithoutPadding) {
  struct Case {
    std::string bytes;
    std::string padded;
  };
  // RFC 4648 §10.
  for (const auto& [bytes, padded] :
       {Case{"", ""}, Case{"f", "MY======"}, Case{"fo", "MZXQ===="}, Case{"foo", "MZXW6==="},
        Case{"foob", "MZXW6YQ="}, Case{"fooba", "MZXW6YTB"}, Case{"foobar", "MZXW6YTBOI======"}}) {
    const auto bare = padded.substr(0, padded.find('='));
    EXPECT_EQ(core::to_base32(bytes), bare);
    EXPECT_EQ(core::parse_base32(padded), bytes) << padded;
    EXPECT_EQ(core::parse_base32(bare), bytes) << bare;
  }
  EXPECT_EQ(core::parse_base32("mzxw6ytb"), "fooba");
}

TEST(Base32, RefusesWhatIsNone) {
  for (const auto* bad : {"M", "MZX", "MZXW6Y", "MY=", "MY=====", "MZ", "M1", "M0", "MY ", "MY======MY",
                          "========", "MY=A====", "\xc3\x84Y"}) {
    EXPECT_EQ(core::parse_base32(bad), std::nullopt) << bad;
  }
}

TEST(Base32, BringsEveryLengthBack) {
  std::string bytes;
  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(core::parse_base32(core::to_base32(bytes)), bytes) << i;
    bytes += static_cast<char>(i * 37 + 129);
  }
}

}  // namespace
