#include "overrides/override_service.hpp"

#include "core/error.hpp"
#include "core/log.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <utility>

namespace overrides {
namespace {

using core::Error;
using core::ErrorKind;
using core::FieldError;

constexpr std::size_t kShortestReason = 10;
constexpr std::size_t kLongestReason = 500;
constexpr std::size_t kMaxProblems = 32;

std::size_t code_points_in(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](unsigned char byte) { return (byte & 0xC0) != 0x80; }));
}

void check_reason(const PutRequest& request, std::vector<FieldError>& faults) {
  const auto length = code_points_in(core::trimmed(request.reason));
  if (length >= kShortestReason && length <= kLongestReason) return;
  faults.push_back(
      {"reason", "out_of_range", "must have 10 to 500 characters (has " + std::to_string(length) + ")"});
}

void check_danger(const forecast::Overlay& danger, const OfficialZone& zone,
                  std::vector<FieldError>& faults) {
  if (!danger.has_bands() && !danger.problems)
    faults.push_back({"bands", "required", "give a level for at least one band, or the problems"});
  if (danger.problems && danger.problems->size() > kMaxProblems)
    faults.push_back({"problems", "too_many", "must have at most 32 entries"});
  if (!danger.has_own_borders()) return;
  const auto& known = zone.zone().heights;
  if (known.upper_begins || known.middle_begins)
    faults.push_back({"heights", "not_accepted", "the borders of this zone's bands are known; leave it out"});
  if (!danger.has_bands())
    faults.push_back({"heights", "not_accepted", "is for chosen bands; there are none"});
  if (danger.upper_begins_m && danger.middle_begins_m && *danger.upper_begins_m < *danger.middle_begins_m)
    faults.push_back({"heights", "out_of_order", "the upper band must begin above the middle one"});
}

core::Timestamp check_end(const PutRequest& request, const OfficialZone& zone, core::Timestamp now,
                          std::vector<FieldError>& faults) {
  const auto latest = end_of_forecast(zone);
  const auto ends_at = std::chrono::floor<std::chrono::seconds>(request.ends_at.value_or(latest));
  if (ends_at <= now || ends_at > latest) {
    faults.push_back(
        {"endsAt", "out_of_range",
         "must lie after now and not after the end of the forecast, " + core::format_utc(latest)});
  }
  return ends_at;
}

OfficialZone require_zone(const forecast::Conditions& conditions, std::string_view zone_key) {
  auto zone = find_zone(conditions, zone_key);
  if (!zone) throw Error(ErrorKind::not_found, "override.zone_unknown", "There is no such forecast zone.");
  if (!is_rated(*zone)) {
    throw Error(ErrorKind::conflict, "override.no_forecast",
                "No official forecast with ratings is in force in this zone: there is nothing to set aside.");
  }
  return *std::move(zone);
}

void require_base(const OfficialZone& zone, const core::Uuid& base) {
  std::string in_force;
  for (const auto* entry : zone.forecasts) {
    if (entry->forecast->id == core::to_string(base)) return;
    in_force += (in_force.empty() ? "" : " or ") + entry->forecast->id;
  }
  throw Error::invalid("override.base_changed", "The zone has another forecast now. Read it, then decide.",
                       {{"baseForecastId", "changed", "the forecast in force is " + in_force}});
}

void require_known_lowering(const std::vector<FieldError>& lowered, bool acknowledged) {
  if (lowered.empty() || acknowledged) return;
  throw Error::invalid("override.lowers_danger",
                       "This is less than the official danger. If you mean it, repeat the request with "
                       "acknowledgesLowering set to true.",
                       lowered);
}

/// A repeat, as after a lost answer.
bool is_same(const Override& a, const Override& b) {
  return a.reason == b.reason && a.base_forecast_id == b.base_forecast_id && a.danger == b.danger &&
         a.ends_at == b.ends_at && a.known_forecasts == b.known_forecasts;
}

}  // namespace

std::vector<OverrideView> OverrideService::list(const core::Uuid& user_id, db::Deadline deadline) {
  db::PumpReader reader(parts_.pump, deadline);
  auto all = list_overrides(reader, user_id);
  std::vector<OverrideView> views;
  if (all.empty()) return views;
  const auto conditions = parts_.conditions(deadline);
  const auto now = parts_.clock.now();
  for (auto& one : all) {
    const auto standing = standing_of(one, *conditions, now);
    views.push_back({std::move(one), standing});
  }
  return views;
}

