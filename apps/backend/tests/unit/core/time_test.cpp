#include "core/time.hpp"

#include "core/ids.hpp"

#include <gtest/gtest.h>

namespace core {
namespace {

TEST(Time, ParsesWhatProvidersSend) {
  const auto expected = parse_time("2026-01-12T06:27:58Z");
  ASSERT_TRUE(expected);
  for (const auto* text : {"2026-01-12T06:27:58+00:00", "2026-01-12T07:27:58+01:00",
                           "2026-01-11T23:27:58-0700", "2026-01-12 06:27:58Z", "2026-01-12T06:27:58.000Z"}) {
    EXPECT_EQ(parse_time(text), expected) << text;
  }
  EXPECT_EQ(parse_time("2026-01-12T06:27:58", NoOffset::is_utc), expected);
  EXPECT_EQ(parse_time("2026-01-12T06:27:58.1234567Z"), *expected + std::chrono::microseconds{123456});
}

TEST(Time, RefusesWhatIsNoTime) {
  for (const auto* text :
       {"", "2026-01-12", "2026-02-30T00:00:00Z", "2026-01-12T24:00:00Z", "2026-01-12T06:27:58",
        "2026-01-12T06:27:58.Z", "2026-01-12T06:27:58+1:00", "2026-01-12T06:27:58Zx"}) {
    EXPECT_EQ(parse_time(text), std::nullopt) << text;
  }
}

TEST(Time, FormatsWholeSeconds) {
  EXPECT_EQ(format_utc(*parse_time("2026-01-12T06:27:58.999Z")), "2026-01-12T06:27:58Z");
  EXPECT_EQ(format_utc(*parse_time("1969-12-31T23:59:59.5Z")), "1969-12-31T23:59:59Z");
}

TEST(Time, KnowsLocalDaysAcrossDaylightSaving) {
  const auto local = to_local(*parse_time("2026-03-09T01:30:00Z"), "America/Los_Angeles");
  ASSERT_TRUE(local);
  EXPECT_EQ(format_day(local->day), "2026-03-08");
  EXPECT_EQ(local->hour, 18);
  EXPECT_EQ(to_local(*parse_time("2026-03-09T01:30:00Z"), "Mars/Base"), std::nullopt);
  EXPECT_EQ(from_local(*local, "America/Los_Angeles"), parse_time("2026-03-09T01:30:00Z"));
}

TEST(Uuid, VersionSevenSortsByTimeAndRoundTrips) {
  const auto first = make_uuid_v7(*parse_time("2026-01-12T06:27:58Z"));
  const auto second = make_uuid_v7(*parse_time("2026-01-12T06:27:59Z"));
  EXPECT_LT(first, second);
  EXPECT_EQ(parse_uuid(to_string(first)), first);
  EXPECT_EQ(to_string(first)[14], '7');
  EXPECT_EQ(parse_uuid("not-a-uuid"), std::nullopt);
}

}  // namespace
}  // namespace core
