#pragma once
// Job kind "override.lapse": record overrides that ended by themselves (their time is over, or another
// forecast was issued for their zone) and queue the routes they touched. They have not counted since that
// moment; this only writes it down.

#include "db/pool.hpp"
#include "jobs/runner.hpp"
#include "route/route_service.hpp"

namespace worker {

inline constexpr const char* kLapseOverrides = "override.lapse";

/// args version 1: {}. The arguments must outlive the kind.
jobs::JobKind lapse_overrides(db::Pool& pool, route::ConditionsSource conditions);
jobs::PeriodicSpec lapse_schedule();

/// After a forecast was stored, in the same transaction.
void lapse_soon(db::Executor& db);

}  // namespace worker
