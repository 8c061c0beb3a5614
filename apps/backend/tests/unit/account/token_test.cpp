#include "account/token.hpp"

#include <gtest/gtest.h>

#include <set>

namespace {

using account::TokenKind;

TEST(Token, SaysItsKindAndNothingElse) {
  std::set<std::string> seen;
  for (const auto kind : {TokenKind::session, TokenKind::api, TokenKind::link, TokenKind::operator_session}) {
    for (int i = 0; i < 100; ++i) {
      const auto token = account::make_token(kind);
      EXPECT_EQ(token.size(), 47U);
      EXPECT_EQ(account::kind_of(token), kind);
      EXPECT_TRUE(seen.insert(token).second);
    }
  }
}

TEST(Token, RefusesEverythingElse) {
  const auto good = account::make_token(TokenKind::session);
  for (const auto& bad : {std::string(), std::string("avs_"), good + "A", good.substr(0, 46),
                          "avx_" + good.substr(4), "AVS_" + good.substr(4), good.substr(0, 46) + "=",
                          good.substr(0, 46) + "+", good.substr(0, 45) + "\n" + good.substr(46)}) {
    EXPECT_EQ(account::kind_of(bad), std::nullopt) << bad;
  }
}

TEST(Token, IsKeptAsItsHash) {
  const auto token = account::make_token(TokenKind::session);
  EXPECT_EQ(account::hash_of(token).size(), 32U);
  EXPECT_EQ(account::hash_of(token), account::hash_of(token));
  EXPECT_NE(account::hash_of(token), account::hash_of(account::make_token(TokenKind::session)));
}

TEST(Code, HasEightDigits) {
  std::set<char> digits;
  for (int i = 0; i < 500; ++i) {
    const auto code = account::make_code();
    ASSERT_EQ(code.size(), 8U);
    for (const char c : code) {
      ASSERT_TRUE(c >= '0' && c <= '9');
      digits.insert(c);
    }
  }
  EXPECT_EQ(digits.size(), 10U);
}

TEST(ReadableCode, IsReadAsPeopleTypeIt) {
  const auto code = account::make_readable_code(16);
  EXPECT_EQ(code.size(), 16U);
  EXPECT_EQ(code.find_first_of("ILOU"), std::string::npos);
  EXPECT_EQ(account::normalise_readable_code(code), code);
  EXPECT_EQ(account::normalise_readable_code("ab-cd o1il"), "ABCD0111");
}

}  // namespace
