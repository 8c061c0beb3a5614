#include "worker/prune_membership_events.hpp"

#include "membership/membership_store.hpp"

namespace worker {
namespace {

/// Providers deliver again for days; afterwards the order of events refuses what is old.
constexpr std::chrono::days kKeep{30};

}  // namespace

jobs::JobKind prune_membership_events(const core::Clock& clock) {
  const auto run = [&clock](jobs::JobContext&) -> jobs::Effect {
    return [before = clock.now() - kKeep](db::Transaction& tx) { membership::prune_events(tx, before); };
  };
  return {.run = run, .deadline = std::chrono::minutes(5), .args_version = 1};
}

jobs::PeriodicSpec prune_membership_events_schedule() {
  jobs::PeriodicSpec spec;
  spec.name = kPruneMembershipEvents;
  spec.kind = kPruneMembershipEvents;
  spec.period = std::chrono::hours(24);
  return spec;
}

}  // namespace worker
