#include "worker/send_analytics.hpp"

#include "core/log.hpp"
#include "jobs/queue.hpp"

#include "analytics/outbox_store.hpp"

namespace worker {
namespace {

/// What is older would be told as three days late at best.
constexpr std::chrono::days kKeep{3};
constexpr std::int64_t kMostBatches = 50'000;

jobs::JobSpec next_round(std::optional<core::Timestamp> at) {
  return {.kind = analytics::kSendJob,
          .lane = "fetch",
          .priority = 200,
          .run_at = at,
          .unique_key = analytics::kSendJob};
}

}  // namespace

jobs::JobKind send_analytics(analytics::Sender& sender) {
  const auto run = [&sender](jobs::JobContext& context) -> jobs::Effect {
    const auto round = sender.run(context.stop(), context.deadline());
    if (round.sent + round.dropped > 0)
      core::log_info("analytics.sent", {{"batches", round.sent}, {"dropped", round.dropped}});
    if (!round.again_at) return {};
    return [at = round.again_at](db::Transaction& tx) { jobs::enqueue(tx, next_round(at)); };
  };
  return {.run = run, .deadline = std::chrono::minutes(2), .args_version = 1};
}

jobs::JobKind prune_analytics(const core::Clock& clock) {
  const auto run = [&clock](jobs::JobContext&) -> jobs::Effect {
    return [before = clock.now() - kKeep](db::Transaction& tx) {
      const auto pruned = analytics::prune_batches(tx, before, kMostBatches);
      if (pruned > 0) core::log_warn("analytics.pruned", {{"batches", pruned}});
      if (analytics::next_batch(tx)) jobs::enqueue(tx, next_round(analytics::relay_state(tx).not_before));
    };
  };
  return {.run = run, .deadline = std::chrono::seconds(60), .args_version = 1};
}

jobs::PeriodicSpec prune_analytics_schedule() {
  jobs::PeriodicSpec spec;
  spec.name = "analytics.prune";
  spec.kind = kPruneAnalytics;
  spec.period = std::chrono::minutes(30);
  return spec;
}

}  // namespace worker