Override OverrideService::put(const core::Uuid& user_id, std::string_view zone_key, const PutRequest& request,
                              db::Deadline deadline) {
  const auto conditions = parts_.conditions(deadline);
  const auto now = std::chrono::floor<std::chrono::seconds>(parts_.clock.now());
  const auto zone = require_zone(*conditions, zone_key);
  require_base(zone, request.base_forecast_id);

  std::vector<FieldError> faults;
  check_reason(request, faults);
  check_danger(request.danger, zone, faults);
  Override wanted;
  wanted.ends_at = check_end(request, zone, now, faults);
  if (!faults.empty())
    throw Error::invalid("validation_failed", "The override is not acceptable.", std::move(faults));

  const Span during{now, wanted.ends_at};
  const auto lowered = lowered_values(zone, request.danger, during);
  require_known_lowering(lowered, request.acknowledges_lowering);
  wanted.id = core::make_uuid_v7(now);
  wanted.user_id = user_id;
  wanted.zone_key = zone.zone().key;
  wanted.zone_name = zone.zone().name;
  wanted.provider = zone.zone().provider;
  wanted.reason = core::trimmed(request.reason);
  wanted.base_forecast_id = request.base_forecast_id;
  wanted.known_forecasts = zone.known_forecasts;
  wanted.danger = request.danger;
  wanted.lowers = !lowered.empty();
  wanted.set_at = now;
  wanted.official = official_json(zone, request.danger, during);
  Override stored;
  parts_.pool.transact(deadline,
                       [&](db::Transaction& tx) { stored = store(tx, wanted, request, *conditions, zone); });
  return stored;
}

Override OverrideService::store(db::Transaction& tx, const Override& wanted, const PutRequest& request,
                                const forecast::Conditions& conditions, const OfficialZone& zone) {
  if (!lock_person(tx, wanted.user_id))
    throw Error(ErrorKind::unauthenticated, "session_revoked", "The account is no more.");
  auto there = find_override(tx, wanted.user_id, wanted.zone_key);
  if (there) {
    const auto standing = standing_of(*there, conditions, wanted.set_at);
    if (standing == Standing::in_force && is_same(*there, wanted)) return *std::move(there);
    if (standing != Standing::in_force) {
      const Lapse lapse{there->id, standing, official_now(zone, *there, wanted.set_at)};
      record_lapses(tx, std::span(&lapse, 1), wanted.set_at);
      there.reset();
    }
  }
  const int revision = there ? there->revision : 0;
  if (request.base_revision && *request.base_revision != revision) {
    throw Error::invalid("override.changed", "Your override of this zone has been changed in the meantime.",
                         {{"baseRevision", "changed", "the revision there is " + std::to_string(revision)}});
  }
  auto stored = wanted;
  stored.revision = put_override(tx, wanted);
  parts_.on_change(tx, wanted.user_id, zone.shapes);
  core::log_info("override.put", {{"user_id", core::to_string(wanted.user_id)},
                                  {"override_id", core::to_string(wanted.id)},
                                  {"lowers", wanted.lowers}});
  return stored;
}

void OverrideService::remove(const core::Uuid& user_id, std::string_view zone_key, db::Deadline deadline) {
  const auto conditions = parts_.conditions(deadline);
  const auto now = std::chrono::floor<std::chrono::seconds>(parts_.clock.now());
  const auto zone = find_zone(*conditions, zone_key).value_or(OfficialZone{});
  parts_.pool.transact(deadline, [&](db::Transaction& tx) {
    lock_person(tx, user_id);
    const auto there = find_override(tx, user_id, zone_key);
    if (!there) throw Error(ErrorKind::not_found, "override.not_found", "You have no override of this zone.");
    const auto official = official_now(zone, *there, now);
    const auto standing = standing_of(*there, *conditions, now);
    if (standing == Standing::in_force) {
      delete_override(tx, user_id, zone_key, official, now);
    } else {
      const Lapse lapse{there->id, standing, official};
      record_lapses(tx, std::span(&lapse, 1), now);
    }
    parts_.on_change(tx, user_id, zone.shapes);
  });
}

History OverrideService::history(const core::Uuid& user_id, std::optional<std::int64_t> before, int limit,
                                 db::Deadline deadline) {
  db::PumpReader reader(parts_.pump, deadline);
  History history;
  history.entries = list_history(reader, user_id, before, limit + 1);
  history.more = std::cmp_greater(history.entries.size(), limit);
  if (history.more) history.entries.pop_back();
  return history;
}

}  // namespace overrides
