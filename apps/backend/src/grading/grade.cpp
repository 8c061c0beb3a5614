#include "grading/grade.hpp"

#include "grading/cells.hpp"
#include "grading/fragility.hpp"
#include "grading/runs.hpp"
#include "grading/track.hpp"

#include <algorithm>

namespace grading {
namespace {

/// Flags that hop from piece to piece; left out of sections, which would fall to crumbs.
constexpr std::uint16_t kPieceFlags =
    static_cast<std::uint16_t>(Flag::aspect_ambiguous) | static_cast<std::uint16_t>(Flag::no_aspect);

/// One assessment in the making.
class Assessor {
 public:
  Assessor(const Input& input, const Ruleset& ruleset)
      : input_(input),
        ruleset_(ruleset),
        limits_(ruleset),
        lengths_(ruleset),
        tables_(make_tables(input, ruleset, limits_)),
        track_(make_track(input, ruleset, tables_)),
        geometry_(input) {}

  LevelGrade grade_level(Level level) {
    LevelGrade result;
    result.level = level;
    result.min_slope_deg = ruleset_.min_slope_deg[index_of(level)];
    const std::int32_t limit_mdeg = limits_.at(level);
    find_runs(
        track_, lengths_,
        [&](std::size_t i) { return track_.terrain_gap[i] == 0 && track_.slope_mdeg[i] >= limit_mdeg; },
        [&](std::size_t i) { return track_.terrain_gap[i] != 0; }, scan_);
    result.grade = scan_.grade;
    if (scan_.longest != Scan::kNone) result.longest = span_of(scan_.runs[scan_.longest]);
    result.stretches.reserve(scan_.runs.size());
    for (const Run& run : scan_.runs) {
      const auto first = track_.slope_mdeg.begin();
      const auto steepest = *std::max_element(first + offset(run.first), first + offset(run.last) + 1);
      result.stretches.push_back({span_of(run), run.grade, steepest / 1000.0});
      result.no_go_m += result.stretches.back().span.length_m();
    }
    for (std::size_t i = 0; i < track_.size(); ++i) {
      if (track_.terrain_gap[i] != 0) result.unknown_m += length_of(i);
    }
    return result;
  }

  InForce grade_in_force() {
    InForce result;
    find_runs(
        track_, lengths_, [&](std::size_t i) { return no_go(i); },
        [&](std::size_t i) { return track_.unknown[i] != 0; }, scan_);
    result.grade = scan_.grade;
    if (scan_.longest != Scan::kNone) result.longest = span_of(scan_.runs[scan_.longest]);
    auto fragility = fragility_of(track_, geometry_, ruleset_, scan_);
    result.fragility = std::move(fragility.line);
    result.stretches.reserve(scan_.runs.size());
    for (std::size_t i = 0; i < scan_.runs.size(); ++i) {
      auto& stretch = result.stretches.emplace_back(describe(scan_.runs[i]));
      stretch.fragility = std::move(fragility.runs[i]);
      result.no_go_m += stretch.span.length_m();
    }
    add_unknown_parts(result);
    add_sections(result);
    return result;
  }

  Span whole() const { return track_.size() == 0 ? Span{} : geometry_.span(0, track_.size() - 1); }

 private:
  static Tables make_tables(const Input& input, const Ruleset& ruleset, const Limits& limits) {
    check_input(input);
    Tables tables;
    const auto fill = [&](std::vector<CellTable>& into, std::span<const ZoneInForce> zones) {
      into.reserve(input.zone_sets.size());
      for (const auto& set : input.zone_sets) into.emplace_back(input, zones, set, ruleset, limits);
    };
    fill(tables.in_force, input.zones);
    if (!input.official_zones.empty()) fill(tables.official, input.official_zones);
    return tables;
  }

  static std::ptrdiff_t offset(std::size_t index) { return static_cast<std::ptrdiff_t>(index); }
  bool no_go(std::size_t i) const { return track_.slope_mdeg[i] >= track_.limit_mdeg[i]; }
  double length_of(std::size_t i) const { return track_.border_m[i + 1] - track_.border_m[i]; }
  Span span_of(const Run& run) const { return geometry_.span(run.first, run.last); }
  const std::vector<std::uint16_t>& zones_of(std::size_t i) const {
    return input_.zone_sets[input_.piece_zone_set[i]];
  }

