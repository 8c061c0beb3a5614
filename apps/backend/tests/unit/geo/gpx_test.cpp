#include "geo/gpx.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace geo {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string gpx(const std::string& content) { return "<gpx version=\"1.1\">" + content + "</gpx>"; }

std::string track(const std::string& points) { return gpx("<trk><trkseg>" + points + "</trkseg></trk>"); }

std::string point(const std::string& lat, const std::string& lon, const std::string& content = "") {
  return "<trkpt lat=\"" + lat + "\" lon=\"" + lon + "\">" + content + "</trkpt>";
}

std::string code_of(const std::string& bytes, const GpxLimits& limits = {}) {
  try {
    read_gpx(bytes, limits);
  } catch (const core::Error& error) {
    return error.code();
  }
  return "accepted";
}

std::string as_utf16le(const std::string& ascii) {
  std::string out = "\xFF\xFE";
  for (const char c : ascii) {
    out += c;
    out += '\0';
  }
  return out;
}

TEST(Gpx, ReadsPointsWithElevationAndTime) {
  const auto file = read_gpx(
      "<?xml version=\"1.0\"?><gpx "
      "xmlns=\"http://www.topografix.com/GPX/1/1\"><metadata><name>File</name></metadata>"
      "<trk><name> <![CDATA[North & South]]> </name><trkseg>" +
      point("47.5", "11.25", "<ele> 2010.5 </ele><time>2026-01-02T03:04:05.678Z</time>") +
      point("+47.6", "-11.3", "<ele/><time></time>") +
      "</trkseg></trk><rte><name>R</name><rtept lat='1' lon='2'/></rte><wpt lat='1' "
      "lon='2'><name>w</name></wpt></gpx>");

  EXPECT_EQ(file.name, "File");
  ASSERT_EQ(file.tracks.size(), 1u);
  EXPECT_EQ(file.tracks[0].name, "North & South");
  ASSERT_EQ(file.tracks[0].point_count(), 2u);
  const auto& points = file.tracks[0].segments[0].points;
  EXPECT_EQ(points[0].at, (LonLat{11.25, 47.5}));
  EXPECT_EQ(points[0].elevation_m, 2010.5);
  EXPECT_EQ(points[0].time, core::parse_time("2026-01-02T03:04:05.678Z"));
  EXPECT_EQ(points[1].at, (LonLat{-11.3, 47.6}));
  EXPECT_FALSE(points[1].elevation_m.has_value());
  EXPECT_FALSE(points[1].time.has_value());
  ASSERT_EQ(file.routes.size(), 1u);
  EXPECT_EQ(file.routes[0].name, "R");
  EXPECT_EQ(file.waypoint_count, 1u);
  EXPECT_EQ(file.unreadable_values, 0u);
}

TEST(Gpx, ReadsOtherEncodings) {
  const std::string text = gpx("<trk><name>n</name></trk>");
  EXPECT_EQ(read_gpx("\xEF\xBB\xBF" + text).tracks.at(0).name, "n");
  EXPECT_EQ(read_gpx(as_utf16le(text)).tracks.at(0).name, "n");
  EXPECT_EQ(read_gpx("<?xml version='1.0' encoding='ISO-8859-1'?>" + gpx("<trk><name>\xFC</name></trk>"))
                .tracks.at(0)
                .name,
            "ü");
  EXPECT_EQ(code_of("<?xml version='1.0' encoding='EBCDIC'?>" + text), "gpx.malformed");
}

TEST(Gpx, SkipsForeignAndUnknownElements) {
  const auto file =
      read_gpx(gpx("<trk><extensions><trkseg><trkpt lat='99' lon='0'/></trkseg></extensions>"
                   "<x:trkseg><x:trkpt lat='99' lon='0'/></x:trkseg><trkseg>" +
                   point("1", "2", "<x:ele>5</x:ele><extensions><ele>6</ele></extensions><speed>3</speed>") +
                   "</trkseg></trk>"));
  ASSERT_EQ(file.tracks[0].point_count(), 1u);
  EXPECT_FALSE(file.tracks[0].segments[0].points[0].elevation_m.has_value());

  const auto prefixed =
      read_gpx("<g:gpx xmlns:g='x'><g:trk><g:trkseg><g:trkpt lat='1' lon='2'/></g:trkseg></g:trk></g:gpx>");
  EXPECT_EQ(prefixed.tracks.at(0).point_count(), 1u);
}

