#include "overrides/lapse.hpp"

#include "overrides/official.hpp"

namespace overrides {

std::vector<FoundLapse> find_lapsed(std::span<const Override> overrides,
                                    const forecast::Conditions& conditions, core::Timestamp now) {
  std::vector<FoundLapse> found;
  for (const auto& one : overrides) {
    const auto standing = standing_of(one, conditions, now);
    if (standing == Standing::in_force) continue;
    const auto zone = find_zone(conditions, one.zone_key, one.provider).value_or(OfficialZone{});
    found.push_back({one.user_id, {one.id, standing, official_now(zone, one, now)}, zone.shapes});
  }
  return found;
}

}  // namespace overrides
