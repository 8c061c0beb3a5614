#include "core/error.hpp"
#include "forecast/providers/nac/center.hpp"

#include <gtest/gtest.h>

namespace {

using forecast::HeightRange;
using forecast::providers::band_heights_from_text;
using forecast::providers::parse_nac_center;

TEST(NacCenter, HeightsComeFromTheBandTexts) {
  const struct {
    const char* upper;
    const char* middle;
    const char* lower;
    std::optional<HeightRange> upper_begins;
    std::optional<HeightRange> middle_begins;
  } cases[] = {
      {"Above 8,500 ft.", "7,500 to 8,500 ft.", "Below 7,500 ft.", HeightRange{2590, 2591},
       HeightRange{2286, 2286}},
      {"Alpine Above 2,500'", "", "", HeightRange{762, 762}, std::nullopt},
      {"Above Treeline", "Near Treeline", "Below Treeline", std::nullopt, std::nullopt},
      {"Above 9500 ft", "8,000-9,000 ft", "Below 8000 feet", HeightRange{2743, 2896},
       HeightRange{2438, 2439}},
      {"2000 m and up", "1500-2000m", "below 1500 m", HeightRange{2000, 2000}, HeightRange{1500, 1500}},
      {"Above 8500", "", "", std::nullopt, std::nullopt},
      {"Zone 3 ft", "24 hours", "", std::nullopt, std::nullopt},
  };
  for (const auto& c : cases) {
    const auto heights = band_heights_from_text(c.upper, c.middle, c.lower);
    EXPECT_EQ(heights.upper_begins, c.upper_begins) << c.upper;
    EXPECT_EQ(heights.middle_begins, c.middle_begins) << c.lower;
    EXPECT_EQ(heights.source, c.upper_begins || c.middle_begins ? "feed" : "") << c.upper;
  }
}

TEST(NacCenter, ReadsWhatIsThere) {
  const auto center = parse_nac_center(
      R"({"id":"NWAC","name":"Northwest Avalanche Center","timezone":"America/Los_Angeles",)"
      R"("config":{"expires_time":18.5},"zones":[{"id":1657,"name":"Mt Hood","zone_id":"10","config":)"
      R"({"elevation_band_names":{"upper":"Above Treeline<br>Above 6,000 ft.","middle":"","lower":null}}},{"id":3}]})");

  EXPECT_EQ(center.time_zone, "America/Los_Angeles");
  EXPECT_EQ(center.expires_hour_local, 18.5);
  ASSERT_EQ(center.zones.size(), 2U);
  EXPECT_EQ(center.zones[0].key, "NWAC/mt-hood");
  EXPECT_EQ(center.zones[0].band_text[0], "Above Treeline\nAbove 6,000 ft.");
  EXPECT_EQ(center.zones[0].heights.upper_begins, (HeightRange{1828, 1829}));
  EXPECT_EQ(center.drift.size(), 1U);
}

TEST(NacCenter, MissingPartsAreNoFault) {
  const auto center = parse_nac_center(R"({"config":null,"zones":null})");

  EXPECT_EQ(center.expires_hour_local, std::nullopt);
  EXPECT_TRUE(center.zones.empty());
  EXPECT_EQ(parse_nac_center(R"({"config":{"expires_time":31}})").expires_hour_local, std::nullopt);
  EXPECT_THROW(parse_nac_center("[]"), core::Error);
}

}  // namespace
