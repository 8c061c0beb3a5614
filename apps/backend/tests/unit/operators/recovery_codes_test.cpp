#include "operators/recovery_codes.hpp"

#include "core/text.hpp"

#include <gtest/gtest.h>

#include <set>

namespace {

TEST(RecoveryCodes, AreTenOfTenReadableCharacters) {
  std::set<std::string> seen;
  for (const auto& code : operators::RecoveryCodes::make()) {
    ASSERT_EQ(code.size(), 11U);
    EXPECT_EQ(code[5], '-');
    EXPECT_EQ(code.find_first_not_of("0123456789ABCDEFGHJKMNPQRSTVWXYZ-"), std::string::npos) << code;
    EXPECT_TRUE(seen.insert(code).second);
  }
  EXPECT_EQ(seen.size(), 10U);
}

TEST(RecoveryCodes, AreFoundByWhatAPersonTypes) {
  operators::RecoveryCodes codes;
  const std::vector<std::string> made = {"0123456789", "ABCDE-FGHJK"};
  auto hashes = codes.hash(made);
  ASSERT_EQ(hashes.size(), 2U);
  EXPECT_EQ(hashes[0].phc.find("0123456789"), std::string::npos);
  EXPECT_TRUE(hashes[0].phc.starts_with("$argon2id$"));
  EXPECT_EQ(codes.find(hashes, "o1234-56789"), 1);
  EXPECT_EQ(codes.find(hashes, " abcde fghjk "), 2);
  EXPECT_EQ(codes.find(hashes, "abcdefghjm"), std::nullopt);
  EXPECT_EQ(codes.find(hashes, ""), std::nullopt);
  hashes.erase(hashes.begin());
  EXPECT_EQ(codes.find(hashes, "0123456789"), std::nullopt) << "the used one is gone";
  EXPECT_EQ(codes.find(hashes, "ABCDEFGHJK"), 2);
  EXPECT_EQ(codes.find({}, "ABCDEFGHJK"), std::nullopt);
}

}  // namespace
