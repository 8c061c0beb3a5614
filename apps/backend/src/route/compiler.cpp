#include "route/compiler.hpp"

#include "core/error.hpp"
#include "core/hash.hpp"
#include "core/json_writer.hpp"
#include "forecast/valid_day.hpp"
#include "grading/grade.hpp"

#include <algorithm>
#include <list>
#include <map>
#include <utility>

namespace route {
namespace {

/// What of the conditions a line meets, in the form grading takes: entries, sets of entries, a set per piece.
class ZonesAlongLine {
 public:
  ZonesAlongLine(const geo::Line& line, std::span<const terrain::LinePiece> pieces,
                 const forecast::Conditions& conditions)
      : conditions_(conditions) {
    sets_.emplace_back();
    set_numbers_[{}] = 0;
    piece_set_.reserve(pieces.size());
    for (const auto& piece : pieces) piece_set_.push_back(set_at(middle(line, piece)));
  }

  const std::vector<grading::ZoneInForce>& zones() const { return zones_; }
  const std::vector<std::vector<std::uint16_t>>& sets() const { return sets_; }
  const std::vector<std::uint16_t>& piece_set() const { return piece_set_; }

 private:
  static geo::LonLat middle(const geo::Line& line, const terrain::LinePiece& piece) {
    const auto& from = line.points[piece.leg];
    const auto& to = line.points[piece.leg + 1];
    const double t = (static_cast<double>(piece.from_fraction) + static_cast<double>(piece.to_fraction)) / 2;
    return {from.lon_deg + t * (to.lon_deg - from.lon_deg), from.lat_deg + t * (to.lat_deg - from.lat_deg)};
  }

  std::uint16_t set_at(geo::LonLat at) {
    conditions_.zones().zones_at(at, found_);
    if (found_ == last_zones_) return last_set_;
    last_zones_ = found_;
    std::vector<std::uint16_t> entries;
    for (const auto zone : found_) {
      for (const auto entry : conditions_.entries_of(zone)) entries.push_back(number_of(entry));
    }
    std::ranges::sort(entries);
    const auto [it, fresh] = set_numbers_.try_emplace(entries, static_cast<std::uint16_t>(sets_.size()));
    if (fresh) sets_.push_back(entries);
    last_set_ = it->second;
    return last_set_;
  }

  std::uint16_t number_of(std::uint16_t entry) {
    const auto [it, fresh] = entry_numbers_.try_emplace(entry, static_cast<std::uint16_t>(zones_.size()));
    if (fresh) zones_.push_back(zone_in_force(conditions_.entries()[entry]));
    return it->second;
  }

  static grading::ZoneInForce zone_in_force(const forecast::InZone& entry) {
    grading::ZoneInForce zone;
    zone.zone_key = entry.zone->key;
    zone.zone_name = entry.zone->name;
    zone.provider = entry.zone->provider;
    zone.heights = entry.zone->heights;
    zone.freshness = entry.freshness;
    if (entry.forecast == nullptr) return zone;
    const auto& issued = *entry.forecast->forecast;
    zone.forecast_id = entry.forecast->id;
    zone.content_sha256 = entry.forecast->content_sha256;
    zone.table = entry.table.get();
    zone.forecast = &issued;
    zone.scale = issued.scale;
    zone.day = entry.day;
    zone.issued_at = issued.issued_at;
    zone.expires_at = issued.expires_at;
    return zone;
  }

  const forecast::Conditions& conditions_;
  std::vector<grading::ZoneInForce> zones_;
  std::vector<std::vector<std::uint16_t>> sets_;
  std::vector<std::uint16_t> piece_set_;
  std::map<std::vector<std::uint16_t>, std::uint16_t> set_numbers_;
  std::map<std::uint16_t, std::uint16_t> entry_numbers_;
  std::vector<std::uint16_t> found_;
  std::vector<std::uint16_t> last_zones_;
  std::uint16_t last_set_ = 0;
};

/// The zones of a line with the danger that their owner set in place of the official one. Owns what they
/// borrow.
class OverriddenZones {
 public:
  OverriddenZones(const std::vector<grading::ZoneInForce>& official,
                  std::span<const grading::OverrideRef> overrides)
      : zones_(official) {
    for (const auto& override : overrides) {
      const bool is_based = std::ranges::any_of(official, [&](const grading::ZoneInForce& zone) {
        return is_of(zone, override) && zone.forecast_id == override.base_forecast_id;
      });
      if (is_based) apply(override);
    }
    std::ranges::sort(applied_, {}, &grading::OverrideRef::zone_key);
  }

  const std::vector<grading::ZoneInForce>& zones() const { return zones_; }
  /// By zone key; empty: no override applies.
  const std::vector<grading::OverrideRef>& applied() const { return applied_; }

  /// When the first of them ends.
  core::Timestamp ends_at() const {
    return std::ranges::min_element(applied_, {}, &grading::OverrideRef::ends_at)->ends_at;
  }
  /// The moment of the conditions, or when the last override was set: before that it was not in force.
  core::Timestamp speaks_of(const forecast::Conditions& conditions) const {
    const auto set_at = std::ranges::max_element(applied_, {}, &grading::OverrideRef::set_at)->set_at;
    return set_at < conditions.valid_until() ? std::max(conditions.at(), set_at) : conditions.at();
  }

