#pragma once
// Job kind "route.refresh": queue a compile for routes whose stored answer no longer holds (a forecast
// expired or began), so that lists show today's grade without anybody asking for the route.

#include "core/clock.hpp"
#include "jobs/runner.hpp"

namespace worker {

inline constexpr const char* kRefreshRoutes = "route.refresh";

jobs::JobKind refresh_routes(const core::Clock& clock);
jobs::PeriodicSpec refresh_schedule();

}  // namespace worker
