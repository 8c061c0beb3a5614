#include "api/route_input.hpp"

#include "core/error.hpp"

#include <gtest/gtest.h>

#include <string>

namespace api {
namespace {

http::Request request(std::string type, std::string body, std::string target = "/") {
  http::RequestParts parts;
  parts.method = "POST";
  parts.target = std::move(target);
  parts.headers = {{"Content-Type", std::move(type)}};
  parts.body = std::move(body);
  return http::make_request(parts);
}

std::string code_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const core::Error& error) {
    return error.code();
  }
  return "";
}

std::vector<std::string> faults_of(std::string body) {
  try {
    read_what_if(request("application/json", std::move(body)));
  } catch (const core::Error& error) {
    std::vector<std::string> paths;
    for (const auto& fault : error.fields()) paths.push_back(fault.path);
    return paths;
  }
  return {};
}

TEST(UploadedLine, ReadsGeoJsonAndGpxByTheirType) {
  const std::string json = R"({"type":"Feature","id":"01a20aba-9610-7000-ac82-5f293ae8336c",
    "properties":{"name":"Tour"},"geometry":{"type":"LineString","coordinates":[[11,47],[11.1,47.1]]}})";
  const auto feature = read_uploaded_line(request("application/geo+json; charset=utf-8", json));
  EXPECT_EQ(feature.line.name, "Tour");
  EXPECT_TRUE(feature.id);
  const auto gpx = read_uploaded_line(request(
      "application/gpx+xml",
      R"(<gpx><trk><name>T</name><trkseg><trkpt lat="47" lon="11"/><trkpt lat="47.1" lon="11"/></trkseg></trk></gpx>)"));
  EXPECT_EQ(gpx.line.points.size(), 2u);
  EXPECT_EQ(code_of([&] { read_uploaded_line(request("text/plain", json)); }), "unsupported_media_type");
}

TEST(UploadedLine, RefusesAnIdThatIsNoUuidAndANameThatIsTooLong) {
  const auto with = [](const std::string& id, const std::string& name) {
    return R"({"type":"Feature","id":")" + id + R"(","properties":{"name":")" + name +
           R"("},"geometry":{"type":"LineString","coordinates":[[11,47],[11.1,47.1]]}})";
  };
  EXPECT_EQ(code_of([&] { read_uploaded_line(request("application/json", with("7", "x"))); }),
            "validation_failed");
  EXPECT_EQ(code_of([&] {
              read_uploaded_line(request(
                  "application/json", with("01a20aba-9610-7000-ac82-5f293ae8336c", std::string(201, 'x'))));
            }),
            "validation_failed");
}

TEST(UploadedLine, SimplifiesARecordedTrackThatIsTooLongToStore) {
  std::string body = R"({"type":"LineString","coordinates":[)";
  for (int i = 0; i < 30000; ++i) {
    body += (i == 0 ? "[11," : ",[11,") + std::to_string(47 + i * 1e-6) + "]";
  }
  const auto uploaded = read_uploaded_line(request("application/json", body + "]}"));
  EXPECT_LE(uploaded.line.points.size(), 20000u);
  EXPECT_GE(uploaded.line.points.size(), 2u);
}

TEST(WhatIf, ReadsALevelOrBands) {
  EXPECT_EQ(read_what_if(request("application/json", R"({"level":"scary_moderate"})")).level,
            grading::Level::scary_moderate);
  const auto banded = read_what_if(
      request("application/json",
              R"({"bands":{"upper":"high","lower":null},"heights":{"upperBeginsM":2400,"middleBeginsM":2000},
          "problems":[{"type":"wind_slab","aspects":["N","NE"],"fromM":2000}]})"));
  EXPECT_EQ(banded.bands[0], forecast::DangerLevel::high);
  EXPECT_EQ(banded.bands[2], std::nullopt);
  ASSERT_EQ(banded.problems.size(), 1u);
  EXPECT_EQ(banded.problems[0].where.aspects, 0b11);
}

TEST(WhatIf, NamesEveryFaultAtItsPlace) {
  EXPECT_EQ(faults_of(R"({"level":"severe","extra":1})"), (std::vector<std::string>{"extra", "level"}));
  EXPECT_EQ(faults_of(R"({"bands":{"upper":"big"},"heights":{"upperBeginsM":99999}})"),
            (std::vector<std::string>{"bands.upper", "heights.upperBeginsM"}));
  EXPECT_EQ(faults_of(R"({"level":"high","problems":[{"type":"x","aspects":["UP"]}]})"),
            (std::vector<std::string>{"problems[0].type", "problems[0].aspects[0]"}));
}

TEST(WhatIf, AnswersAFloodOfFaultsWithFew) {
  std::string aspects = "0";
  for (int i = 0; i < 5000; ++i) aspects += ",0";
  const auto faults =
      faults_of(R"({"level":"high","problems":[{"type":"wind_slab","aspects":[)" + aspects + "]}]}");
  EXPECT_FALSE(faults.empty());
  EXPECT_LE(faults.size(), 32u);
}

TEST(WhatIf, AcceptsThirtyTwoProblems) {
  const auto with = [](int count) {
    std::string problems = R"({"type":"wind_slab"})";
    for (int i = 1; i < count; ++i) problems += R"(,{"type":"wind_slab"})";
    return R"({"level":"high","problems":[)" + problems + "]}";
  };
  EXPECT_TRUE(faults_of(with(32)).empty());
  EXPECT_EQ(faults_of(with(33)), std::vector<std::string>{"problems"});
}

TEST(Position, IsReadStrictly) {
  const auto place = read_position(request("", "", "/x?lat=47.5&lon=-11"));
  EXPECT_EQ(place.lat_deg, 47.5);
  EXPECT_EQ(place.lon_deg, -11);
  for (const auto* target :
       {"/x", "/x?lat=91&lon=0", "/x?lat=1x&lon=0", "/x?lat=nan&lon=0", "/x?lat=&lon=0"}) {
    EXPECT_EQ(code_of([&] { read_position(request("", "", target)); }), "validation_failed") << target;
  }
}

}  // namespace
}  // namespace api
