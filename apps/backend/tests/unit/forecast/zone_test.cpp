#include "forecast/zone.hpp"

#include "core/error.hpp"
#include "forecast/height_book.hpp"
#include "forecast/providers/nac/map_layer.hpp"
#include "forecast/zone_index.hpp"

#include "fixtures.hpp"
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

namespace {

using forecast::HeightBook;
using forecast::HeightRange;
using forecast::ParsedZones;
using forecast::Zone;
using forecast::ZoneIndex;

const core::Day kDay = std::chrono::year(2026) / 1 / 12;

ParsedZones regions(const std::string& name) {
  return forecast::parse_eaws_regions(fixtures::read("eaws-regions/" + name), "albina", "Europe/Vienna");
}

geo::Ring box(double west, double south, double east, double north) {
  return {{west, south}, {east, south}, {east, north}, {west, north}, {west, south}};
}

Zone zone(const std::string& key, geo::Ring outer, std::vector<geo::Ring> holes = {}) {
  Zone made;
  made.key = key;
  made.shape.parts = {{std::move(outer), std::move(holes)}};
  return made;
}

std::set<std::string> keys_at(const ZoneIndex& index, geo::LonLat at) {
  std::set<std::string> keys;
  for (const auto i : index.zones_at(at)) keys.insert(index.zones()[i].key);
  return keys;
}

TEST(Zone, KeysFormATreeByHyphens) {
  using forecast::speaks_for;
  EXPECT_TRUE(speaks_for("AT-07-14", "AT-07-14-01"));
  EXPECT_TRUE(speaks_for("AT-07-14-01", "AT-07-14-01"));
  EXPECT_FALSE(speaks_for("AT-07-1", "AT-07-14-01"));
  EXPECT_FALSE(speaks_for("AT-07-14-01", "AT-07-14"));
  EXPECT_FALSE(speaks_for("NWAC/mt", "NWAC/mt-hood"));
  EXPECT_FALSE(speaks_for("", "AT"));
  EXPECT_EQ(forecast::keys_that_speak_for("AT-07-14-01"),
            (std::vector<std::string>{"AT-07-14-01", "AT-07-14", "AT-07", "AT"}));
  EXPECT_EQ(forecast::keys_that_speak_for("NWAC/mt-hood"), std::vector<std::string>{"NWAC/mt-hood"});
}

TEST(Zone, EveryRegionsFixtureIsRead) {
  SKIP_WITHOUT_FIXTURES();
  const struct {
    const char* name;
    std::size_t valid;
  } cases[] = {
      {"AT-03_micro-regions.geojson", 6}, {"AT-07_micro-regions.geojson", 40},
      {"AT-08_micro-regions.geojson", 9}, {"CH_micro-regions.geojson", 149},
      {"FR_micro-regions.geojson", 35},   {"IT-32-TN_micro-regions.geojson", 21},
  };
  for (const auto& c : cases) {
    const auto parsed = regions(c.name);
    EXPECT_TRUE(parsed.quarantined.empty()) << c.name;
    EXPECT_EQ(std::ranges::count_if(parsed.zones, [](const Zone& z) { return is_valid_on(z, kDay); }),
              static_cast<std::ptrdiff_t>(c.valid))
        << c.name;
  }
}

TEST(Zone, RegionsInAnotherProjectionAreQuarantinedOneByOne) {
  SKIP_WITHOUT_FIXTURES();
  const auto parsed = regions("micro_regions_elevation_a_simplified.geojson");

  EXPECT_TRUE(parsed.zones.empty());
  EXPECT_EQ(parsed.quarantined.size(), 6U);
}

TEST(Zone, ValidityIsHalfOpen) {
  Zone made;
  made.valid_from = kDay;
  made.valid_to = core::add_days(kDay, 2);
  EXPECT_FALSE(is_valid_on(made, core::add_days(kDay, -1)));
  EXPECT_TRUE(is_valid_on(made, kDay));
  EXPECT_TRUE(is_valid_on(made, core::add_days(kDay, 1)));
  EXPECT_FALSE(is_valid_on(made, core::add_days(kDay, 2)));
}

TEST(ZoneIndex, PlacesInTyrolResolve) {
  SKIP_WITHOUT_FIXTURES();
  const ZoneIndex index(regions("AT-07_micro-regions.geojson").zones, kDay);

  EXPECT_EQ(keys_at(index, {11.431, 47.300}), std::set<std::string>{"AT-07-04-01"});
  EXPECT_EQ(keys_at(index, {11.340, 47.047}).size(), 1U);
  EXPECT_EQ(keys_at(index, {11.673, 47.115}).size(), 1U);
  EXPECT_EQ(keys_at(index, {10.282, 47.129}).size(), 1U);
  EXPECT_TRUE(keys_at(index, {16.37, 48.21}).empty()) << "Vienna";
}

/// The index against the plain test, on random points and on the vertices, which lie on shared borders.
TEST(ZoneIndex, AgreesWithThePlainTestEverywhere) {
  SKIP_WITHOUT_FIXTURES();
  std::mt19937 random(3);
  for (const char* name : {"AT-07_micro-regions.geojson", "CH_micro-regions.geojson"}) {
    const auto zones = regions(name).zones;
    const ZoneIndex index(zones, kDay);
    geo::BoundingBox extent;
    std::vector<geo::LonLat> points;
    for (const Zone& z : zones) {
      const auto extent_of_zone = geo::bounding_box(z.shape);
      extent.extend({extent_of_zone.west_deg, extent_of_zone.south_deg});
      extent.extend({extent_of_zone.east_deg, extent_of_zone.north_deg});
      const auto& ring = z.shape.parts[0].outer;
      for (std::size_t i = 0; i + 1 < ring.size(); i += 61) {
        points.push_back(ring[i]);
        points.push_back(
            {(ring[i].lon_deg + ring[i + 1].lon_deg) / 2, (ring[i].lat_deg + ring[i + 1].lat_deg) / 2});
      }
    }
    std::uniform_real_distribution<double> lon(extent.west_deg, extent.east_deg);
    std::uniform_real_distribution<double> lat(extent.south_deg, extent.north_deg);
    for (int i = 0; i < 1500; ++i) points.push_back({lon(random), lat(random)});
    for (const geo::LonLat at : points) {
      std::vector<std::uint16_t> expected;
      for (std::size_t i = 0; i < zones.size(); ++i) {
        const bool inside = is_valid_on(zones[i], kDay) && geo::contains(zones[i].shape, at);
        if (inside) expected.push_back(static_cast<std::uint16_t>(i));
      }
      ASSERT_EQ(index.zones_at(at), expected) << at.lon_deg << " " << at.lat_deg;
    }
  }
}

TEST(ZoneIndex, HolesAreOutsideAndBordersBelongToBothSides) {
  const ZoneIndex index(
      {zone("ring", box(0, 0, 10, 10), {box(4, 4, 6, 6)}), zone("east", box(10, 0, 20, 10))}, kDay);

  EXPECT_EQ(keys_at(index, {2, 2}), std::set<std::string>{"ring"});
  EXPECT_TRUE(keys_at(index, {5, 5}).empty());
  EXPECT_EQ(keys_at(index, {4, 5}), std::set<std::string>{"ring"});
  EXPECT_EQ(keys_at(index, {10, 5}), (std::set<std::string>{"ring", "east"}));
  EXPECT_EQ(keys_at(index, {10, 10}), (std::set<std::string>{"ring", "east"}));
  EXPECT_EQ(keys_at(index, {20, 0}), std::set<std::string>{"east"});
  EXPECT_TRUE(keys_at(index, {20.0001, 5}).empty());
}

TEST(ZoneIndex, ZonesOutOfTheirTimeAreNotAnswered) {
  Zone old = zone("old", box(0, 0, 1, 1));
  old.valid_to = kDay;
  const ZoneIndex index({old, zone("new", box(0, 0, 1, 1))}, kDay);

  EXPECT_EQ(keys_at(index, {0.5, 0.5}), std::set<std::string>{"new"});
  EXPECT_TRUE(ZoneIndex({old}, kDay).zones_at({0.5, 0.5}).empty());
  EXPECT_TRUE(ZoneIndex().zones_at({0.5, 0.5}).empty());
}

TEST(NacMapLayer, NationalLayerIsReadWhole) {
  SKIP_WITHOUT_FIXTURES();
  const auto layer = forecast::providers::parse_nac_map_layer(
      fixtures::read("avalanche-org/map-layer_US_2025-12-28.geojson"), "avalanche.org");

  ASSERT_EQ(layer.zones.size(), 94U);
  EXPECT_TRUE(layer.quarantined.empty());
  EXPECT_TRUE(layer.drift.empty()) << layer.drift.front().path;
  EXPECT_EQ(std::ranges::count_if(layer.zones, [](const auto& z) { return z.zone.shape.parts.size() > 1; }),
            10);
  EXPECT_EQ(std::ranges::count_if(layer.zones, [](const auto& z) { return !z.danger_level; }), 22);
  std::set<std::string> keys;
  for (const auto& z : layer.zones) keys.insert(z.zone.key);
  EXPECT_EQ(keys.size(), 94U);
  const auto& first = layer.zones.at(0);
  EXPECT_EQ(first.zone.key, "BAC/bridgeport-avalanche-center");
  EXPECT_EQ(first.starts_at, fixtures::time("2025-12-28T15:00:00Z"));
  EXPECT_EQ(first.expires_at, fixtures::time("2025-12-29T14:30:00Z"));
  EXPECT_EQ(first.danger_level, 3);
}

TEST(NacMapLayer, NamelessZonesKeepDifferentKeys) {
  SKIP_WITHOUT_FIXTURES();
  for (const char* name :
       {"avalanche-org/map-layer_CAIC_2026-03-06.geojson", "avalanche-org/map-layer_UAC_2026-03.geojson"}) {
    const auto layer = forecast::providers::parse_nac_map_layer(fixtures::read(name), "avalanche.org");
    std::set<std::string> keys;
    for (const auto& z : layer.zones) keys.insert(z.zone.key);
    EXPECT_EQ(keys.size(), layer.zones.size()) << name;
    EXPECT_TRUE(layer.quarantined.empty()) << name;
  }
}

TEST(NacMapLayer, OneBadFeatureIsQuarantinedAlone) {
  const auto layer = forecast::providers::parse_nac_map_layer(
      R"({"type":"FeatureCollection","features":[{"type":"Feature","id":3},{"type":"Feature","id":4,)"
      R"("properties":{"name":"A","center_id":"C","timezone":"America/Denver","danger":"purple","danger_level":7},)"
      R"("geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}},{"type":"Feature","id":5,)"
      R"("properties":{"name":"B","center_id":"C","timezone":"America/Denver","danger":"low","danger_level":1},)"
      R"("geometry":null}]})",
      "avalanche.org");

  ASSERT_EQ(layer.zones.size(), 1U);
  EXPECT_EQ(layer.zones[0].danger_level, std::nullopt);
  EXPECT_EQ(layer.drift.size(), 2U);
  ASSERT_EQ(layer.quarantined.size(), 2U);
  EXPECT_EQ(layer.quarantined[0].reason, "has no name or no centre");
  EXPECT_EQ(layer.quarantined[1].product_id, "5");
}

