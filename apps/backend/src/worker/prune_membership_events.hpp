#pragma once
// Job kind "membership.prune_events": forgets the ids of events whose deliveries have long ended.

#include "core/clock.hpp"
#include "jobs/runner.hpp"

namespace worker {

inline constexpr const char* kPruneMembershipEvents = "membership.prune_events";

jobs::JobKind prune_membership_events(const core::Clock& clock);
jobs::PeriodicSpec prune_membership_events_schedule();

}  // namespace worker
