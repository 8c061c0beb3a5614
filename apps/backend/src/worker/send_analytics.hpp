#pragma once
// Job kinds "analytics.send": send what waits in the outbox; and "analytics.prune": drop what waited for too
// long.

#include "core/clock.hpp"
#include "jobs/runner.hpp"

#include "analytics/sender.hpp"

namespace worker {

inline constexpr const char* kPruneAnalytics = "analytics.prune";

/// `sender` must outlive the runner.
jobs::JobKind send_analytics(analytics::Sender& sender);

/// Also wakes the sender, in case the job that should have was lost.
jobs::JobKind prune_analytics(const core::Clock& clock);
jobs::PeriodicSpec prune_analytics_schedule();

}  // namespace worker
