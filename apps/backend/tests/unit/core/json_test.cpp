#include "core/json.hpp"

#include "core/error.hpp"
#include "core/json_writer.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdio>
#include <random>
#include <string>

namespace core {
namespace {

TEST(Json, ReadsMembersAndSaysWhatIsMissing) {
  const auto document = JsonDocument::parse(R"({"a":1,"b":[true,null,"x"],"c":2.5})");
  const auto root = document.root();

  EXPECT_EQ(root["a"].integer(), 1);
  EXPECT_EQ(root["a"].number(), 1.0);
  EXPECT_EQ(root["b"].size(), 3u);
  EXPECT_EQ(root["b"].at(2).string(), "x");
  EXPECT_TRUE(root["b"].at(1).is_null());
  EXPECT_FALSE(root["b"].at(3).exists());
  EXPECT_FALSE(root["missing"]["deeper"].exists());
  EXPECT_EQ(root["c"].integer(), std::nullopt);
}

TEST(Json, RefusesWhatTwoReadersCouldReadDifferently) {
  for (const auto* text :
       {R"({"a":1,"a":2})", R"({"x":{"a":1,"b":2,"a":1}})", "\"\\u0000\"", R"({"\u0000":1})", "1e400",
        "-1e400", R"([{"a":{"b":1,"b":1}}])", "\"a", "[1,]", "{\"a\":1} x", "\"\xff\"", "", "nul"}) {
    EXPECT_THROW(JsonDocument::parse(text), Error) << text;
  }
}

TEST(Json, ReadsEveryNumberAsWritten) {
  std::mt19937_64 random(17);
  for (int i = 0; i < 20'000; ++i) {
    const double number = std::bit_cast<double>(random());
    if (!std::isfinite(number)) continue;
    JsonWriter out;
    out.value(number);
    ASSERT_EQ(JsonDocument::parse(out.str()).root().number(), number) << out.str();
  }
  EXPECT_EQ(JsonDocument::parse("1e-400").root().number(), 0.0);
  EXPECT_EQ(JsonDocument::parse("18446744073709551616").root().number(), 18446744073709551616.0);
  EXPECT_EQ(JsonDocument::parse("[0.1,-1.5E+2]").root().at(1).number(), -150.0);
}

TEST(Json, ReadsNumbersAtTheEndOfABrokenText) {
  std::size_t trailing = 0;
  EXPECT_EQ(JsonDocument::parse_first("12.5 x", &trailing).root().number(), 12.5);
  EXPECT_EQ(trailing, 1u);
  EXPECT_EQ(JsonDocument::parse_first(" 12 ", &trailing).root().integer(), 12);
  EXPECT_EQ(trailing, 0u);
}

TEST(Json, RefusesDepthBeyondTheLimit) {
  EXPECT_NO_THROW(JsonDocument::parse(std::string(32, '[') + std::string(32, ']')));
  EXPECT_THROW(JsonDocument::parse(std::string(33, '[') + std::string(33, ']')), Error);
}

TEST(Json, ReportsBytesAfterTheFirstValue) {
  std::size_t trailing = 99;
  const auto document = JsonDocument::parse_first("{\"id\":5}\n<br />oops", &trailing);
  EXPECT_EQ(document.root()["id"].integer(), 5);
  EXPECT_EQ(trailing, 9u);
}

TEST(Json, CanonicalSortsKeysAtEveryLevel) {
  const auto a = JsonDocument::parse(R"({"b":{"z":1,"y":[1.0,2]},"a":"ü"})");
  EXPECT_EQ(a.root().canonical(), R"({"a":"ü","b":{"y":[1,2],"z":1}})");
}

TEST(JsonWriter, WritesNumbersAsPeopleExpect) {
  JsonWriter out;
  out.begin_array().value(5.0).value(0.1).value(-0.0).fixed(12.500, 2).fixed(-0.001, 2).value(1.0 / 0.0);
  out.value(std::uint64_t{18446744073709551615u}).value(true).end_array();
  EXPECT_EQ(out.str(), "[5,0.1,0,12.5,0,null,18446744073709551615,true]");
}

TEST(JsonWriter, RoundsFixedNumbersExactly) {
  std::mt19937_64 random(23);
  std::uniform_real_distribution<double> exponent(-12, 17);
  for (int i = 0; i < 200'000; ++i) {
    const int decimals = static_cast<int>(random() % 10);
    double number = std::pow(10, exponent(random)) * (random() % 2 == 0 ? 1 : -1);
    // Halfway between two decimals, as nearly as a double can be, and coordinates.
    if (i % 3 == 1) number = (std::floor(number) + 0.5) / std::pow(10, decimals);
    if (i % 3 == 2) number = static_cast<double>(static_cast<std::int64_t>(random() % 3'600'000'000)) / 1e7;
    char text[512];
    std::snprintf(text, sizeof text, "%.*f", decimals, number);
    std::string expected = text;
    if (decimals > 0) expected.erase(expected.find_last_not_of('0') + 1);
    if (expected.ends_with('.')) expected.pop_back();
    if (expected == "-0") expected = "0";
    JsonWriter out;
    ASSERT_EQ(out.fixed(number, decimals).str(), expected) << number << " to " << decimals;
  }
}

TEST(JsonWriter, EscapesControlCharacters) {
  EXPECT_EQ(json_quote("a\"b\\c\n\x01"), "\"a\\\"b\\\\c\\n\\u0001\"");
}

}  // namespace
}  // namespace core