TEST(Gpx, CountsValuesItCannotRead) {
  const auto file = read_gpx(track(point("1", "2", "<ele>high</ele><time>yesterday</time>")));
  EXPECT_EQ(file.unreadable_values, 2u);
}

TEST(Gpx, RefusesWithAStableCode) {
  struct Case {
    std::string bytes;
    std::string code;
  };
  const std::string bomb = "<!DOCTYPE gpx [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;\">]>" +
                           gpx("<name>&b;</name>");
  for (const auto& test : std::vector<Case>{
           {"", "gpx.malformed"},
           {"not xml", "gpx.malformed"},
           {"<gpx><trk></gpx>", "gpx.malformed"},
           {"<gpx>", "gpx.malformed"},
           {gpx("&undefined;"), "gpx.malformed"},
           {gpx("") + gpx(""), "gpx.malformed"},
           {"<kml/>", "gpx.not_gpx"},
           {bomb, "gpx.doctype"},
           {"<!DOCTYPE gpx SYSTEM \"file:///etc/passwd\">" + gpx(""), "gpx.doctype"},
           {track(point("91", "0")), "gpx.invalid"},
           {track(point("nan", "0")), "gpx.invalid"},
           {track(point("inf", "0")), "gpx.invalid"},
           {track(point("0x1", "0")), "gpx.invalid"},
           {track(point("1,5", "0")), "gpx.invalid"},
           {track("<trkpt lat='1'/>"), "gpx.invalid"},
       }) {
    EXPECT_EQ(code_of(test.bytes), test.code) << test.bytes;
  }
}

TEST(Gpx, NamesEveryBadCoordinate) {
  try {
    read_gpx(gpx("<trk/><trk><trkseg/><trkseg>" + point("1", "2") + point("95", "181") +
                 "</trkseg></trk><rte><rtept lat='x' lon='0'/></rte>"));
    FAIL() << "accepted";
  } catch (const core::Error& error) {
    ASSERT_EQ(error.fields().size(), 3u);
    EXPECT_EQ(error.fields()[0].path, "tracks[1].segments[1].points[1].lon");
    EXPECT_EQ(error.fields()[1].path, "tracks[1].segments[1].points[1].lat");
    EXPECT_EQ(error.fields()[2].path, "routes[0].points[0].lat");
  }
}

TEST(Gpx, KeepsItsLimits) {
  std::string deep, deep_end;
  for (int i = 0; i < 31; ++i) {
    deep += "<x>";
    deep_end = "</x>" + deep_end;
  }
  EXPECT_EQ(code_of(gpx(deep + deep_end)), "accepted");
  EXPECT_EQ(code_of(gpx("<x>" + deep + deep_end + "</x>")), "gpx.limit");

  const std::string two = track(point("1", "2") + point("2", "2"));
  EXPECT_EQ(code_of(two, {.max_points = 2}), "accepted");
  EXPECT_EQ(code_of(two, {.max_points = 1}), "gpx.too_many_points");
  EXPECT_EQ(code_of(two, {.max_bytes = two.size() - 1}), "gpx.too_large");
  EXPECT_EQ(code_of(gpx("<wpt lat='1' lon='1'/><wpt lat='1' lon='1'/>"), {.max_points = 1}),
            "gpx.too_many_points");

  const std::string text(100, 'x');
  EXPECT_EQ(code_of(gpx("<desc>" + text + "</desc>"), {.max_text_bytes = 100}), "accepted");
  EXPECT_EQ(code_of(gpx("<desc>" + text + "x</desc>"), {.max_text_bytes = 100}), "gpx.limit");
  EXPECT_EQ(code_of("<gpx a='1' b='2' c='3'/>", {.max_attributes = 3}), "accepted");
  EXPECT_EQ(code_of("<gpx a='1' b='2' c='3'/>", {.max_attributes = 2}), "gpx.limit");
}

GpxFile file_with(std::vector<std::vector<LonLat>> segments) {
  GpxFile file;
  file.name = "file";
  file.tracks.emplace_back();
  for (const auto& points : segments) {
    auto& segment = file.tracks.back().segments.emplace_back();
    for (const auto at : points) segment.points.push_back({at, {}, {}});
  }
  return file;
}

