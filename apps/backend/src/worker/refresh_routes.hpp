#pragma once
// Job kind "route.refresh": queue a compile for routes whose stored answer no longer holds (a forecast
// expired or began) or rests on other rules or terrain than this worker's, or that have none although no job
// is on its way, so that lists show today's grade without anybody asking for the route.

#include "core/clock.hpp"
#include "jobs/runner.hpp"

#include <string>

namespace worker {

inline constexpr const char* kRefreshRoutes = "route.refresh";

/// `basis` is that of this worker's compiler.
jobs::JobKind refresh_routes(const core::Clock& clock, std::string basis);
jobs::PeriodicSpec refresh_schedule();

/// The first round, without waiting for the schedule: a worker starts when rules or terrain have changed.
void refresh_now(db::Executor& db);

}  // namespace worker
