#include "geo/geojson.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace geo {
namespace {

Line read_line(const std::string& text) {
  const auto document = core::JsonDocument::parse(text, kGeoJsonLimits);
  return line_from_geojson(document.root());
}

std::vector<core::FieldError> faults_of(const std::string& text) {
  try {
    read_line(text);
  } catch (const core::Error& error) {
    EXPECT_EQ(error.code(), "geojson.invalid");
    return error.fields();
  }
  ADD_FAILURE() << "accepted: " << text;
  return {};
}

MultiPolygon read_shape(const std::string& text) {
  const auto document = core::JsonDocument::parse(text, kGeoJsonLimits);
  return multi_polygon_from_geojson(document.root());
}

const std::string kLine = R"({"type":"LineString","coordinates":[[11,47,2000],[11.1,47.1]]})";

TEST(GeoJson, ReadsALineInEveryWrapping) {
  const std::string feature = R"({"type":"Feature","properties":{"name":"Ridge"},"geometry":)" + kLine + "}";
  const std::string point =
      R"({"type":"Feature","properties":null,"geometry":{"type":"Point","coordinates":[1,2]}})";
  const std::vector<LonLat> points = {{11, 47}, {11.1, 47.1}};

  EXPECT_EQ(read_line(kLine).points, points);
  EXPECT_EQ(read_line(feature), (Line{points, {}, "Ridge"}));
  EXPECT_EQ(read_line(R"({"type":"FeatureCollection","features":[)" + point + "," + feature + "]}").name,
            "Ridge");
}

TEST(GeoJson, JoinsPartsByTheGapRule) {
  const auto line = read_line(
      R"({"type":"MultiLineString","coordinates":[[[11,47],[11.01,47]],[],[[11.01,47.0001],[11.02,47]],[[11.1,47],[11.2,47]]]})");
  EXPECT_EQ(line.points.size(), 6u);
  EXPECT_EQ(line.gap_legs, (std::vector<std::uint32_t>{3}));
}

TEST(GeoJson, NamesWhatIsWrong) {
  struct Case {
    std::string text;
    std::string path;
    std::string code;
  };
  for (const auto& test : std::vector<Case>{
           {"5", "type", "no_line"},
           {R"({"type":"Point","coordinates":[1,2]})", "type", "no_line"},
           {R"({"type":"LineString"})", "geometry.coordinates", "wrong_type"},
           {R"({"type":"LineString","coordinates":[[1,2],[3]]})", "geometry.coordinates[1]", "wrong_type"},
           {R"({"type":"LineString","coordinates":[[1,2],["3",4]]})", "geometry.coordinates[1]",
            "wrong_type"},
           {R"({"type":"LineString","coordinates":[[1,2],[3,95]]})", "geometry.coordinates[1].lat",
            "out_of_range"},
           {R"({"type":"LineString","coordinates":[[1,2],[1,2]]})", "geometry.coordinates", "too_few"},
           {R"({"type":"MultiLineString","coordinates":[5]})", "geometry.coordinates[0]", "wrong_type"},
           {R"({"type":"MultiLineString","coordinates":5})", "geometry.coordinates", "wrong_type"},
           {R"({"type":"FeatureCollection","features":[]})", "features", "no_line"},
           {R"({"type":"FeatureCollection"})", "type", "wrong_type"},
           {R"({"type":"FeatureCollection","features":[{"type":"Feature","geometry":)" + kLine +
                R"(},{"type":"Feature","geometry":)" + kLine + "}]}",
            "features", "several_lines"},
       }) {
    const auto faults = faults_of(test.text);
    ASSERT_EQ(faults.size(), 1u) << test.text;
    EXPECT_EQ(faults[0].path, test.path) << test.text;
    EXPECT_EQ(faults[0].code, test.code) << test.text;
  }
  const auto swapped = faults_of(R"({"type":"LineString","coordinates":[[47,111],[47.1,111]]})");
  ASSERT_EQ(swapped.size(), 2u);
  EXPECT_THAT(swapped[0].message, testing::HasSubstr("swapped"));
}

TEST(GeoJson, LimitsPointsAndFeatures) {
  const auto document = core::JsonDocument::parse(kLine);
  EXPECT_NO_THROW(line_from_geojson(document.root(), 2));
  EXPECT_THROW(line_from_geojson(document.root(), 1), core::Error);

  std::string many = R"({"type":"FeatureCollection","features":[)";
  for (std::size_t i = 0; i < kMaxFeatures; ++i) many += "{},";
  const auto just = core::JsonDocument::parse(many + "{}]}", kGeoJsonLimits);
  EXPECT_THROW(features_of(just.root()), core::Error);
}

TEST(GeoJson, ReadsPolygonsAndClosesRings) {
  const auto shape =
      read_shape(R"({"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,4],[0,0]],[[1,1],[1,3],[3,3]]]})");
  ASSERT_EQ(shape.parts.size(), 1u);
  EXPECT_EQ(shape.parts[0].outer.size(), 5u);
  ASSERT_EQ(shape.parts[0].holes.size(), 1u);
  EXPECT_EQ(shape.parts[0].holes[0].size(), 4u);
  EXPECT_EQ(shape.parts[0].holes[0].front(), shape.parts[0].holes[0].back());

  const auto several = read_shape(
      R"({"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[0,1],[0,0]]],[[[5,5],[6,5],[5,6],[5,5]]]]})");
  EXPECT_EQ(several.parts.size(), 2u);
}

TEST(GeoJson, RefusesWhatIsNoArea) {
  for (const auto* text :
       {R"({"type":"Polygon","coordinates":[]})", R"({"type":"Polygon"})",
        R"({"type":"Polygon","coordinates":[[[0,0],[1,0],[0,0]]]})",
        R"({"type":"Polygon","coordinates":[[]]})", R"({"type":"MultiPolygon","coordinates":[]})",
        R"({"type":"Polygon","coordinates":[[[0,0],[1,0],[0,95],[0,0]]]})",
        R"({"type":"LineString","coordinates":[[0,0],[1,0]]})", "null"}) {
    EXPECT_THROW(read_shape(text), core::Error) << text;
  }
}

TEST(GeoJson, WrittenLinesReadBackEqual) {
  const Line line{
      {{11, 47}, {11.0000001, 47.5}, {11.6, 47.5}, {12.6, 47.5}, {12.7, 47.5}}, {1, 2}, "A \"b\""};
  core::JsonWriter out;
  write_geojson_feature(out, line);
  EXPECT_EQ(read_line(out.str()), line);

  core::JsonWriter plain;
  write_geojson_geometry(plain, {{{11, 47.5}, {12, 47}}, {}, ""});
  EXPECT_EQ(plain.str(), R"({"type":"LineString","coordinates":[[11,47.5],[12,47]]})");
}

}  // namespace
}  // namespace geo
