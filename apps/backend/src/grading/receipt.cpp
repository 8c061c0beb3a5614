#include "grading/receipt.hpp"

#include "core/hash.hpp"
#include "core/json_writer.hpp"
#include "forecast/overlay_json.hpp"
#include "grading/json.hpp"

#include <algorithm>
#include <bit>
#include <concepts>

namespace grading {
namespace {

using core::JsonWriter;

/// Bytes for hashing, the same on every machine.
class Bytes {
 public:
  void add(std::unsigned_integral auto number) {
    char* to = claim(sizeof number);
    for (std::size_t i = 0; i < sizeof number; ++i) {
      to[i] = static_cast<char>((static_cast<std::uint64_t>(number) >> (8 * i)) & 0xFF);
    }
  }
  void add(double number) { add(std::bit_cast<std::uint64_t>(number)); }
  void add(float number) { add(std::bit_cast<std::uint32_t>(number)); }
  void add(const std::string& text) {
    add(static_cast<std::uint64_t>(text.size()));
    text.copy(claim(text.size()), text.size());
  }
  void reserve(std::size_t count) { bytes_.resize(std::max(bytes_.size(), count)); }
  std::string sha256() const { return core::sha256_hex(std::string_view(bytes_).substr(0, used_)); }

 private:
  /// Room for the next `count` bytes. Written in place: appending them one by one was a tenth of a compile.
  char* claim(std::size_t count) {
    if (bytes_.size() - used_ < count) bytes_.resize(2 * (used_ + count));
    used_ += count;
    return bytes_.data() + used_ - count;
  }

