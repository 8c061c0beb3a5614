#include "account/password.hpp"

#include <gtest/gtest.h>

namespace {

/// The smallest that ASVS allows: tests need no more.
constexpr account::PasswordCost kCheap{.memory_kib = 19'456, .passes = 2};

std::string fault_of(std::string_view password) {
  const std::vector<std::string> context = {"aspectavy", "avalanche", "jane.doe", "example.org"};
  const auto faults = account::check_new_password(password, context, "password");
  return faults.empty() ? "" : faults.front().code;
}

TEST(NewPassword, HasALengthInCharacters) {
  EXPECT_EQ(fault_of("short"), "too_short");
  EXPECT_EQ(fault_of("qz7!kwmp2"), "too_short");
  EXPECT_EQ(fault_of("qz7!kwmp2x"), "");
  EXPECT_EQ(fault_of("äöüßéèêâîô"), "") << "ten characters, twenty bytes";
  EXPECT_EQ(fault_of("correct horse battery staple"), "");
  std::string longest;
  while (longest.size() < 128) longest += "k7 Zq";
  EXPECT_EQ(fault_of(longest.substr(0, 128)), "");
  EXPECT_EQ(fault_of(longest.substr(0, 128) + "x"), "too_long");
  std::string wide;
  for (int i = 0; i < 128; ++i) wide += "\xE9\x9B\xAA";  // 雪
  EXPECT_NE(fault_of(wide), "too_long") << "128 characters in 384 bytes";
}

TEST(NewPassword, IsNotWhatEverybodyTriesFirst) {
  for (const auto* common : {"password12", "1234567890", "qwertyuiop", "aaaaaaaaaaaa", "iloveyou12",
                             "password1234", "avalanche1", "aspectavy1", "jane.doe12", "abcdefghij"}) {
    EXPECT_EQ(fault_of(common), "too_easy") << common;
  }
}

TEST(PasswordHasher, TakesThePasswordExactlyAsItIs) {
  account::PasswordHasher hasher(kCheap, 2);
  const auto phc = hasher.hash("correct horse ");
  EXPECT_TRUE(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << phc;
  EXPECT_TRUE(hasher.verify(phc, "correct horse "));
  EXPECT_FALSE(hasher.verify(phc, "correct horse"));
  EXPECT_FALSE(hasher.verify(phc, "Correct horse "));
  EXPECT_FALSE(hasher.verify(phc, ""));
  EXPECT_NE(hasher.hash("correct horse "), phc) << "salted";
  EXPECT_NE(hasher.verify(hasher.hash("p\xC3\xA4ss"), "pa\xCC\x88ss"), true) << "NFC is not NFD";
  EXPECT_FALSE(hasher.verify("", "nobody's password")) << "an account that is not there has no password";
  EXPECT_FALSE(hasher.verify("not a hash", "x"));
}

TEST(PasswordHasher, KnowsWhatAnotherCostHasMade) {
  account::PasswordHasher cheap(kCheap, 1);
  account::PasswordHasher dear({.memory_kib = 32'768, .passes = 2}, 1);
  const auto phc = cheap.hash("correct horse");
  EXPECT_FALSE(cheap.needs_rehash(phc));
  EXPECT_TRUE(dear.needs_rehash(phc));
  EXPECT_TRUE(dear.verify(phc, "correct horse"));
}

TEST(PasswordCost, HasAFloor) {
  EXPECT_TRUE((account::PasswordCost{65'536, 2}).reaches_floor());
  EXPECT_TRUE((account::PasswordCost{19'456, 2}).reaches_floor());
  EXPECT_FALSE((account::PasswordCost{19'455, 2}).reaches_floor());
  EXPECT_TRUE((account::PasswordCost{47'104, 1}).reaches_floor());
  EXPECT_FALSE((account::PasswordCost{47'103, 1}).reaches_floor());
  EXPECT_TRUE((account::PasswordCost{12'288, 3}).reaches_floor());
  EXPECT_FALSE((account::PasswordCost{12'287, 4}).reaches_floor());
  EXPECT_FALSE((account::PasswordCost{1'000'000, 0}).reaches_floor());
}

}  // namespace
