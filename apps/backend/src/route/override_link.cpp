#include "route/override_link.hpp"

#include "geo/polygon.hpp"

namespace route {

grading::OverrideRef ref_of(const overrides::Override& override) {
  return {.id = core::to_string(override.id),
          .zone_key = override.zone_key,
          .provider = override.provider,
          .base_forecast_id = core::to_string(override.base_forecast_id),
          .set_at = override.set_at,
          .ends_at = override.ends_at,
          .danger = override.danger};
}

std::vector<grading::OverrideRef> refs_of(std::span<const overrides::Override> overrides) {
  std::vector<grading::OverrideRef> refs;
  refs.reserve(overrides.size());
  for (const auto& one : overrides) refs.push_back(ref_of(one));
  return refs;
}

void add_extents(const core::Uuid& owner_id, const std::vector<const forecast::Zone*>& shapes,
                 std::vector<OwnedExtent>& extents) {
  if (shapes.empty()) extents.push_back({owner_id, {-180, -90, 180, 90}});
  for (const auto* zone : shapes) extents.push_back({owner_id, geo::bounding_box(zone->shape)});
}

void queue_routes_of(db::Transaction& tx, const core::Uuid& owner_id,
                     const std::vector<const forecast::Zone*>& shapes) {
  std::vector<OwnedExtent> extents;
  add_extents(owner_id, shapes, extents);
  enqueue_compiles_of_owners(tx, extents);
}

}  // namespace route
