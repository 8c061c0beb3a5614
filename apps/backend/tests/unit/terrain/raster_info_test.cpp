#include "terrain/raster_info.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

namespace {

using namespace terrain;

std::string gdalinfo(const std::string& transform, const std::string& band,
                     const std::string& size = "[30,20]") {
  return R"({"driverShortName":"GTiff","size":)" + size +
         R"(,"coordinateSystem":{"wkt":"W"},"geoTransform":)" + transform + R"(,"bands":[)" + band + "]}";
}
constexpr const char* kNorthUp = "[500000,10,0,5200000,0,-12]";

struct Reading {
  std::optional<RasterInfo> info;
  std::vector<core::FieldError> faults;
  std::string code() const { return faults.empty() ? "" : faults.front().code; }
};
Reading read(const std::string& json) {
  Reading reading;
  reading.info = read_gdalinfo(json, "inputs[0]", reading.faults);
  return reading;
}

TEST(RasterInfo, ReadsWhatGdalSays) {
  const auto reading = read(
      gdalinfo(kNorthUp, R"({"type":"Int16","noDataValue":-32768,"scale":0.1,"offset":-10,"unit":"ft"})"));
  ASSERT_TRUE(reading.info.has_value());
  EXPECT_EQ(reading.info->frame, (GridFrame{500'000, 5'200'000, 10, 12, 30, 20}));
  EXPECT_EQ(reading.info->wkt, "W");
  EXPECT_EQ(reading.info->type, "Int16");
  EXPECT_EQ(reading.info->nodata, -32768);
  EXPECT_EQ(reading.info->scale, 0.1);
  EXPECT_EQ(reading.info->offset, -10);
  EXPECT_EQ(reading.info->unit, VerticalUnit::foot);
}

TEST(RasterInfo, NodataMayBeNoNumber) {
  const auto nodata = [](const std::string& value) {
    return *read(gdalinfo(kNorthUp, R"({"type":"Float32","noDataValue":)" + value + "}")).info->nodata;
  };
  EXPECT_TRUE(std::isnan(nodata("\"nan\"")));
  EXPECT_TRUE(std::isinf(nodata("\"-inf\"")));
  EXPECT_EQ(read(gdalinfo(kNorthUp, R"({"type":"Float32"})")).info->nodata, std::nullopt);
}

TEST(RasterInfo, NamesEachFault) {
  const std::string band = R"({"type":"Float32"})";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {gdalinfo("[0,10,2,0,0,-10]", band), "rotated"},
      {gdalinfo("[0,10,0,0,-3,-10]", band), "rotated"},
      {gdalinfo("[0,10,0,0,0,10]", band), "not_north_up"},
      {gdalinfo("[0,-10,0,0,0,-10]", band), "not_north_up"},
      {gdalinfo("null", band), "no_georeference"},
      {gdalinfo(kNorthUp, band, "[0,20]"), "size"},
      {gdalinfo(kNorthUp, band + "," + band), "bands"},
      {gdalinfo(kNorthUp, ""), "bands"},
      {gdalinfo(kNorthUp, R"({"type":"CFloat32"})"), "type"},
      {gdalinfo(kNorthUp, R"({"type":"Byte","colorTable":{"count":2}})"), "type"},
      {gdalinfo(kNorthUp, R"({"type":"Float32","mask":{"flags":["PER_DATASET"]}})"), "mask"},
      {gdalinfo(kNorthUp, R"({"type":"Float32","unit":"furlong"})"), "unit"},
  };
  for (const auto& [json, code] : cases) {
    const auto reading = read(json);
    EXPECT_FALSE(reading.info.has_value()) << json;
    EXPECT_EQ(reading.code(), code) << json;
    EXPECT_EQ(reading.faults.front().path, "inputs[0]");
  }
  EXPECT_EQ(read(gdalinfo("null", "")).faults.size(), 2U) << "faults are collected";
}

TEST(VerticalUnits, AreReadAsPeopleWriteThem) {
  for (const char* text : {"m", "metre", "Meters", "METRE"})
    EXPECT_EQ(parse_vertical_unit(text), VerticalUnit::metre);
  for (const char* text : {"ft", "feet", "Foot"}) EXPECT_EQ(parse_vertical_unit(text), VerticalUnit::foot);
  for (const char* text : {"us-ft", "ftUS", "US survey foot", "us_survey_foot"}) {
    EXPECT_EQ(parse_vertical_unit(text), VerticalUnit::us_survey_foot) << text;
  }
  EXPECT_EQ(parse_vertical_unit("furlong"), std::nullopt);
  EXPECT_DOUBLE_EQ(metres_per(VerticalUnit::us_survey_foot), 0.30480060960121920);
}

}  // namespace