  void add_zones(std::vector<std::uint16_t>& to, std::size_t first, std::size_t last) const {
    for (std::size_t i = first; i <= last; ++i) {
      if (i > first && input_.piece_zone_set[i] == input_.piece_zone_set[i - 1]) continue;
      for (const std::uint16_t zone : zones_of(i)) {
        const auto at = std::lower_bound(to.begin(), to.end(), zone);
        if (at == to.end() || *at != zone) to.insert(at, zone);
      }
    }
  }

  Stretch describe(const Run& run) const {
    Stretch stretch;
    stretch.span = span_of(run);
    stretch.grade = run.grade;
    stretch.elevation_min_m = stretch.elevation_max_m = input_.pieces[run.first].elevation_m;
    Cell all;
    double slope_by_length = 0;
    double slope_sum = 0;
    std::int32_t slope_max_mdeg = 0;
    for (std::size_t i = run.first; i <= run.last; ++i) {
      all.merge(*track_.cell[i]);
      const double slope_deg = track_.slope_mdeg[i] / 1000.0;
      slope_sum += slope_deg;
      slope_by_length += slope_deg * length_of(i);
      slope_max_mdeg = std::max(slope_max_mdeg, track_.slope_mdeg[i]);
      const double elevation_m = input_.pieces[i].elevation_m;
      stretch.elevation_min_m = std::min(stretch.elevation_min_m, elevation_m);
      stretch.elevation_max_m = std::max(stretch.elevation_max_m, elevation_m);
      if (input_.pieces[i].has_aspect()) stretch.aspects |= octants(track_.aspects[i]);
    }
    const double length_m = stretch.span.length_m();
    stretch.slope_max_deg = slope_max_mdeg / 1000.0;
    stretch.slope_mean_deg =
        length_m > 0 ? slope_by_length / length_m : slope_sum / static_cast<double>(run.last - run.first + 1);
    stretch.level = static_cast<Level>(all.level);
    if (all.official != 0) stretch.official_level = static_cast<forecast::DangerLevel>(all.official);
    stretch.problem_types = all.problem_types;
    stretch.flags = all.flags;
    stretch.unknown = all.unknown;
    add_zones(stretch.zones, run.first, run.last);
    stretch.geometry = geometry_.positions(run.first, run.last);
    return stretch;
  }

  void add_unknown_parts(InForce& result) const {
    const auto is_unknown = [&](std::size_t i) { return track_.unknown[i] != 0 && !no_go(i); };
    for (std::size_t i = 0; i < track_.size(); ++i) {
      result.unknown_codes |= track_.unknown[i];
      if (!is_unknown(i)) continue;
      const std::size_t first = i;
      while (i + 1 < track_.size() && is_unknown(i + 1) && track_.unknown[i + 1] == track_.unknown[first] &&
             input_.piece_zone_set[i + 1] == input_.piece_zone_set[first]) {
        ++i;
        result.unknown_codes |= track_.unknown[i];
      }
      auto& part = result.unknown.emplace_back();
      part.span = geometry_.span(first, i);
      part.codes = track_.unknown[first];
      add_zones(part.zones, first, i);
      part.geometry = geometry_.positions(first, i);
      result.unknown_m += part.span.length_m();
    }
    if (track_.size() > 0) return;
    // A line without length: nothing is known about it.
    result.unknown_codes = bit(UnknownCode::line_gap);
    result.unknown.push_back({{}, result.unknown_codes, {}, {input_.line->points.front()}});
  }

  bool same_section(std::size_t a, std::size_t b) const {
    if (track_.cell[a] == track_.cell[b] && track_.unknown[a] == track_.unknown[b] &&
        input_.piece_zone_set[a] == input_.piece_zone_set[b]) {
      return true;
    }
    if (input_.piece_zone_set[a] != input_.piece_zone_set[b] || track_.unknown[a] != track_.unknown[b])
      return false;
    if (track_.cell[a] == nullptr || track_.cell[b] == nullptr) return false;
    const Cell& x = *track_.cell[a];
    const Cell& y = *track_.cell[b];
    return x.level == y.level && x.official == y.official && x.problem_types == y.problem_types &&
           (x.flags | kPieceFlags) == (y.flags | kPieceFlags);
  }

