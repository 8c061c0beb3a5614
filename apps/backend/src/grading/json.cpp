#include "grading/json.hpp"

#include <span>

namespace grading {
namespace {

using core::JsonWriter;

constexpr int kMetreDecimals = 2;
constexpr int kDegreeDecimals = 1;
constexpr int kCoordinateDecimals = 7;
constexpr unsigned kProblemTypes = static_cast<unsigned>(forecast::ProblemType::unrecognised) + 1;

void metres(JsonWriter& out, std::string_view name, double value) {
  out.key(name).fixed(value, kMetreDecimals);
}
void degrees(JsonWriter& out, std::string_view name, double value) {
  out.key(name).fixed(value, kDegreeDecimals);
}

void optional_degrees(JsonWriter& out, std::string_view name, const std::optional<double>& value) {
  out.key(name);
  value ? out.fixed(*value, kDegreeDecimals) : out.null();
}

template <typename Enum>
void optional_name(JsonWriter& out, std::string_view name, const std::optional<Enum>& value) {
  out.key(name);
  value ? out.value(to_string(*value)) : out.null();
}

void optional_time(JsonWriter& out, std::string_view name, const std::optional<core::Timestamp>& value) {
  out.key(name);
  value ? out.value(core::format_utc(*value)) : out.null();
}

void write_span(JsonWriter& out, const Span& span) {
  metres(out, "fromM", span.from_m);
  metres(out, "toM", span.to_m);
  metres(out, "lengthM", span.length_m());
  metres(out, "mercatorM", span.mercator_m);
}

void write_codes(JsonWriter& out, std::string_view name, UnknownCodes codes) {
  out.key(name).begin_array();
  for (std::size_t i = 0; i < kUnknownCodeCount; ++i) {
    const auto code = static_cast<UnknownCode>(i);
    if ((codes & bit(code)) != 0) out.value(to_string(code));
  }
  out.end_array();
}

void write_flags(JsonWriter& out, std::uint16_t flags) {
  out.key("flags").begin_array();
  for (int i = 0; i < kFlagCount; ++i) {
    if (((flags >> i) & 1) != 0) out.value(to_string(static_cast<Flag>(1 << i)));
  }
  out.end_array();
}

void write_problems(JsonWriter& out, std::uint32_t types) {
  out.key("problems").begin_array();
  for (unsigned i = 0; i < kProblemTypes; ++i) {
    if (((types >> i) & 1u) != 0) out.value(forecast::to_string(static_cast<forecast::ProblemType>(i)));
  }
  out.end_array();
}

void write_aspects(JsonWriter& out, forecast::AspectMask mask) {
  constexpr std::array<std::string_view, 8> names = {"N", "NE", "E", "SE", "S", "SW", "W", "NW"};
  out.key("aspects").begin_array();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (((mask >> i) & 1) != 0) out.value(names[i]);
  }
  out.end_array();
}

void write_zone_indexes(JsonWriter& out, std::span<const std::uint16_t> zones) {
  out.key("zones").begin_array();
  for (const auto zone : zones) out.value(zone);
  out.end_array();
}

void write_geometry(JsonWriter& out, std::span<const geo::LonLat> positions) {
  out.key("coordinates").begin_array();
  for (const auto& at : positions) {
    out.begin_array()
        .fixed(at.lon_deg, kCoordinateDecimals)
        .fixed(at.lat_deg, kCoordinateDecimals)
        .end_array();
  }
  out.end_array();
}

void write_fragility(JsonWriter& out, const Fragility& fragility) {
  out.key("fragility").begin_object();
  optional_degrees(out, "slopeToOrangeDeg", fragility.slope_to_orange_deg);
  optional_degrees(out, "slopeToRedDeg", fragility.slope_to_red_deg);
  out.key("changes").begin_array();
  for (const Change& change : fragility.changes) {
    out.begin_object().field("kind", to_string(change.kind));
    degrees(out, "amount", change.amount);
    out.field("to", to_string(change.to));
    write_span(out, change.where);
    out.end_object();
  }
  out.end_array().end_object();
}

void write_stretch(JsonWriter& out, const Stretch& stretch) {
  out.begin_object();
  write_span(out, stretch.span);
  out.field("grade", to_string(stretch.grade)).field("level", to_string(stretch.level));
  optional_name(out, "officialLevel", stretch.official_level);
  degrees(out, "slopeMaxDeg", stretch.slope_max_deg);
  degrees(out, "slopeMeanDeg", stretch.slope_mean_deg);
  metres(out, "elevationMinM", stretch.elevation_min_m);
  metres(out, "elevationMaxM", stretch.elevation_max_m);
  write_aspects(out, stretch.aspects);
  write_problems(out, stretch.problem_types);
  write_flags(out, stretch.flags);
  write_codes(out, "unknownCodes", stretch.unknown);
  write_zone_indexes(out, stretch.zones);
  write_fragility(out, stretch.fragility);
  write_geometry(out, stretch.geometry);
  out.end_object();
}

void write_unknown_part(JsonWriter& out, const UnknownPart& part) {
  out.begin_object();
  write_span(out, part.span);
  write_codes(out, "unknownCodes", part.codes);
  write_zone_indexes(out, part.zones);
  write_geometry(out, part.geometry);
  out.end_object();
}

void write_section(JsonWriter& out, const Section& section) {
  out.begin_object();
  write_span(out, section.span);
  optional_name(out, "level", section.level);
  optional_name(out, "officialLevel", section.official_level);
  write_codes(out, "unknownCodes", section.unknown);
  write_flags(out, section.flags);
  write_problems(out, section.problem_types);
  write_zone_indexes(out, section.zones);
  out.end_object();
}

template <typename Items, typename Write>
void write_array(JsonWriter& out, std::string_view name, const Items& items, Write write_item) {
  out.key(name).begin_array();
  for (const auto& item : items) write_item(out, item);
  out.end_array();
}

void write_longest(JsonWriter& out, const Span& longest) {
  out.key("longest").begin_object();
  write_span(out, longest);
  out.end_object();
}

void write_level(JsonWriter& out, const LevelGrade& level) {
  out.begin_object().field("level", to_string(level.level));
  optional_degrees(out, "minSlopeDeg", level.min_slope_deg);
  out.field("grade", to_string(level.grade));
  write_longest(out, level.longest);
  metres(out, "noGoM", level.no_go_m);
  metres(out, "unknownM", level.unknown_m);
  write_array(out, "stretches", level.stretches, [](JsonWriter& to, const LevelStretch& stretch) {
    to.begin_object();
    write_span(to, stretch.span);
    to.field("grade", to_string(stretch.grade));
    degrees(to, "slopeMaxDeg", stretch.slope_max_deg);
    to.end_object();
  });
  out.end_object();
}

void write_in_force(JsonWriter& out, const InForce& in_force) {
  out.key("inForce").begin_object().field("grade", to_string(in_force.grade));
  optional_name(out, "highestLevel", in_force.highest_level);
  write_longest(out, in_force.longest);
  metres(out, "noGoM", in_force.no_go_m);
  metres(out, "unknownM", in_force.unknown_m);
  write_codes(out, "unknownCodes", in_force.unknown_codes);
  write_fragility(out, in_force.fragility);
  write_array(out, "stretches", in_force.stretches, write_stretch);
  write_array(out, "unknown", in_force.unknown, write_unknown_part);
  write_array(out, "sections", in_force.sections, write_section);
  out.end_object();
}

void write_zone(JsonWriter& out, const CitedZone& zone) {
  out.begin_object()
      .field("zoneKey", zone.zone_key)
      .field("zoneName", zone.zone_name)
      .field("provider", zone.provider)
      .field("center", zone.center)
      .field("link", zone.link)
      .field("forecastId", zone.forecast_id)
      .field("contentSha256", zone.content_sha256)
      .field("freshness", forecast::to_string(zone.freshness))
      .field("scale", forecast::to_string(zone.scale));
  optional_time(out, "issuedAt", zone.issued_at);
  optional_time(out, "expiresAt", zone.expires_at);
  if (!zone.override_id.empty()) out.field("overrideId", zone.override_id);
  out.end_object();
}

}  // namespace

void write(JsonWriter& out, const Assessment& assessment) {
  out.begin_object().field("kind", to_string(assessment.kind));
  out.key("ruleset")
      .begin_object()
      .field("id", assessment.ruleset_id)
      .field("version", assessment.ruleset_version)
      .field("label", assessment.ruleset_label)
      .field("sha256", assessment.ruleset_sha256)
      .end_object();
  out.field("at", core::format_utc(assessment.at)).field("day", core::format_day(assessment.day));
  optional_time(out, "validUntil", assessment.valid_until);
  metres(out, "lengthM", assessment.whole.length_m());
  metres(out, "mercatorM", assessment.whole.mercator_m);
  write_in_force(out, assessment.in_force);
  write_array(out, "levels", assessment.levels, write_level);
  write_array(out, "zones", assessment.zones, write_zone);
  out.end_object();
}

std::string render_json(const Assessment& assessment) {
  JsonWriter out(16384);
  write(out, assessment);
  return out.take();
}

}  // namespace grading
