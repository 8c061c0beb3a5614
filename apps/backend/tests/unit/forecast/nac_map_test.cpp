// Products held against the map layer.

#include "forecast/freshness.hpp"
#include "forecast/providers/nac/cross_check.hpp"
#include "forecast/providers/nac/product.hpp"
#include "forecast/rating.hpp"

#include "fixtures.hpp"
#include <gtest/gtest.h>

namespace {

using forecast::CellRating;
using forecast::DangerLevel;
using forecast::RatingTable;
using forecast::providers::hold_against_map;
using forecast::providers::NacMapZone;
using forecast::providers::off_season_summary;

/// A product of BTAC/togwotee-pass with the given members besides id, type, time and zone.
forecast::Forecast product(const std::string& members) {
  forecast::providers::NacContext context;
  context.provider = "avalanche.org";
  context.center_id = "BTAC";
  context.time_zone = "America/Denver";
  const std::string head =
      R"({"id":1,"product_type":"forecast","published_time":"2026-02-25T14:05:00+00:00",)"
      R"("forecast_zone":[{"id":7,"name":"Togwotee Pass","zone_id":"1"}])";
  return forecast::providers::parse_nac_products(head + members + "}", context).forecasts.at(0);
}

NacMapZone map_zone(const char* name, std::optional<int> level, const char* starts_at) {
  NacMapZone zone;
  zone.zone.key = std::string("BTAC/") + name;
  zone.danger = "high";
  zone.danger_level = level;
  zone.starts_at = fixtures::time(starts_at);
  return zone;
}

CellRating held_against(const NacMapZone& zone, const char* day = "2026-02-25") {
  auto forecast = product(
      R"(,"expires_time":"2026-02-27T14:00:00+00:00","danger":[{"valid_day":"current","upper":3,"middle":2,"lower":1},)"
      R"({"valid_day":"tomorrow","upper":1,"middle":1,"lower":1}])");
  hold_against_map(forecast, std::vector{zone});
  forecast::BandHeights heights;
  heights.upper_begins = forecast::HeightRange{2500, 2500};
  heights.middle_begins = forecast::HeightRange{2000, 2000};
  return RatingTable::build(forecast, fixtures::day(day), heights).at(1500, 0);
}

TEST(NacMap, ADangerAboveEveryBandIsAConflictAndCounts) {
  const auto raised = held_against(map_zone("togwotee-pass", 4, "2026-02-25T14:05:00Z"));
  EXPECT_EQ(raised.level, DangerLevel::high);
  EXPECT_TRUE(raised.conflicting);
  const auto tomorrow = held_against(map_zone("togwotee-pass", 4, "2026-02-25T14:05:00Z"), "2026-02-26");
  EXPECT_EQ(tomorrow.level, DangerLevel::low) << "the map speaks of the current day";
}

TEST(NacMap, ADangerWithinTheBandsOfAnotherZoneOrOfAnEarlierIssueChangesNothing) {
  for (const auto& zone :
       {map_zone("togwotee-pass", 3, "2026-02-25T14:05:00Z"),
        map_zone("togwotee-pass", std::nullopt, "2026-02-25T14:05:00Z"),
        map_zone("teton", 5, "2026-02-25T14:05:00Z"), map_zone("togwotee-pass", 5, "2026-02-24T14:05:00Z")}) {
    const auto cell = held_against(zone);
    EXPECT_EQ(cell.level, DangerLevel::low);
    EXPECT_FALSE(cell.conflicting);
  }
}

TEST(NacMap, OffSeasonIsThatStateWhateverTheProductSays) {
  auto zone = map_zone("togwotee-pass", std::nullopt, "2026-02-25T14:05:00Z");
  zone.off_season = true;
  auto forecast = product(R"(,"danger":[{"valid_day":"current","upper":1,"middle":1,"lower":1}])");
  hold_against_map(forecast, std::vector{zone});
  EXPECT_EQ(freshness(forecast, forecast.issued_at), forecast::Freshness::off_season);

  const auto alone = off_season_summary(zone, fixtures::time("2026-06-01T00:00:00Z"));
  EXPECT_EQ(alone.zones, std::vector{zone.zone.key});
  EXPECT_EQ(freshness(alone, fixtures::time("2026-09-01T00:00:00Z")), forecast::Freshness::off_season);
}

}  // namespace
