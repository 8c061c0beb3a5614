#include "app/demo_bulletin.hpp"

#include "core/json_writer.hpp"

#include <array>
#include <chrono>
#include <initializer_list>
#include <string_view>

namespace app {
namespace {

using namespace std::chrono;

constexpr hours kIssueHour{16};

core::Timestamp issue_time(core::Timestamp now) {
  const auto today = floor<days>(now) + kIssueHour;
  return core::Timestamp{now >= today ? today : today - days{1}};
}

void write_texts(core::JsonWriter& out, std::string_view name, std::string_view highlights,
                 std::string_view comment) {
  out.key(name).begin_object();
  out.field("highlights", highlights).field("comment", comment);
  out.end_object();
}

void write_problem(core::JsonWriter& out, std::string_view type,
                   std::initializer_list<std::string_view> aspects, std::string_view lower_bound_m,
                   int size) {
  out.begin_object();
  out.field("problemType", type);
  out.key("aspects").begin_array();
  for (const auto aspect : aspects) out.value(aspect);
  out.end_array();
  out.key("elevation").begin_object();
  if (!lower_bound_m.empty()) out.field("lowerBound", lower_bound_m);
  out.end_object();
  out.field("avalancheSize", size).field("snowpackStability", "poor").field("frequency", "some");
  out.field("validTimePeriod", "all_day");
  out.end_object();
}

}  // namespace

std::string demo_bulletin(core::Timestamp now) {
  const auto start = issue_time(now);
  const auto end = start + days{1};
  const core::Day main_day{floor<days>(end)};

  core::JsonWriter out(2048);
  out.begin_object().key("bulletins").begin_array().begin_object();
  out.field("bulletinID", "demo-" + core::format_day(main_day));
  out.field("lang", "en").field("publicationTime", core::format_utc(start)).field("unscheduled", false);
  out.key("validTime").begin_object();
  out.field("startTime", core::format_utc(start)).field("endTime", core::format_utc(end)).end_object();
  out.key("regions").begin_array().begin_object();
  out.field("regionID", kDemoRegion).field("name", "Demo Massif").end_object().end_array();
  out.key("dangerRatings").begin_array().begin_object();
  out.field("mainValue", "considerable").field("validTimePeriod", "all_day").end_object().end_array();
  out.key("avalancheProblems").begin_array();
  write_problem(out, "persistent_weak_layers", {"N", "NE", "E", "SE", "S", "SW", "W", "NW"}, "", 3);
  write_problem(out, "wind_slab", {"NW", "N", "NE", "E"}, "1800", 2);
  out.end_array();
  write_texts(out, "avalancheActivity", "A made-up bulletin for a made-up massif.",
              "Weak layers in the old snow can be released by one person on steep slopes of every aspect. "
              "This text is part of the demonstration and describes no real place.");
  write_texts(out, "travelAdvisory", "",
              "Choose gentle terrain and keep distance from steep slopes above you.");
  out.key("customData").begin_object().key("ALBINA").begin_object();
  out.field("mainDate", core::format_day(main_day)).end_object().end_object();
  out.end_object().end_array().end_object();
  return out.take();
}

std::string demo_zones(const geo::BoundingBox& extent) {
  const std::array<geo::LonLat, 5> ring = {{{extent.west_deg, extent.south_deg},
                                            {extent.east_deg, extent.south_deg},
                                            {extent.east_deg, extent.north_deg},
                                            {extent.west_deg, extent.north_deg},
                                            {extent.west_deg, extent.south_deg}}};
  core::JsonWriter out(1024);
  out.begin_object().field("type", "FeatureCollection").key("features").begin_array().begin_object();
  out.field("type", "Feature").key("properties").begin_object();
  out.field("id", kDemoRegion).field("name", "Demo Massif").field("start_date", "2020-01-01");
  out.key("end_date").null().end_object();
  out.key("geometry").begin_object().field("type", "Polygon").key("coordinates").begin_array().begin_array();
  for (const auto& corner : ring) {
    out.begin_array().fixed(corner.lon_deg, 7).fixed(corner.lat_deg, 7).end_array();
  }
  out.end_array().end_array().end_object();
  out.end_object().end_array().end_object();
  return out.take();
}

}  // namespace app
