#include "worker/refresh_routes.hpp"

#include "jobs/queue.hpp"
#include "route/route_store.hpp"

#include <utility>

namespace worker {
namespace {

/// More wait for the next round: one job must not hold its transaction for long.
constexpr int kBatch = 5000;

}  // namespace

jobs::JobKind refresh_routes(const core::Clock& clock, std::string basis) {
  const auto run = [&clock, basis = std::move(basis)](jobs::JobContext&) -> jobs::Effect {
    return [now = clock.now(), basis](db::Transaction& tx) {
      route::enqueue_outdated(tx, now, kBatch);
      route::enqueue_of_other_basis(tx, basis, now, kBatch);
    };
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

void refresh_now(db::Executor& db) {
  jobs::enqueue(db, {.kind = kRefreshRoutes, .unique_key = kRefreshRoutes});
}

}  // namespace worker