 private:
  static bool is_of(const grading::ZoneInForce& zone, const grading::OverrideRef& override) {
    return zone.zone_key == override.zone_key && zone.provider == override.provider &&
           zone.forecast != nullptr && zone.day.has_value();
  }

  void apply(const grading::OverrideRef& override) {
    applied_.push_back(override);
    for (auto& zone : zones_) {
      if (!is_of(zone, override)) continue;
      zone.table = &tables_.emplace_back(
          forecast::RatingTable::build(*zone.forecast, *zone.day, zone.heights, override.danger));
      auto& laid_over = forecasts_.emplace_back(*zone.forecast);
      laid_over.problems = forecast::problems_under(*zone.forecast, override.danger);
      zone.forecast = &laid_over;
      zone.override_id = override.id;
    }
  }

  std::vector<grading::ZoneInForce> zones_;
  std::vector<grading::OverrideRef> applied_;
  std::list<forecast::RatingTable> tables_;
  std::list<forecast::Forecast> forecasts_;
};

/// The day that the answer speaks of: that of the first forecast met, else the civil day in UTC.
core::Day day_of(const std::vector<grading::ZoneInForce>& zones, const forecast::Conditions& conditions) {
  for (const auto& zone : zones) {
    if (zone.forecast == nullptr) continue;
    if (const auto day = forecast::day_in_force(*zone.forecast, conditions.at())) return *day;
  }
  return core::Day{std::chrono::floor<std::chrono::days>(conditions.at())};
}

/// The receipt without the moment it was made at, and the day of every zone, which the receipt leaves to that
/// moment.
std::string inputs_hash(const grading::Receipt& receipt, const std::vector<grading::ZoneInForce>& zones) {
  auto timeless = receipt;
  timeless.at = {};
  timeless.assessment_sha256.clear();
  auto facts = grading::render_json(timeless);
  for (const auto& zone : zones) facts += zone.day ? core::format_day(*zone.day) : "-";
  return core::sha256_hex(facts);
}

}  // namespace

Compiler::Compiler(const terrain::Sampler& sampler, const grading::Ruleset& ruleset,
                   std::string engine_version, std::string_view heights_sha256)
    : sampler_(sampler), ruleset_(ruleset) {
  context_.engine_version = std::move(engine_version);
  for (const auto& store : sampler.stores()) context_.terrain.push_back({store->id(), store->sha256()});
  core::JsonWriter facts;
  facts.begin_array().value(context_.engine_version).value(ruleset.sha256).value(heights_sha256);
  for (const auto& store : context_.terrain) facts.value(store.id).value(store.sha256);
  basis_ = core::sha256_hex(facts.end_array().take());
}

std::vector<terrain::LinePiece> Compiler::sample(const geo::Line& line) const {
  return sampler_.sample(line);
}

Graded Compiler::grade(const grading::Input& input, const grading::ReceiptContext& context,
                       const std::optional<core::Timestamp>& ends_at) const {
  Graded graded;
  graded.assessment = grading::assess(input, ruleset_);
  auto& until = graded.assessment.valid_until;
  if (ends_at) until = until ? std::min(*until, *ends_at) : *ends_at;
  graded.receipt = grading::make_receipt(input, ruleset_, graded.assessment, context);
  return graded;
}

Compiled Compiler::compile(const geo::Line& line, const forecast::Conditions& conditions,
                           std::span<const grading::OverrideRef> overrides) const {
  const auto pieces = sampler_.sample(line);
  const ZonesAlongLine along(line, pieces, conditions);
  grading::Input input;
  input.pieces = pieces;
  input.line = &line;
  input.zones = along.zones();
  input.zone_sets = along.sets();
  input.piece_zone_set = along.piece_set();
  input.at = conditions.at();
  input.day = day_of(along.zones(), conditions);

  auto official = grade(input, context_);
  Compiled compiled;
  compiled.valid_from = conditions.at();
  compiled.valid_until = conditions.valid_until();
  const OverriddenZones own(along.zones(), overrides);
  if (own.applied().empty()) {
    compiled.assessment = std::move(official.assessment);
    compiled.receipt = std::move(official.receipt);
  } else {
    input.zones = own.zones();
    input.official_zones = along.zones();
    input.kind = grading::AssessmentKind::overridden;
    input.at = own.speaks_of(conditions);
    auto context = context_;
    context.overrides = own.applied();
    auto graded = grade(input, context, own.ends_at());
    compiled.assessment = std::move(graded.assessment);
    compiled.receipt = std::move(graded.receipt);
    compiled.official = std::move(official);
    compiled.valid_from = input.at;
    compiled.valid_until = std::min(compiled.valid_until, own.ends_at());
  }
  compiled.inputs_sha256 = inputs_hash(compiled.receipt, along.zones());
  return compiled;
}

grading::Assessment Compiler::what_if(const geo::Line& line, const grading::WhatIfChoice& choice,
                                      core::Timestamp at) const {
  const auto pieces = sampler_.sample(line);
  grading::WhatIfLine what;
  what.pieces = pieces;
  what.line = &line;
  what.at = at;
  what.day = core::Day{std::chrono::floor<std::chrono::days>(at)};
  return grading::assess_what_if(what, choice, ruleset_);
}

}  // namespace route
