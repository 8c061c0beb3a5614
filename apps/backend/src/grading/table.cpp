#include "grading/json.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace grading {
namespace {

template <typename... Values>
std::string line(const char* format, Values... values) {
  std::array<char, 256> buffer{};
  const int length = std::snprintf(buffer.data(), buffer.size(), format, values...);
  return {buffer.data(), std::min(static_cast<std::size_t>(length), buffer.size() - 1)};
}

std::string named(std::string_view name, std::size_t width) {
  std::string text(name);
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

std::string codes_of(UnknownCodes codes) {
  std::string text;
  for (std::size_t i = 0; i < kUnknownCodeCount; ++i) {
    const auto code = static_cast<UnknownCode>(i);
    if ((codes & bit(code)) == 0) continue;
    if (!text.empty()) text += ' ';
    text += to_string(code);
  }
  return text;
}

std::string why(const Change& change) {
  switch (change.kind) {
    case ChangeKind::slope:
      return line("if the ground is %.1f° steeper than stored", change.amount);
    case ChangeKind::aspect:
      return "if aspects are one octant off";
    case ChangeKind::elevation:
      return line("if heights are %.0f m off", change.amount);
    case ChangeKind::danger:
      break;
  }
  return "if the danger is one level higher";
}

void add_fragility(std::string& text, const Fragility& fragility, std::string_view indent) {
  for (const Change& change : fragility.changes) {
    text += indent;
    text += to_string(change.to);
    text += ' ' + why(change) + line(" (%.0f–%.0f m)\n", change.where.from_m, change.where.to_m);
  }
}

void add_levels(std::string& text, const Assessment& assessment) {
  text += "\nlevel            from     grade     longest     no-go\n";
  for (const LevelGrade& level : assessment.levels) {
    std::string from = level.min_slope_deg ? line("%.0f°", *level.min_slope_deg) : "no limit";
    if (level.min_slope_deg == 0.0) from = "any";
    const std::size_t degree_sign_extra = from.size() > 1 && from.ends_with("°") ? 1 : 0;
    text += named(to_string(level.level), 17) + named(from, 9 + degree_sign_extra);
    text +=
        named(to_string(level.grade), 8) + line("%8.0f m %8.0f m\n", level.longest.length_m(), level.no_go_m);
  }
}

void add_stretches(std::string& text, const InForce& in_force) {
  if (!in_force.stretches.empty()) text += "\nno-go stretches\n";
  for (const Stretch& stretch : in_force.stretches) {
    text += "  " + named(to_string(stretch.grade), 8);
    text += line("%6.0f–%.0f m  %.0f m  ", stretch.span.from_m, stretch.span.to_m, stretch.span.length_m());
    text += to_string(stretch.level);
    if (stretch.official_level) {
      text += " (official: " + std::string(forecast::to_string(*stretch.official_level)) + ")";
    }
    text += line("  up to %.1f°, %.0f–%.0f m high", stretch.slope_max_deg, stretch.elevation_min_m,
                 stretch.elevation_max_m);
    for (unsigned i = 0; i < 32; ++i) {
      if (((stretch.problem_types >> i) & 1u) == 0) continue;
      text += ", ";
      text += forecast::to_string(static_cast<forecast::ProblemType>(i));
    }
    text += '\n';
  }
  if (!in_force.unknown.empty()) text += "\nunknown parts\n";
  for (const UnknownPart& part : in_force.unknown) {
    text += line("  %6.0f–%.0f m  ", part.span.from_m, part.span.to_m) + codes_of(part.codes) + '\n';
  }
}

}  // namespace

std::string render_table(const Assessment& assessment, std::string_view receipt_id) {
  std::string text;
  if (assessment.kind == AssessmentKind::what_if)
    text += "WHAT IF: a chosen danger, not the official forecast\n";
  if (assessment.kind == AssessmentKind::overridden)
    text += "OVERRIDE: graded with a person's own danger, not with the official forecast alone\n";
  text += "grade in force   " + std::string(to_string(assessment.in_force.grade));
  if (assessment.in_force.unknown_codes != 0) text += "  " + codes_of(assessment.in_force.unknown_codes);
  text += line("\nlength           %.0f m, of which no-go %.0f m, unknown %.0f m\n",
               assessment.whole.length_m(), assessment.in_force.no_go_m, assessment.in_force.unknown_m);
  add_fragility(text, assessment.in_force.fragility, "                 ");
  if (assessment.in_force.grade == Grade::green) {
    text += "                 green means that no stretch crossed the rule, nothing more\n";
  }
  add_levels(text, assessment);
  add_stretches(text, assessment.in_force);
  text += '\n';
  for (const CitedZone& zone : assessment.zones) {
    text += "zone             " + zone.zone_key + "  " + zone.zone_name + "  " +
            std::string(forecast::to_string(zone.freshness));
    if (!zone.forecast_id.empty()) text += "  forecast " + zone.forecast_id;
    text += '\n';
  }
  text +=
      "ruleset          " + assessment.ruleset_id + " v" + std::to_string(assessment.ruleset_version) + "\n";
  if (!receipt_id.empty()) text += "receipt          " + std::string(receipt_id) + "\n";
  return text;
}

}  // namespace grading
