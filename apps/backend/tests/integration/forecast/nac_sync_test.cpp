#include "sync_fixture.hpp"
#include <gtest/gtest.h>

#include <algorithm>

namespace {

using forecast::DangerLevel;
using forecast::Freshness;

class NacSyncTest : public sync_fixture::SyncTestBase {
 protected:
  NacSyncTest() {
    feed_.provider = "avalanche.org";
    feed_.kind = forecast::FeedKind::nac;
    feed_.base_url = "http://nac.test";
    feed_.regions = {"NWAC"};
    feed_.attribution = "NWAC";
    provider_.pages[kBase + "/products/map-layer/NWAC"] = {
        200,
        R"({"type":"FeatureCollection","features":[{"type":"Feature","id":1657,"properties":{"name":"Mt Hood",)"
        R"("center":"Northwest Avalanche Center","center_id":"NWAC","timezone":"America/Los_Angeles",)"
        R"("off_season":false,"danger":"high","danger_level":4,"start_date":null,"end_date":null,)"
        R"("travel_advice":"Advice","link":"https://nwac.us","warning":{"product":null}},"geometry":{"type":"Polygon",)"
        R"("coordinates":[[[-122,45],[-121,45],[-121,46],[-122,46],[-122,45]]]}}]})",
        ""};
    provider_.pages[kProduct] = {
        200,
        R"({"id":5,"product_type":"forecast","published_time":"2026-01-12T02:00:00+00:00","expires_time":null,)"
        R"("forecast_zone":[{"id":1657,"name":"Mt Hood","zone_id":"10"}],"danger":[{"valid_day":"current","upper":4,)"
        R"("middle":3,"lower":2}],"forecast_avalanche_problems":[]})",
        ""};
    provider_.pages[kBase + "/product?type=warning&center_id=NWAC&zone_id=1657"] = {
        200, R"({"avalanche_center":null,"published_time":null,"expires_time":null})", ""};
  }

  const std::string kBase = "http://nac.test/v2/public";
  const std::string kProduct = kBase + "/product?type=forecast&center_id=NWAC&zone_id=1657";
  const std::string kCenter = kBase + "/avalanche-center/NWAC";
  const geo::LonLat kHood{-121.7, 45.4};
};

TEST_F(NacSyncTest, ZonesProductsAndMetadataComeTogether) {
  provider_.pages[kCenter] = {
      200,
      R"({"id":"NWAC","timezone":"America/Los_Angeles","config":{"expires_time":18},"zones":[{"id":1657,)"
      R"("name":"Mt Hood","config":{"elevation_band_names":{"upper":"Above 6000 ft","lower":"Below 5000 ft"}}}]})",
      ""};
  const auto report = sync();

  EXPECT_TRUE(report.failures.empty());
  EXPECT_EQ(report.stored, 1);
  const auto here = conditions();
  const auto found = at(here, kHood);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].zone->key, "NWAC/mt-hood");
  EXPECT_EQ(found[0].forecast->forecast->expiry_source, forecast::ExpirySource::center_config);
  EXPECT_EQ(found[0].freshness, Freshness::current);
  EXPECT_EQ(found[0].table->at(1000, 0).level, DangerLevel::moderate);
  EXPECT_EQ(found[0].table->at(1700, 0).level, DangerLevel::considerable);
  EXPECT_EQ(found[0].table->at(2500, 0).level, DangerLevel::high);
}

TEST_F(NacSyncTest, WithoutMetadataTheHeightsAreUnknown) {
  const auto report = sync();

  EXPECT_EQ(report.failures.size(), 1U);
  const auto here = conditions();
  const auto found = at(here, kHood);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].forecast->forecast->expiry_source, forecast::ExpirySource::assumed_24h);
  EXPECT_EQ(found[0].table->at(1000, 0).level, DangerLevel::high);
  EXPECT_TRUE(found[0].table->at(1000, 0).height_uncertain);
}

TEST_F(NacSyncTest, AWorseMapLayerCountsForAProductThatHasNotChanged) {
  sync();
  EXPECT_FALSE(at(conditions(), kHood).at(0).table->at(1000, 0).conflicting);
  auto& layer = provider_.pages[kBase + "/products/map-layer/NWAC"].body;
  layer.replace(layer.find(R"("danger":"high","danger_level":4,"start_date":null)"), 50,
                R"("danger":"extreme","danger_level":5,"start_date":"2026-01-12T02:00:00")");
  sync();
  const auto here = conditions();
  const auto cell = at(here, kHood).at(0).table->at(1000, 0);
  EXPECT_EQ(cell.level, DangerLevel::extreme);
  EXPECT_TRUE(cell.conflicting);
}

TEST_F(NacSyncTest, OffSeasonOnTheMapIsThatStateWithAndWithoutAProduct) {
  auto& layer = provider_.pages[kBase + "/products/map-layer/NWAC"].body;
  layer.replace(layer.find("false"), 5, "true");
  sync();
  EXPECT_EQ(at(conditions(), kHood).at(0).freshness, Freshness::off_season);
  provider_.pages.erase(kProduct);
  sync();
  EXPECT_EQ(at(conditions(), kHood).at(0).freshness, Freshness::off_season);
}

TEST_F(NacSyncTest, AnUnchangedMapLayerStillNamesTheZonesToAsk) {
  sync();
  provider_.asked.clear();
  provider_.pages[kBase + "/products/map-layer/NWAC"].status = 500;

  const auto report = sync();

  EXPECT_EQ(report.failures.size(), 2U) << "the map layer, and the centre that was never there";
  EXPECT_NE(std::find(provider_.asked.begin(), provider_.asked.end(), kProduct), provider_.asked.end());
}

}  // namespace
