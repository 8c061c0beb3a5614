#include "worker/lapse_overrides.hpp"

#include "core/log.hpp"
#include "jobs/queue.hpp"
#include "route/override_link.hpp"

#include "overrides/lapse.hpp"

#include <iterator>
#include <utility>

namespace worker {
namespace {

constexpr int kPage = 1000;

std::vector<overrides::FoundLapse> find_all(db::Pool& pool, const forecast::Conditions& conditions,
                                            const jobs::JobContext& context) {
  const auto lease = pool.acquire(context.deadline());
  db::OnSession db(*lease, context.deadline());
  std::vector<overrides::FoundLapse> found;
  core::Uuid after;
  for (;;) {
    const auto page = overrides::list_of_everybody(db, after, kPage);
    auto lapsed = overrides::find_lapsed(page, conditions, context.now());
    std::ranges::move(lapsed, std::back_inserter(found));
    if (page.size() < kPage) return found;
    after = page.back().id;
  }
}

void record(db::Transaction& tx, const std::vector<overrides::FoundLapse>& found, core::Timestamp now) {
  std::vector<core::Uuid> people;
  std::vector<overrides::Lapse> lapses;
  std::vector<route::OwnedExtent> extents;
  for (const auto& one : found) {
    people.push_back(one.user_id);
    lapses.push_back(one.lapse);
    route::add_extents(one.user_id, one.shapes, extents);
  }
  overrides::lock_people(tx, people);
  const auto recorded = overrides::record_lapses(tx, lapses, now);
  if (recorded == 0) return;
  route::enqueue_compiles_of_owners(tx, extents);
  core::log_info("override.lapsed", {{"count", recorded}});
}

}  // namespace

jobs::JobKind lapse_overrides(db::Pool& pool, route::ConditionsSource conditions) {
  const auto run = [&pool, conditions = std::move(conditions)](jobs::JobContext& context) -> jobs::Effect {
    const auto now_in_force = conditions(context.deadline());
    auto found = find_all(pool, *now_in_force, context);
    if (found.empty()) return {};
    const auto now = std::chrono::floor<std::chrono::seconds>(context.now());
    // The zones' shapes are the conditions': they must live until the effect has run.
    return [found = std::move(found), now_in_force, now](db::Transaction& tx) { record(tx, found, now); };
  };
  return {.run = run, .deadline = std::chrono::seconds(60), .args_version = 1};
}

jobs::PeriodicSpec lapse_schedule() {
  jobs::PeriodicSpec spec;
  spec.name = kLapseOverrides;
  spec.kind = kLapseOverrides;
  spec.period = std::chrono::minutes(1);
  return spec;
}

void lapse_soon(db::Executor& db) {
  jobs::enqueue(db, {.kind = kLapseOverrides, .unique_key = kLapseOverrides});
}

}  // namespace worker