  std::string bytes_;
  std::size_t used_ = 0;
};

/// Zone sets go in by the keys of their zones, so that the order of the look-up does not matter.
std::string pieces_sha256(const Input& input) {
  Bytes bytes;
  bytes.reserve(input.pieces.size() * 48);
  for (const auto& set : input.zone_sets) {
    bytes.add(static_cast<std::uint64_t>(set.size()));
    for (const auto zone : set) bytes.add(input.zones[zone].zone_key);
  }
  for (std::size_t i = 0; i < input.pieces.size(); ++i) {
    const auto& piece = input.pieces[i];
    bytes.add(piece.from_m);
    bytes.add(piece.to_m);
    bytes.add(piece.from_fraction);
    bytes.add(piece.to_fraction);
    bytes.add(piece.leg);
    bytes.add(piece.elevation_m);
    bytes.add(piece.slope_deg);
    bytes.add(piece.aspect_deg);
    bytes.add(static_cast<std::uint8_t>(piece.state));
    bytes.add(piece.store);
    bytes.add(input.piece_zone_set[i]);
  }
  return bytes.sha256();
}

void write_range(JsonWriter& out, std::string_view name, const std::optional<forecast::HeightRange>& range) {
  out.key(name);
  if (!range) {
    out.null();
    return;
  }
  out.begin_array().value(range->from_m).value(range->to_m).end_array();
}

void write_forecast(JsonWriter& out, const ForecastRef& ref) {
  out.begin_object()
      .field("zoneKey", ref.zone_key)
      .field("provider", ref.provider)
      .field("forecastId", ref.forecast_id)
      .field("contentSha256", ref.content_sha256)
      .field("freshness", ref.freshness);
  out.key("heights").begin_object();
  write_range(out, "upperBegins", ref.heights.upper_begins);
  write_range(out, "middleBegins", ref.heights.middle_begins);
  write_range(out, "treeline", ref.heights.treeline);
  out.field("source", ref.heights.source).end_object().end_object();
}

std::string forecasts_json(const Receipt& receipt) {
  JsonWriter out;
  out.begin_array();
  for (const auto& ref : receipt.forecasts) write_forecast(out, ref);
  return out.end_array().take();
}

std::string terrain_json(const Receipt& receipt) {
  JsonWriter out;
  out.begin_array();
  for (const auto& ref : receipt.terrain) {
    out.begin_object().field("id", ref.id).field("sha256", ref.sha256).end_object();
  }
  return out.end_array().take();
}

std::string overrides_json(const Receipt& receipt) {
  JsonWriter out;
  out.begin_array();
  for (const auto& ref : receipt.overrides) {
    out.begin_object();
    write_members(out, ref);
    out.end_object();
  }
  return out.end_array().take();
}

std::string ruleset_json(const Receipt& receipt) {
  JsonWriter out;
  out.begin_object()
      .field("id", receipt.ruleset_id)
      .field("version", receipt.ruleset_version)
      .field("sha256", receipt.ruleset_sha256)
      .end_object();
  return out.take();
}

}  // namespace

std::string line_sha256(const geo::Line& line) {
  Bytes bytes;
  bytes.reserve(16 * line.points.size() + 4 * line.gap_legs.size() + 8);
  bytes.add(static_cast<std::uint64_t>(line.points.size()));
  for (const auto& at : line.points) {
    bytes.add(at.lon_deg);
    bytes.add(at.lat_deg);
  }
  for (const auto leg : line.gap_legs) bytes.add(leg);
  return bytes.sha256();
}

namespace {

/// Of the answer, not of its letterhead: the names of zone and centre and the centre's page may come from
/// settings and from other products; whoever recomputes the grade from the files at hand has others or none.
std::string answer_sha256(Assessment assessment) {
  for (auto& zone : assessment.zones) {
    zone.zone_name.clear();
    zone.center.clear();
    zone.link.clear();
  }
  return core::sha256_hex(render_json(assessment));
}

}  // namespace

Receipt make_receipt(const Input& input, const Ruleset& ruleset, const Assessment& assessment,
                     const ReceiptContext& context) {
  Receipt receipt;
  receipt.engine_version = context.engine_version;
  receipt.kind = to_string(input.kind);
  receipt.ruleset_id = ruleset.id;
  receipt.ruleset_version = ruleset.version;
  receipt.ruleset_sha256 = ruleset.sha256;
  for (const auto& zone : input.zones) {
    receipt.forecasts.push_back({zone.zone_key, zone.provider, zone.forecast_id, zone.content_sha256,
                                 std::string(forecast::to_string(zone.freshness)), zone.heights});
  }
  receipt.terrain = context.terrain;
  receipt.overrides = context.overrides;
  receipt.line_sha256 = line_sha256(*input.line);
  receipt.pieces_sha256 = pieces_sha256(input);
  receipt.at = std::chrono::floor<std::chrono::seconds>(input.at);
  receipt.day = input.day;
  receipt.assessment_sha256 = answer_sha256(assessment);
  return receipt;
}

void write_members(JsonWriter& out, const OverrideRef& ref) {
  out.field("id", ref.id)
      .field("zoneKey", ref.zone_key)
      .field("provider", ref.provider)
      .field("baseForecastId", ref.base_forecast_id)
      .field("setAt", core::format_utc(ref.set_at))
      .field("endsAt", core::format_utc(ref.ends_at));
  forecast::write_overlay_members(out, ref.danger);
}

std::optional<std::string> override_id(const Receipt& receipt) {
  if (receipt.overrides.empty()) return std::nullopt;
  std::string joined;
  for (const auto& ref : receipt.overrides) joined += (joined.empty() ? "" : ",") + ref.id;
  return joined;
}

std::string render_json(const Receipt& receipt) {
  JsonWriter out(1024);
  out.begin_object()
      .field("engineVersion", receipt.engine_version)
      .field("kind", receipt.kind)
      .key("ruleset")
      .raw(ruleset_json(receipt))
      .key("forecasts")
      .raw(forecasts_json(receipt))
      .key("terrain")
      .raw(terrain_json(receipt))
      .optional_field("overrideId", override_id(receipt));
  if (!receipt.overrides.empty()) out.key("overrides").raw(overrides_json(receipt));
  out.field("lineSha256", receipt.line_sha256)
      .field("piecesSha256", receipt.pieces_sha256)
      .field("at", core::format_utc(receipt.at))
      .field("day", core::format_day(receipt.day))
      .field("assessmentSha256", receipt.assessment_sha256)
      .end_object();
  return out.take();
}

std::string receipt_id(const Receipt& receipt) { return core::sha256_hex(render_json(receipt)); }

std::vector<ReceiptDifference> verify_receipt(const Receipt& stored, const Receipt& recomputed) {
  std::vector<ReceiptDifference> differences;
  const auto compare = [&](std::string field, std::string was, std::string is) {
    if (was != is) differences.push_back({std::move(field), std::move(was), std::move(is)});
  };
  compare("engineVersion", stored.engine_version, recomputed.engine_version);
  compare("kind", stored.kind, recomputed.kind);
  compare("ruleset", ruleset_json(stored), ruleset_json(recomputed));
  compare("forecasts", forecasts_json(stored), forecasts_json(recomputed));
  compare("terrain", terrain_json(stored), terrain_json(recomputed));
  compare("overrides", overrides_json(stored), overrides_json(recomputed));
  compare("lineSha256", stored.line_sha256, recomputed.line_sha256);
  compare("piecesSha256", stored.pieces_sha256, recomputed.pieces_sha256);
  compare("at", core::format_utc(stored.at), core::format_utc(recomputed.at));
  compare("day", core::format_day(stored.day), core::format_day(recomputed.day));
  compare("assessmentSha256", stored.assessment_sha256, recomputed.assessment_sha256);
  return differences;
}

}  // namespace grading
