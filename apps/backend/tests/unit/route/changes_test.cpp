#include "route/changes.hpp"

#include "core/json.hpp"
#include "route/route_service.hpp"

#include <gtest/gtest.h>

namespace route {
namespace {

Compiled compiled(grading::Grade grade, double no_go_m, const char* forecast_id) {
  Compiled made;
  made.assessment.in_force.grade = grade;
  made.assessment.in_force.no_go_m = no_go_m;
  grading::CitedZone zone;
  zone.forecast_id = forecast_id;
  made.assessment.zones.push_back(zone);
  return made;
}

StoredAssessment stored(const Compiled& before) {
  StoredAssessment made;
  made.computed_at = *core::parse_time("2026-01-12T09:00:00Z");
  made.body = assessment_body(before);
  return made;
}

TEST(Changes, NameWhatDiffersAndNothingElse) {
  const auto text = describe_changes(stored(compiled(grading::Grade::orange, 20, "old")),
                                     compiled(grading::Grade::red, 120.4, "new"));
  const auto document = core::JsonDocument::parse(text);
  const auto root = document.root();
  EXPECT_EQ(root["gradeBefore"].string(), "orange");
  EXPECT_EQ(root["gradeNow"].string(), "red");
  EXPECT_EQ(root["forecastsBefore"].at(0).string(), "old");
  EXPECT_EQ(root["forecastsNow"].at(0).string(), "new");
  ASSERT_EQ(root["summary"].size(), 2u);
  EXPECT_EQ(root["summary"].at(0).string(), "Grade: orange → red");
  EXPECT_EQ(root["summary"].at(1).string(), "Inside no-go terrain: 20 m → 120 m");
}

TEST(Changes, ANewForecastMayChangeNothing) {
  const auto text = describe_changes(stored(compiled(grading::Grade::green, 0, "old")),
                                     compiled(grading::Grade::green, 0, "new"));
  EXPECT_EQ(core::JsonDocument::parse(text).root()["summary"].size(), 0u);
}

}  // namespace
}  // namespace route
