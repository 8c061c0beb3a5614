#include "overrides/official.hpp"

#include "core/json_writer.hpp"
#include "forecast/forecast_json.hpp"
#include "forecast/rating.hpp"
#include "forecast/valid_day.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace overrides {
namespace {

using forecast::BandFacts;
using forecast::InZone;

constexpr std::array<std::string_view, 3> kBandNames{"upper", "middle", "lower"};
constexpr int kOctants = 8;

/// The days whose ratings count at some moment of the span.
std::vector<core::Day> days_of(const InZone& entry, Span during) {
  const auto& issued = *entry.forecast->forecast;
  const auto last_moment = std::max(during.from, during.to - std::chrono::seconds(1));
  std::vector<core::Day> days{forecast::day_in_force(issued, during.from).value_or(entry.day)};
  const auto last = forecast::day_in_force(issued, last_moment).value_or(days.front());
  while (days.back() < last && days.size() < forecast::kMaxProductDays)
    days.push_back(core::add_days(days.back(), 1));
  return days;
}

template <typename Visit>
void for_each_day(const OfficialZone& zone, Span during, Visit visit) {
  for (const auto* entry : zone.forecasts) {
    for (const auto day : days_of(*entry, during)) visit(*entry, day);
  }
}

std::array<BandFacts, 3> facts_of(const OfficialZone& zone, const forecast::Overlay& danger, Span during) {
  std::array<BandFacts, 3> all;
  for_each_day(zone, during, [&](const InZone& entry, core::Day day) {
    const auto facts =
        forecast::official_by_band(*entry.forecast->forecast, day, entry.zone->heights, danger);
    for (std::size_t band = 0; band < all.size(); ++band) {
      all[band].highest = std::max(all[band].highest, facts[band].highest);
      all[band].complete = all[band].complete && facts[band].complete;
    }
  });
  return all;
}

/// Bit i: ProblemType i. Only of problems that a person can choose away.
std::uint32_t types_in(const std::vector<forecast::Problem>& problems, std::uint32_t bits) {
  std::uint32_t types = 0;
  for (std::size_t i = 0; i < problems.size() && bits != 0; ++i, bits >>= 1) {
    const auto type = problems[i].type;
    const bool counts =
        forecast::can_be_placed(problems[i]) && type != forecast::ProblemType::no_distinct_problem;
    if ((bits & 1u) != 0 && counts) types |= 1u << static_cast<unsigned>(type);
  }
  return types;
}

/// The heights at which either table may change, and one between each two of them.
std::vector<double> heights_to_ask(const forecast::RatingTable& a, const forecast::RatingTable& b) {
  std::set<double> breaks(a.breaks_m().begin(), a.breaks_m().end());
  breaks.insert(b.breaks_m().begin(), b.breaks_m().end());
  if (breaks.empty()) return {0};
  std::vector<double> heights{*breaks.begin() - 1};
  for (auto at = breaks.begin(); at != breaks.end(); ++at) {
    heights.push_back(*at);
    const auto next = std::next(at);
    heights.push_back(next == breaks.end() ? *at + 1 : (*at + *next) / 2);
  }
  return heights;
}

/// Official problems that somewhere apply where no chosen one of their type does.
std::uint32_t types_left_out(const InZone& entry, core::Day day, const forecast::Overlay& danger) {
  const auto& issued = *entry.forecast->forecast;
  const auto& heights = entry.zone->heights;
  const auto official = forecast::RatingTable::build(issued, day, heights);
  const auto chosen = forecast::RatingTable::build(issued, day, heights, danger);
  const auto counted = forecast::problems_under(issued, danger);
  std::uint32_t left_out = 0;
  for (const double height_m : heights_to_ask(official, chosen)) {
    for (int octant = 0; octant < kOctants; ++octant) {
      const auto before = types_in(issued.problems, official.at(height_m, octant).problems);
      left_out |= before & ~types_in(counted, chosen.at(height_m, octant).problems);
    }
  }
  return left_out;
}

std::string names_of(std::uint32_t types) {
  std::string names;
  for (unsigned i = 0; types != 0; ++i, types >>= 1) {
    if ((types & 1u) == 0) continue;
    names += (names.empty() ? "" : ", ");
    names += forecast::to_string(static_cast<forecast::ProblemType>(i));
  }
  return names;
}

void write_time(core::JsonWriter& out, std::string_view name, const std::optional<core::Timestamp>& at) {
  out.key(name);
  at ? out.value(core::format_utc(*at)) : out.null();
}

void write_forecasts(core::JsonWriter& out, const OfficialZone& zone) {
  out.key("forecasts").begin_array();
  for (const auto* entry : zone.forecasts) {
    const auto& issued = *entry->forecast->forecast;
    out.begin_object()
        .field("forecastId", entry->forecast->id)
        .field("contentSha256", entry->forecast->content_sha256)
        .field("freshness", forecast::to_string(entry->freshness))
        .field("issuedAt", core::format_utc(issued.issued_at));
    write_time(out, "expiresAt", issued.expires_at);
    out.end_object();
  }
  out.end_array();
}

void write_days_and_problems(core::JsonWriter& out, const OfficialZone& zone, Span during) {
  std::set<core::Day> days;
  core::JsonWriter problems;
  problems.begin_array();
  for (const auto* entry : zone.forecasts) {
    const auto own_days = days_of(*entry, during);
    days.insert(own_days.begin(), own_days.end());
    for (const auto& problem : entry->forecast->forecast->problems) {
      if (problem.day && std::ranges::find(own_days, *problem.day) == own_days.end()) continue;
      problems.begin_object().field("type", forecast::to_string(problem.type));
      forecast::write_where(problems, problem.where);
      problems.end_object();
    }
  }
  out.key("days").begin_array();
  for (const auto day : days) out.value(core::format_day(day));
  out.end_array().key("problems").raw(problems.end_array().take());
}

}  // namespace

