#include "db/params.hpp"

#include "core/time.hpp"
#include "db/query.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace {

using db::Param;

TEST(Param, PrintsNumbersSoThatTheyReadBackEqual) {
  EXPECT_EQ(Param(0).content(), "0");
  EXPECT_EQ(Param(std::numeric_limits<std::int64_t>::min()).content(), "-9223372036854775808");
  EXPECT_EQ(Param(std::uint8_t{255}).content(), "255");
  EXPECT_EQ(Param(0.1).content(), "0.1");
  EXPECT_EQ(std::stod(std::string(Param(-1.0 / 3).content())), -1.0 / 3);
  EXPECT_EQ(std::stod(std::string(Param(std::numeric_limits<double>::max()).content())),
            std::numeric_limits<double>::max());
  EXPECT_EQ(Param(std::nan("")).content(), "NaN");
  EXPECT_EQ(Param(-INFINITY).content(), "-Infinity");
  EXPECT_EQ(Param(true).content(), "t");
}

TEST(Param, PrintsTimesInUtcWithMicroseconds) {
  EXPECT_EQ(Param(*core::parse_time("2026-01-05T06:07:08.000009Z")).content(),
            "2026-01-05 06:07:08.000009+00");
  EXPECT_EQ(Param(*core::parse_time("1969-12-31T23:59:59.5Z")).content(), "1969-12-31 23:59:59.500000+00");
  EXPECT_EQ(Param(core::Timestamp::min()).content(), "-infinity");
  EXPECT_EQ(Param(core::Timestamp::max()).content(), "infinity");
  EXPECT_EQ(Param(*core::parse_day("2026-02-28")).content(), "2026-02-28");
}

TEST(Param, PrintsUuidsAsTheirTextForm) {
  const auto id = *core::parse_uuid("0190163d-8694-739b-aea5-966c26f8ad91");
  EXPECT_EQ(Param(id).content(), "0190163d-8694-739b-aea5-966c26f8ad91");
}

TEST(Param, KeepsItsContentWhenCopied) {
  const Param number(42);
  const Param copy = number;
  EXPECT_EQ(copy.content(), "42");
  EXPECT_EQ(copy.content().data() == number.content().data(), false);
}

TEST(Param, EmptyOptionalIsNull) {
  EXPECT_TRUE(Param(std::optional<int>{}).is_null());
  EXPECT_TRUE(Param(std::nullopt).is_null());
  EXPECT_EQ(Param(std::optional<int>{7}).content(), "7");
  EXPECT_FALSE(Param("").is_null());
}

TEST(ArrayText, QuotesWhatWouldBreakTheArray) {
  const std::vector<std::string> items{"plain", "", "a,b", "q\"q", "back\\slash", "{}", "NULL"};
  EXPECT_EQ(db::ArrayText(items).text(), R"({"plain","","a,b","q\"q","back\\slash","{}","NULL"})");
  EXPECT_EQ(db::ArrayText(std::vector<std::int64_t>{1, -2}).text(), "{1,-2}");
  EXPECT_EQ(db::ArrayText(std::vector<double>{0.5}).text(), "{0.5}");
  EXPECT_EQ(db::ArrayText(std::vector<std::string>{}).text(), "{}");
}

TEST(Query, CountsItsHighestPlaceholder) {
  constexpr db::Query kTwo{"two", "SELECT $2::int, $1::text, $2"};
  constexpr db::Query kTwelve{"twelve", "SELECT $12, $1"};
  constexpr db::Query kNone{"none", "SELECT '$' || 'a$'"};
  static_assert(kTwo.parameter_count == 2);
  static_assert(kTwelve.parameter_count == 12);
  static_assert(kNone.parameter_count == 0);
  EXPECT_EQ(kTwo.parameter_count, 2);
}

}  // namespace
