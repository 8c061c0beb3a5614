#include "worker/refresh_routes.hpp"

#include "route/route_store.hpp"

namespace worker {
namespace {

/// More wait for the next round: one job must not hold its transaction for long.
constexpr int kBatch = 5000;

}  // namespace

jobs::JobKind refresh_routes(const core::Clock& clock) {
  const auto run = [&clock](jobs::JobContext&) -> jobs::Effect {
    return [now = clock.now()](db::Transaction& tx) { route::enqueue_outdated(tx, now, kBatch); };
  };
  return {.run = run, .deadline = std::chrono::seconds(60), .args_version = 1};
}

jobs::PeriodicSpec refresh_schedule() {
  jobs::PeriodicSpec spec;
  spec.name = "route.refresh";
  spec.kind = kRefreshRoutes;
  spec.period = std::chrono::minutes(5);
  return spec;
}

}  // namespace worker
