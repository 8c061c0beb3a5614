#pragma once
// What routes have to do with their owners' overrides.

#include "core/time.hpp"
#include "db/transaction.hpp"
#include "forecast/conditions.hpp"
#include "forecast/zone.hpp"
#include "grading/receipt.hpp"
#include "route/route_store.hpp"

#include "overrides/override.hpp"

#include <span>
#include <vector>

namespace route {

/// An override as grading takes it.
grading::OverrideRef ref_of(const overrides::Override& override);
std::vector<grading::OverrideRef> refs_of(std::span<const overrides::Override> overrides);

/// Where a person's routes are touched by a change of their override: the boxes of the zone's shapes, or
/// everywhere when it has none any more.
void add_extents(const core::Uuid& owner_id, const std::vector<const forecast::Zone*>& shapes,
                 std::vector<OwnedExtent>& extents);

/// For overrides::OnChange: queues a compile of the person's routes near the zone, in the changing
/// transaction.
void queue_routes_of(db::Transaction& tx, const core::Uuid& owner_id,
                     const std::vector<const forecast::Zone*>& shapes);

}  // namespace route