std::optional<OfficialZone> find_zone(const forecast::Conditions& conditions, std::string_view zone_key,
                                      std::string_view provider) {
  OfficialZone found;
  std::set<std::string> known;
  const auto& zones = conditions.zones().zones();
  for (std::size_t i = 0; i < zones.size(); ++i) {
    if (zones[i].key != zone_key || (!provider.empty() && zones[i].provider != provider)) continue;
    // The first one's provider speaks; a key is one provider's as a rule.
    if (provider.empty()) provider = zones[i].provider;
    found.shapes.push_back(&zones[i]);
    known.insert(conditions.known_in(i).begin(), conditions.known_in(i).end());
    for (const auto position : conditions.entries_of(i)) {
      const auto& entry = conditions.entries()[position];
      const bool is_new = std::ranges::none_of(
          found.forecasts, [&](const InZone* other) { return other->forecast == entry.forecast; });
      if (entry.forecast != nullptr && is_new) found.forecasts.push_back(&entry);
    }
  }
  if (found.shapes.empty()) return std::nullopt;
  for (const auto& id : known) found.known_forecasts += (found.known_forecasts.empty() ? "" : ",") + id;
  return found;
}

bool is_rated(const OfficialZone& zone) {
  return !zone.forecasts.empty() && std::ranges::all_of(zone.forecasts, [](const InZone* entry) {
    return entry->freshness == forecast::Freshness::current ||
           entry->freshness == forecast::Freshness::expiring;
  });
}

core::Timestamp end_of_forecast(const OfficialZone& zone) {
  auto end = core::Timestamp::max();
  for (const auto* entry : zone.forecasts) {
    if (const auto& expires_at = entry->forecast->forecast->expires_at) end = std::min(end, *expires_at);
  }
  return std::chrono::floor<std::chrono::seconds>(end);
}

std::vector<core::FieldError> lowered_values(const OfficialZone& zone, const forecast::Overlay& danger,
                                             Span during) {
  std::vector<core::FieldError> lowered;
  const auto facts = facts_of(zone, danger, during);
  for (std::size_t band = 0; band < kBandNames.size(); ++band) {
    const auto& chosen = danger.bands[band];
    if (!chosen || !facts[band].highest || *chosen >= *facts[band].highest) continue;
    lowered.push_back({"bands." + std::string(kBandNames[band]), "lowers_official",
                       "is " + std::string(forecast::to_string(*chosen)) + "; the official danger is " +
                           std::string(forecast::to_string(*facts[band].highest))});
  }
  if (!danger.problems) return lowered;
  std::uint32_t left_out = 0;
  for_each_day(zone, during,
               [&](const InZone& entry, core::Day day) { left_out |= types_left_out(entry, day, danger); });
  if (left_out != 0) {
    lowered.push_back({"problems", "lowers_official",
                       "leave out, or confine, what the official forecast names: " + names_of(left_out)});
  }
  return lowered;
}

std::string official_json(const OfficialZone& zone, const forecast::Overlay& danger, Span during) {
  core::JsonWriter out(512);
  out.begin_object();
  write_forecasts(out, zone);
  out.key("bands").begin_object();
  const auto facts = facts_of(zone, danger, during);
  for (std::size_t band = 0; band < kBandNames.size(); ++band) {
    out.key(kBandNames[band]).begin_object().key("level");
    facts[band].highest ? out.value(forecast::to_string(*facts[band].highest)) : out.null();
    out.field("complete", facts[band].complete && !zone.forecasts.empty()).end_object();
  }
  out.end_object();
  write_days_and_problems(out, zone, during);
  return out.end_object().take();
}

}  // namespace overrides
