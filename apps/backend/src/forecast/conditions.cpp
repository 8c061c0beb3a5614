#include "forecast/conditions.hpp"

#include "forecast/valid_day.hpp"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <unordered_map>

namespace forecast {
namespace {

using namespace std::chrono_literals;

/// As freshness() tolerates: a provider's clock may run ahead of ours.
constexpr auto kClockSkew = 5min;
constexpr auto kExpiringBefore = 2h;
/// Nothing holds longer than this unasked.
constexpr auto kLongest = 24h;

bool rates_zones(const Forecast& forecast) {
  return forecast.type == ProductType::forecast || forecast.type == ProductType::summary;
}

bool has_begun(const Forecast& forecast, core::Timestamp at) {
  return forecast.valid_from <= at + kClockSkew;
}

bool replaces(const StoredForecast& newer, const StoredForecast& older) {
  return !older.family.empty() && newer.family == older.family && newer.revision > older.revision;
}

/// Of those that none of them replaces, the newest issue; several of one issue (a zone named twice) all
/// count. A product's id decides nothing: providers leave it out and use it again.
std::vector<const StoredForecast*> newest_issue(const std::vector<const StoredForecast*>& candidates) {
  std::vector<const StoredForecast*> chosen;
  for (const auto* candidate : candidates) {
    if (std::ranges::any_of(candidates, [&](const auto* other) { return replaces(*other, *candidate); }))
      continue;
    const auto issued_at = candidate->forecast->issued_at;
    if (!chosen.empty() && issued_at < chosen.front()->forecast->issued_at) continue;
    if (!chosen.empty() && issued_at > chosen.front()->forecast->issued_at) chosen.clear();
    chosen.push_back(candidate);
  }
  // In one order whatever the order of the rows; one that names a zone and its parent is one.
  std::ranges::sort(chosen, {}, [](const auto* stored) {
    return std::tuple<const std::string&, const std::string&, const StoredForecast*>(
        stored->id, stored->content_sha256, stored);
  });
  chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
  return chosen;
}

/// What counts at the moment: of all that have begun.
std::vector<const StoredForecast*> in_force(const std::vector<const StoredForecast*>& candidates,
                                            core::Timestamp at) {
  std::vector<const StoredForecast*> begun;
  std::ranges::copy_if(candidates, std::back_inserter(begun),
                       [at](const auto* candidate) { return has_begun(*candidate->forecast, at); });
  return newest_issue(begun);
}

}  // namespace

Conditions::Conditions(ForecastBook book, core::Timestamp at)
    : book_(std::move(book)), at_(at), valid_until_(at + kLongest) {
  const auto& zones = book_.zones->zones();
  std::unordered_map<std::string_view, std::vector<const StoredForecast*>> by_named_key;
  for (const auto& stored : book_.forecasts) {
    if (!rates_zones(*stored.forecast)) continue;
    for (const auto& key : stored.forecast->zones) by_named_key[key].push_back(&stored);
  }
  by_zone_.resize(zones.size());
  known_.resize(zones.size());
  for (std::size_t zone = 0; zone < zones.size(); ++zone) {
    std::vector<const StoredForecast*> candidates;
    for (const auto& key : keys_that_speak_for(zones[zone].key)) {
      const auto found = by_named_key.find(key);
      if (found == by_named_key.end()) continue;
      std::ranges::copy_if(found->second, std::back_inserter(candidates), [&](const StoredForecast* stored) {
        return stored->forecast->provider == zones[zone].provider;
      });
    }
    choose(zone, candidates);
  }
}

void Conditions::choose(std::size_t zone, const std::vector<const StoredForecast*>& candidates) {
  const auto& place = book_.zones->zones()[zone];
  const auto add = [&](InZone entry) {
    by_zone_[zone].push_back(static_cast<std::uint16_t>(entries_.size()));
    entries_.push_back(std::move(entry));
  };
  for (const auto* candidate : candidates) limit_validity(*candidate->forecast);
  const auto chosen = in_force(candidates, at_);
  auto& known = known_[zone];
  for (const auto& some : {chosen, newest_issue(candidates)}) {
    for (const auto* stored : some) known.push_back(stored->id);
  }
  std::ranges::sort(known);
  known.erase(std::unique(known.begin(), known.end()), known.end());
  if (chosen.empty()) {
    InZone nothing;
    nothing.zone = &place;
    add(std::move(nothing));
  }
  for (const auto* stored : chosen) {
    const auto day =
        day_in_force(*stored->forecast, at_).value_or(core::Day{std::chrono::floor<std::chrono::days>(at_)});
    add({.zone = &place,
         .forecast = stored,
         .freshness = forecast::freshness(*stored->forecast, at_),
         .day = day,
         .table =
             std::make_shared<const RatingTable>(RatingTable::build(*stored->forecast, day, place.heights))});
  }
}

void Conditions::limit_validity(const Forecast& forecast) {
  const auto limit = [this](core::Timestamp moment) {
    if (moment > at_) valid_until_ = std::min(valid_until_, moment);
  };
  limit(forecast.valid_from - kClockSkew);
  if (forecast.expires_at) {
    limit(*forecast.expires_at);
    limit(*forecast.expires_at - kExpiringBefore);
  }
  if (const auto today = local_day(at_, forecast.time_zone)) {
    if (const auto midnight = core::from_local({core::add_days(*today, 1), 0, 0, 0}, forecast.time_zone)) {
      limit(*midnight);
    }
  }
}

}  // namespace forecast
