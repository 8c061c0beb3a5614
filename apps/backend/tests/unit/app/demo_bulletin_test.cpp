#include "app/demo_bulletin.hpp"

#include "forecast/freshness.hpp"
#include "forecast/providers/caaml/caaml.hpp"
#include "forecast/valid_day.hpp"
#include "forecast/zone.hpp"

#include <gtest/gtest.h>

namespace app {
namespace {

forecast::ParsedFeed parsed(const char* now) {
  return forecast::providers::parse_caaml(
      demo_bulletin(*core::parse_time(now)),
      {.provider = "demo", .time_zone = "UTC", .center = "Demo", .link = ""});
}

TEST(DemoBulletin, IsInForceAtEveryHour) {
  for (const auto* now : {"2026-11-23T00:00:00Z", "2026-11-23T15:59:59Z", "2026-11-23T16:00:00Z",
                          "2026-02-28T23:59:59Z", "2024-02-29T12:00:00Z"}) {
    const auto feed = parsed(now);
    ASSERT_EQ(feed.forecasts.size(), 1u);
    EXPECT_TRUE(feed.quarantined.empty() && feed.drift.empty());
    const auto freshness = forecast::freshness(feed.forecasts[0], *core::parse_time(now));
    EXPECT_TRUE(freshness == forecast::Freshness::current || freshness == forecast::Freshness::expiring)
        << now;
    EXPECT_EQ(forecast::day_in_force(feed.forecasts[0], *core::parse_time(now)),
              feed.forecasts[0].ratings[0].day)
        << now;
  }
}

TEST(DemoBulletin, StaysTheSameForADay) {
  EXPECT_EQ(demo_bulletin(*core::parse_time("2026-11-23T16:00:00Z")),
            demo_bulletin(*core::parse_time("2026-11-24T15:59:59Z")));
}

TEST(DemoZones, AreReadableMicroRegions) {
  const auto zones = forecast::parse_eaws_regions(demo_zones({-27.1, 47.4, -26.9, 47.6}), "demo", "UTC");
  ASSERT_EQ(zones.zones.size(), 1u);
  EXPECT_EQ(zones.zones[0].key, kDemoRegion);
}

}  // namespace
}  // namespace app
