#include "http/cookie.hpp"

#include <gtest/gtest.h>

namespace http {
namespace {

CookieReading read(std::vector<std::string> lines) {
  RequestParts parts;
  for (auto& line : lines) parts.headers.emplace_back("Cookie", std::move(line));
  return read_cookie(make_request(parts), "avs");
}

TEST(Cookie, FindsOneOfThatName) {
  EXPECT_EQ(read({"avs=one"}).value, "one");
  EXPECT_EQ(read({"a=1; avs=two=2; b=3"}).value, "two=2");
  EXPECT_EQ(read({"a=1;avs=three"}).value, "three");
  EXPECT_EQ(read({"a=1", "avs=four"}).value, "four");
  EXPECT_EQ(read({"avs="}).value, "");
}

TEST(Cookie, NamesMatchAsAWhole) {
  for (const auto* line : {"", "xavs=1", "avs2=1", "AVS=1", "avs", "a=avs=1"})
    EXPECT_FALSE(read({line}).value) << line;
}

TEST(Cookie, TwoOfOneNameAreAmbiguousWhereverTheyStand) {
  EXPECT_TRUE(read({"avs=1; avs=2"}).is_ambiguous);
  EXPECT_TRUE(read({"avs=1", "avs=1"}).is_ambiguous);
  EXPECT_FALSE(read({"avs=1; xavs=2"}).is_ambiguous);
}

}  // namespace
}  // namespace http
