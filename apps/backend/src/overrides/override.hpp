#pragma once
// A person's own danger for one forecast zone, in place of the official one: an explicit act with a reason.
// docs/concepts/overrides.md

#include "core/ids.hpp"
#include "core/json_writer.hpp"
#include "core/time.hpp"
#include "forecast/conditions.hpp"
#include "forecast/overlay.hpp"

#include "overrides/official.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace overrides {

struct Override {
  core::Uuid id;  ///< of this setting; setting it anew makes another one
  core::Uuid user_id;
  std::string zone_key;
  std::string zone_name;
  std::string provider;
  int revision = 1;  ///< counts the changes of this person's override of this zone, also its ends
  std::string reason;
  core::Uuid base_forecast_id;  ///< in force in the zone when it was set
  /// forecast::Conditions::known_in of the zone when it was set, joined by commas.
  std::string known_forecasts;
  forecast::Overlay danger;
  bool lowers = false;  ///< some value was below the official one, and the person said to know
  core::Timestamp set_at{};
  core::Timestamp ends_at{};
  std::string official;  ///< JSON: the official values when it was set
};

/// Whether an override counts. All but in_force are lapses, at once and for good.
enum class Standing { in_force, ended, new_forecast };
std::string_view to_string(Standing value);

/// `conditions` must hold at `now`.
Standing standing_of(const Override& override, const forecast::Conditions& conditions, core::Timestamp now);

/// Those of `all` that are in force.
std::vector<Override> in_force(std::vector<Override> all, const forecast::Conditions& conditions,
                               core::Timestamp now);

/// The official values at `now`, for the history: until the override would have ended.
std::string official_now(const OfficialZone& zone, const Override& override, core::Timestamp now);

/// The members that say what an override is, into an object that is open: its zone, reason, danger, times.
void write_members(core::JsonWriter& out, const Override& override);

/// Zone keys may hold a slash, which no segment of a path can: in ids it is a tilde.
std::string zone_id_of(std::string_view zone_key);
std::string zone_key_of(std::string_view zone_id);

}  // namespace overrides