  void add_sections(InForce& result) const {
    for (std::size_t i = 0; i < track_.size(); ++i) {
      const std::size_t first = i;
      while (i + 1 < track_.size() && same_section(first, i + 1)) ++i;
      auto& section = result.sections.emplace_back();
      section.span = geometry_.span(first, i);
      section.unknown = track_.unknown[first];
      section.zones = zones_of(first);
      const Cell* cell = track_.cell[first];
      if (cell == nullptr) continue;
      section.flags = cell->flags & static_cast<std::uint16_t>(~kPieceFlags);
      section.problem_types = cell->problem_types;
      if (cell->official != 0) section.official_level = static_cast<forecast::DangerLevel>(cell->official);
      if (cell->level < 0) continue;
      section.level = static_cast<Level>(cell->level);
      result.highest_level = std::max(result.highest_level, section.level);
    }
  }

  const Input& input_;
  const Ruleset& ruleset_;
  Limits limits_;
  LengthRule lengths_;
  Tables tables_;
  Track track_;
  LineGeometry geometry_;
  Scan scan_;
};

CitedZone cite(const ZoneInForce& zone) {
  CitedZone cited;
  cited.zone_key = zone.zone_key;
  cited.zone_name = zone.zone_name;
  cited.provider = zone.provider;
  cited.forecast_id = zone.forecast_id;
  cited.content_sha256 = zone.content_sha256;
  if (zone.forecast != nullptr) {
    cited.center = zone.forecast->center;
    cited.link = zone.forecast->link;
  }
  cited.freshness = zone.freshness;
  cited.scale = zone.scale;
  cited.issued_at = zone.issued_at;
  cited.expires_at = zone.expires_at;
  cited.override_id = zone.override_id;
  return cited;
}

std::optional<core::Timestamp> first_expiry(const Input& input) {
  std::optional<core::Timestamp> first;
  for (const auto& zone : input.zones) {
    if (!zone.expires_at || *zone.expires_at <= input.at) continue;
    if (!first || *zone.expires_at < *first) first = zone.expires_at;
  }
  return first;
}

}  // namespace

std::string_view to_string(Flag value) {
  switch (value) {
    case Flag::height_uncertain:
      return "height_uncertain";
    case Flag::conflicting_ratings:
      return "conflicting_ratings";
    case Flag::derived_one_level_rule:
      return "derived_one_level_rule";
    case Flag::problems_unknown:
      return "problems_unknown";
    case Flag::aspect_ambiguous:
      return "aspect_ambiguous";
    case Flag::no_aspect:
      return "no_aspect";
    case Flag::all_ground_closed:
      return "all_ground_closed";
    case Flag::overlapping_zones:
      return "overlapping_zones";
    case Flag::overridden:
      return "overridden";
  }
  return "";
}

std::string_view to_string(AssessmentKind value) {
  switch (value) {
    case AssessmentKind::official:
      return "official";
    case AssessmentKind::what_if:
      return "what_if";
    case AssessmentKind::overridden:
      return "override";
  }
  return "";
}

std::string_view to_string(ChangeKind value) {
  switch (value) {
    case ChangeKind::slope:
      return "slope";
    case ChangeKind::aspect:
      return "aspect";
    case ChangeKind::elevation:
      return "elevation";
    case ChangeKind::danger:
      return "danger";
  }
  return "";
}

Grade grade_of_length(double length_m, const Ruleset& ruleset) {
  return LengthRule(ruleset).grade(to_mm(length_m));
}

Assessment assess(const Input& input, const Ruleset& ruleset) {
  Assessor assessor(input, ruleset);
  Assessment result;
  result.kind = input.kind;
  result.ruleset_id = ruleset.id;
  result.ruleset_version = ruleset.version;
  result.ruleset_label = ruleset.label;
  result.ruleset_sha256 = ruleset.sha256;
  result.at = input.at;
  result.day = input.day;
  result.valid_until = first_expiry(input);
  result.whole = assessor.whole();
  for (const Level level : kLevels) result.levels[index_of(level)] = assessor.grade_level(level);
  result.in_force = assessor.grade_in_force();
  result.zones.reserve(input.zones.size());
  for (const auto& zone : input.zones) result.zones.push_back(cite(zone));
  return result;
}

}  // namespace grading