TEST(Gpx, JoinsSegmentsAndMarksGaps) {
  // At 47° a step of 0.0004° of latitude is 44 m, one of 0.0005° is 56 m.
  const auto file = file_with({{{11, 47}, {11, 47}, {11, 47.001}},
                               {},
                               {{11, 47.0014}, {11, 47.002}},
                               {{11, 47.0025}},
                               {{11, 47.01}, {11, 47.02}}});
  const Line line = line_from_gpx(file);
  EXPECT_EQ(line.points.size(), 7u);
  EXPECT_EQ(line.gap_legs, (std::vector<std::uint32_t>{3, 4}));
  EXPECT_EQ(line.name, "file");
}

std::string refusal(const GpxFile& file) {
  try {
    line_from_gpx(file);
  } catch (const core::Error& error) {
    return error.code() + ": " + error.public_message();
  }
  return "accepted";
}

TEST(Gpx, TakesTheOnlyTrackOrRouteThatIsALine) {
  auto file = file_with({{{11, 47}, {11, 47}}});
  file.tracks.push_back(file_with({{{12, 47}, {12, 48}}}).tracks[0]);
  file.routes.push_back({"start", {{{14, 47}, {}, {}}}});
  EXPECT_EQ(line_from_gpx(file).points[0].lon_deg, 12);
  file.tracks.clear();
  file.routes.push_back({"route", {{{14, 47}, {}, {}}, {{14, 48}, {}, {}}}});
  EXPECT_EQ(line_from_gpx(file).points[0].lon_deg, 14);
  EXPECT_THROW(line_from_gpx({}), core::Error);
}

TEST(Gpx, RefusesToLeaveALineUnreadUnlessOneIsChosen) {
  auto file = file_with({{{11, 47}, {11, 47}}});
  file.tracks.push_back(file_with({{{12, 47}, {12, 48}}}).tracks[0]);
  file.tracks.push_back(file_with({{{13, 47}, {13, 48}}}).tracks[0]);
  file.tracks.back().name = "Descent";
  EXPECT_EQ(refusal(file),
            "gpx.several_lines: The GPX file holds 2 lines (track 2, track 3 \"Descent\"); exactly one is "
            "accepted: choose one of them.");
  file.tracks.pop_back();
  file.routes.push_back({"route", {{{14, 47}, {}, {}}, {{14, 48}, {}, {}}}});
  EXPECT_THAT(refusal(file), HasSubstr("(track 2, route 1 \"route\")"));

  EXPECT_EQ(line_from_gpx(file, {GpxSelection::Kind::track, 1}).points[0].lon_deg, 12);
  EXPECT_EQ(line_from_gpx(file, {GpxSelection::Kind::route, 0}).name, "route");
  EXPECT_THROW(line_from_gpx(file, {GpxSelection::Kind::track, 0}), core::Error);
  EXPECT_THROW(line_from_gpx(file, {GpxSelection::Kind::track, 2}), core::Error);
  EXPECT_THROW(line_from_gpx(file, {GpxSelection::Kind::route, 1}), core::Error);
}

TEST(Gpx, OneWayWrittenTwiceIsOneLine) {
  auto file = file_with({{{12, 47}, {12, 48}}});
  file.routes.push_back({"the same", {{{12, 47}, {}, {}}, {{12, 48}, {}, {}}}});
  EXPECT_EQ(line_from_gpx(file).points.size(), 2u);
  file.routes.back().points.back().at.lat_deg = 48.1;
  EXPECT_THAT(refusal(file), HasSubstr("gpx.several_lines"));
}

TEST(Gpx, WhatIsWrittenReadsBackEqual) {
  const Line line{
      {{11.4165, 47.2792}, {11.5, 47.3}, {11.6, 47.4}, {-0.1234567, 47.5}}, {0, 2}, "<A> & \"b\""};
  const std::string text = write_gpx(line, "Aspect & Avy");
  EXPECT_THAT(text, StartsWith("<?xml"));
  EXPECT_THAT(text, HasSubstr("creator=\"Aspect &amp; Avy\""));
  EXPECT_EQ(line_from_gpx(read_gpx(text)), line);
}

}  // namespace
}  // namespace geo
