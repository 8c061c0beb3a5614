#include "terrain/projection.hpp"

#include "core/error.hpp"
#include "terrain/ground_metric.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace {

using namespace terrain;

constexpr GridFrame kAlps{500'000, 5'250'000, 10, 10, 100, 100};

TEST(Projection, GoesThereAndBack) {
  const Projection utm(describe_crs("EPSG:32632", kAlps).pipeline);
  const PlanePoint middle = utm.forward({9, 47});
  EXPECT_NEAR(middle.x, 500'000, 1e-6);
  EXPECT_NEAR(middle.y, 0.9996 * 5'207'247.0, 0.1);  // the meridian arc from the equator to 47°
  const auto back = utm.inverse(middle);
  EXPECT_NEAR(back.lon_deg, 9, 1e-11);
  EXPECT_NEAR(back.lat_deg, 47, 1e-11);
}

TEST(Projection, GeographicWgs84NeedsNone) {
  const auto crs = describe_crs("EPSG:4326", {9, 48, 1.0 / 3600, 1.0 / 3600, 3600, 3600});
  EXPECT_TRUE(crs.geographic);
  const Projection projection(crs.pipeline);
  EXPECT_EQ(projection.forward({9.123, 47.456}).x, 9.123);
  EXPECT_EQ(projection.forward({9.123, 47.456}).y, 47.456);
}

TEST(Projection, PlacesThatCannotBeProjectedAreNotFinite) {
  const Projection utm(describe_crs("EPSG:32632", kAlps).pipeline);
  const PlanePoint pole = utm.forward({99, 0});
  EXPECT_FALSE(std::isfinite(pole.x));
  EXPECT_TRUE(std::isfinite(utm.forward({9, 47}).x)) << "a failure must not spoil the next answer";
}

TEST(Projection, ABrokenPipelineIsAnError) { EXPECT_THROW(Projection("+proj=nothing"), core::Error); }

TEST(Projection, TheDatumShiftOfAustriaIsARealOneAndAlwaysTheSame) {
  const GridFrame tyrol{272'768, 359'729, 5, 5, 526, 446};
  const auto crs = describe_crs("EPSG:31287", tyrol);
  EXPECT_EQ(crs.id, "EPSG:31287");
  ASSERT_TRUE(crs.pipeline_accuracy_m.has_value());
  EXPECT_LE(*crs.pipeline_accuracy_m, 5);
  EXPECT_NE(crs.pipeline.find("helmert"), std::string::npos) << crs.pipeline;
  EXPECT_EQ(describe_crs("EPSG:31287", tyrol).pipeline, crs.pipeline);
}

TEST(Projection, RefusesWhatIsNoMapCrs) {
  for (const char* definition : {"", "nonsense", "EPSG:1", "EPSG:5783", "EPSG:4978"}) {
    try {
      describe_crs(definition, kAlps);
      ADD_FAILURE() << definition;
    } catch (const core::Error& error) {
      EXPECT_EQ(error.code(), "terrain.crs") << definition;
    }
  }
}

TEST(Projection, CompoundCrsTellTheVerticalUnit) {
  EXPECT_EQ(describe_crs("EPSG:32632+5783", kAlps).vertical_unit, VerticalUnit::metre);
  EXPECT_EQ(describe_crs("EPSG:32611+6360", {500'000, 4'000'000, 10, 10, 9, 9}).vertical_unit,
            VerticalUnit::us_survey_foot);
  EXPECT_EQ(describe_crs("EPSG:32632+5783", kAlps).id, "EPSG:32632");
}

TEST(Bounds, EncloseTheGridAndRefuseImpossibleOnes) {
  const auto crs = describe_crs("EPSG:32632", kAlps);
  const Projection projection(crs.pipeline);
  const auto box = bounds_of(kAlps, projection);
  for (const double u : {0.0, 0.37, 1.0}) {
    const auto place = projection.inverse({kAlps.left_x + u * 1000, kAlps.top_y - 500});
    EXPECT_TRUE(box.contains(place));
  }
  const GridFrame wrapped{170, 48, 0.1, 0.1, 300, 10};
  EXPECT_THROW(bounds_of(wrapped, Projection(describe_crs("EPSG:4326", wrapped).pipeline)), core::Error);
}

TEST(GroundMetric, UtmInItsZoneIsTakenAsItIs) {
  const auto crs = describe_crs("EPSG:32632", kAlps);
  const auto table = GroundMetricTable::build(kAlps, crs, Projection(crs.pipeline));
  EXPECT_EQ(table.kind(), GroundMetric::grid);
  EXPECT_LT(table.scale_error(), 0.0005);
  EXPECT_EQ(table.at(3, 0).ex, plain_metric(10, 10).ex);
}

TEST(GroundMetric, GradsAreDegreesOfAnotherSize) {
  // EPSG:4807, NTF (Paris): longitudes and latitudes in grads.
  const GridFrame france{4, 50, 0.0001, 0.0001, 100, 100};
  const auto crs = describe_crs("EPSG:4807", france);
  EXPECT_NEAR(crs.degrees_per_unit, 0.9, 1e-12);
  const auto table = GroundMetricTable::build(france, crs, Projection(crs.pipeline));
  EXPECT_NEAR(1 / (8 * static_cast<double>(table.at(50, 0).sy)), 10.0, 0.02);
}

}  // namespace