TEST(HeightBook, OperatorOverFeedOverDefault) {
  const auto book = HeightBook::load(
      R"({"zones":[{"prefix":"AT-07-14","treelineM":[1900,2000]},{"prefix":"NWAC","upperBeginsM":[1800,1850]}]})");
  forecast::BandHeights feed;
  feed.upper_begins = HeightRange{1700, 1700};
  feed.middle_begins = HeightRange{1400, 1400};

  EXPECT_EQ(book.heights_for("AT-07-14-01").treeline, (HeightRange{1900, 2000}));
  EXPECT_EQ(book.heights_for("AT-07-14-01").source, "operator");
  EXPECT_EQ(book.heights_for("AT-07-15").treeline, (HeightRange{1600, 2300}));
  EXPECT_EQ(book.heights_for("AT-07-15").source, "default");
  EXPECT_EQ(book.heights_for("AT-02").treeline, (HeightRange{1500, 2300}));
  EXPECT_EQ(book.heights_for("ATX"), forecast::BandHeights{});
  EXPECT_EQ(book.heights_for("NWAC/mt-hood", feed).upper_begins, (HeightRange{1800, 1850}));
  EXPECT_EQ(book.heights_for("NWAC/mt-hood", feed).middle_begins, (HeightRange{1400, 1400}));
  EXPECT_EQ(HeightBook::load().heights_for("NWAC/mt-hood", feed).source, "feed");
}

TEST(HeightBook, EveryFaultOfTheOperatorsFileIsNamed) {
  try {
    HeightBook::load(R"({"zones":[{"treelineM":[2,1]},{"prefix":"A","upperBeginsM":[1]}]})");
    FAIL() << "was accepted";
  } catch (const core::Error& error) {
    ASSERT_EQ(error.fields().size(), 3U);
    EXPECT_EQ(error.fields()[0].path, "zones[0].prefix");
    EXPECT_EQ(error.fields()[1].path, "zones[0].treelineM");
    EXPECT_EQ(error.fields()[2].path, "zones[1].upperBeginsM");
  }
}

}  // namespace
