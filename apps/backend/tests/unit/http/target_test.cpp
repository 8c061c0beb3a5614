#include "http/target.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using testing::ElementsAre;

std::vector<std::string> segments_of(const http::Target& target) {
  return {target.segments().begin(), target.segments().end()};
}

TEST(Target, SplitsAndDecodesOnce) {
  http::Target target;
  ASSERT_FALSE(target.assign("/api/routes/a%20b%2541/%C3%A9?q=x+y%2Bz&empty=&bare&&n=%25"));
  EXPECT_EQ(target.path(), "/api/routes/a%20b%2541/%C3%A9");
  EXPECT_THAT(segments_of(target), ElementsAre("api", "routes", "a b%41", "é"));
  ASSERT_EQ(target.params().size(), 4u);
  EXPECT_EQ(target.params()[0].name, "q");
  EXPECT_EQ(target.params()[0].value, "x y+z");
  EXPECT_EQ(target.params()[1].value, "");
  EXPECT_EQ(target.params()[2].name, "bare");
  EXPECT_EQ(target.params()[3].value, "%");
}

TEST(Target, KeepsEmptySegments) {
  http::Target target;
  ASSERT_FALSE(target.assign("/"));
  EXPECT_TRUE(target.segments().empty());
  ASSERT_FALSE(target.assign("/a//b/"));
  EXPECT_THAT(segments_of(target), ElementsAre("a", "", "b", ""));
}

TEST(Target, PlusIsASpaceOnlyInTheQuery) {
  http::Target target;
  ASSERT_FALSE(target.assign("/a+b?c+d=e+f"));
  EXPECT_THAT(segments_of(target), ElementsAre("a+b"));
  EXPECT_EQ(target.params()[0].name, "c d");
}

TEST(Target, RefusesWhatCouldBeReadInTwoWays) {
  const std::vector<std::string> bad = {
      "",      "a",      "*",       "http://x/a", "/a b",    "/a\tb",      "/a\x7f",        "/\xc3\xa9",
      "/a#b",  "/a\\b",  "/a\"",    "/%",         "/%4",     "/%zz",       "/%2",           "/%00",
      "/%2f",  "/%2F",   "/%5C",    "/%5c",       "/.",      "/..",        "/a/../b",       "/a/%2e%2E",
      "/%2e",  "/%0a",   "/%7f",    "/%ff",       "/%c0%af", "/%ed%a0%80", "/%f5%80%80%80", "/%e2%82",
      "/?a=%", "/?a=%0", "/?a=%00", "/?a=%0d%0a", "/?a=%ff", "/?a=1&a=2",  "/?a&a",         "/?a%62=1&ab=2"};
  http::Target target;
  for (const auto& raw : bad) {
    const auto fault = target.assign(raw);
    ASSERT_TRUE(fault) << raw;
    EXPECT_EQ(fault->status, 400) << raw;
    EXPECT_FALSE(fault->detail.empty()) << raw;
  }
}

TEST(Target, NamesTheParameterGivenTwice) {
  http::Target target;
  EXPECT_THAT(target.assign("/?zone=1&zone=2")->detail, testing::HasSubstr("\"zone\""));
}

TEST(Target, HasLimits) {
  http::Target target;
  EXPECT_FALSE(target.assign("/" + std::string(4095, 'a')));
  EXPECT_EQ(target.assign("/" + std::string(4096, 'a'))->status, 414);
  std::string query = "/?p0=1";
  for (int i = 1; i < 64; ++i) query += "&p" + std::to_string(i) + "=1";
  EXPECT_FALSE(target.assign(query));
  EXPECT_EQ(target.assign(query + "&q=1")->status, 400);
}

TEST(Target, ViewsSurviveAMove) {
  http::Target target;
  const std::string raw = "/%61?%62=%63";
  ASSERT_FALSE(target.assign(raw));
  const http::Target moved = std::move(target);
  EXPECT_EQ(moved.segments()[0], "a");
  EXPECT_EQ(moved.params()[0].name, "b");
  EXPECT_EQ(moved.params()[0].value, "c");
}

}  // namespace
