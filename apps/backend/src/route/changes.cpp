#include "route/changes.hpp"

#include "core/json.hpp"
#include "core/json_writer.hpp"
#include "grading/json.hpp"

#include <cmath>
#include <set>
#include <string_view>
#include <vector>

namespace route {
namespace {

using core::JsonView;

/// The facts of an assessment that people compare, read from its JSON so that old and new are read alike.
struct Facts {
  std::string grade;
  std::string highest_level;
  double no_go_m = 0;
  std::set<std::string> unknown_codes;
  std::set<std::string> forecasts;
  std::set<std::string> override_ids;
  std::set<std::string> overridden_zones;  ///< by name
};

std::string text_of(JsonView view, std::string_view fallback) {
  return std::string(view.string().value_or(fallback));
}

Facts facts_of(JsonView assessment) {
  Facts facts;
  const auto in_force = assessment["inForce"];
  facts.grade = text_of(in_force["grade"], "unknown");
  facts.highest_level = text_of(in_force["highestLevel"], "none");
  facts.no_go_m = in_force["noGoM"].number().value_or(0);
  const auto codes = in_force["unknownCodes"];
  for (std::size_t i = 0; i < codes.size(); ++i) facts.unknown_codes.insert(text_of(codes.at(i), ""));
  const auto zones = assessment["zones"];
  for (std::size_t i = 0; i < zones.size(); ++i) {
    const auto id = text_of(zones.at(i)["forecastId"], "");
    if (!id.empty()) facts.forecasts.insert(id);
    const auto override_id = text_of(zones.at(i)["overrideId"], "");
    if (override_id.empty()) continue;
    facts.override_ids.insert(override_id);
    facts.overridden_zones.insert(text_of(zones.at(i)["zoneName"], ""));
  }
  return facts;
}

std::string joined(const std::set<std::string>& texts) {
  std::string result;
  for (const auto& text : texts) result += (result.empty() ? "" : ", ") + text;
  return result.empty() ? "none" : result;
}

std::vector<std::string> summary_of(const Facts& before, const Facts& now) {
  std::vector<std::string> sentences;
  const auto differ = [&](std::string_view what, const std::string& was, const std::string& is) {
    if (was != is) sentences.push_back(std::string(what) + ": " + was + " → " + is);
  };
  differ("Grade", before.grade, now.grade);
  differ("Highest level on the route", before.highest_level, now.highest_level);
  differ("Inside no-go terrain", std::to_string(std::lround(before.no_go_m)) + " m",
         std::to_string(std::lround(now.no_go_m)) + " m");
  differ("Reasons for unknown", joined(before.unknown_codes), joined(now.unknown_codes));
  differ("Your override", joined(before.overridden_zones), joined(now.overridden_zones));
  if (before.override_ids != now.override_ids && before.overridden_zones == now.overridden_zones)
    sentences.push_back("Your override was set anew: " + joined(now.overridden_zones));
  return sentences;
}

void write_texts(core::JsonWriter& out, std::string_view name, const auto& texts) {
  out.key(name).begin_array();
  for (const auto& text : texts) out.value(text);
  out.end_array();
}

}  // namespace

std::string describe_changes(const StoredAssessment& before, const Compiled& now) {
  const auto old_body = core::JsonDocument::parse(before.body);
  const auto new_body = core::JsonDocument::parse(grading::render_json(now.assessment));
  const auto was = facts_of(old_body.root()["assessment"]);
  const auto is = facts_of(new_body.root());
  core::JsonWriter out(512);
  out.begin_object().field("since", core::format_utc(before.computed_at));
  out.field("gradeBefore", was.grade).field("gradeNow", is.grade);
  write_texts(out, "forecastsBefore", was.forecasts);
  write_texts(out, "forecastsNow", is.forecasts);
  write_texts(out, "summary", summary_of(was, is));
  out.end_object();
  return out.take();
}

}  // namespace route
