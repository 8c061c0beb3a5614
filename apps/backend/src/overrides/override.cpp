#include "overrides/override.hpp"

#include "forecast/overlay_json.hpp"

#include <algorithm>

namespace overrides {
namespace {

std::string with(std::string_view text, char from, char to) {
  std::string changed(text);
  std::ranges::replace(changed, from, to);
  return changed;
}

}  // namespace

std::string_view to_string(Standing value) {
  switch (value) {
    case Standing::in_force:
      return "in_force";
    case Standing::ended:
      return "ended";
    case Standing::new_forecast:
      return "new_forecast";
  }
  return "";
}

Standing standing_of(const Override& override, const forecast::Conditions& conditions, core::Timestamp now) {
  // A zone that is drawn no more has no forecast that the override could be based on.
  const auto zone = find_zone(conditions, override.zone_key, override.provider);
  if (!zone || zone->known_forecasts != override.known_forecasts) return Standing::new_forecast;
  return now < override.ends_at ? Standing::in_force : Standing::ended;
}

std::vector<Override> in_force(std::vector<Override> all, const forecast::Conditions& conditions,
                               core::Timestamp now) {
  std::erase_if(all,
                [&](const Override& one) { return standing_of(one, conditions, now) != Standing::in_force; });
  return all;
}

std::string official_now(const OfficialZone& zone, const Override& override, core::Timestamp now) {
  return official_json(zone, override.danger, {now, std::max(now, override.ends_at)});
}

void write_members(core::JsonWriter& out, const Override& override) {
  out.field("id", core::to_string(override.id))
      .field("zoneId", zone_id_of(override.zone_key))
      .field("zoneKey", override.zone_key)
      .field("zoneName", override.zone_name)
      .field("provider", override.provider)
      .field("reason", override.reason)
      .field("baseForecastId", core::to_string(override.base_forecast_id))
      .field("setAt", core::format_utc(override.set_at))
      .field("endsAt", core::format_utc(override.ends_at));
  forecast::write_overlay_members(out, override.danger);
  out.field("lowersDanger", override.lowers);
}

std::string zone_id_of(std::string_view zone_key) { return with(zone_key, '/', '~'); }
std::string zone_key_of(std::string_view zone_id) { return with(zone_id, '~', '/'); }

}  // namespace overrides
