#include "worker/user_jobs.hpp"

#include "core/error.hpp"
#include "core/json.hpp"
#include "core/log.hpp"

#include "user/purger.hpp"
#include "user/sweeper.hpp"

namespace worker {
namespace {

using namespace std::chrono_literals;

core::Uuid user_id_of(const jobs::ClaimedJob& job) {
  const auto args = core::JsonDocument::parse(job.args);
  if (const auto id = core::parse_uuid(args.root()["userId"].string().value_or(""))) return *id;
  throw core::Error(core::ErrorKind::invalid_input, "job.bad_args", "The job names no person.");
}

}  // namespace

jobs::JobKind purge_user(db::Pool& pool, storage::Store& store, const mail::Outbox& outbox) {
  const auto run = [&pool, &store, &outbox](jobs::JobContext& context) -> jobs::Effect {
    user::Purger purger(pool, store, outbox);
    return purger.run(user_id_of(context.job()), context.now(), context.stop(), context.deadline());
  };
  return {.run = run, .deadline = 5min, .args_version = 1};
}

jobs::JobKind sweep_users(db::Pool& pool, storage::Store& store) {
  const auto run = [&pool, &store](jobs::JobContext& context) -> jobs::Effect {
    const auto report = user::sweep(pool, store, context.now(), context.deadline());
    core::log_info("user.swept", {{"purges", report.purges},
                                  {"archives", report.archives},
                                  {"stuck_exports", report.stuck},
                                  {"pruned", report.pruned}});
    return {};
  };
  return {.run = run, .deadline = 2min, .args_version = 1};
}

jobs::PeriodicSpec sweep_users_schedule() {
  jobs::PeriodicSpec spec;
  spec.name = kSweepUsers;
  spec.kind = kSweepUsers;
  spec.lane = "user";
  spec.period = 10min;
  spec.jitter = 5min;
  return spec;
}

jobs::JobKind sweep_objects(db::Pool& pool, storage::Store& store) {
  const auto run = [&pool, &store](jobs::JobContext& context) -> jobs::Effect {
    const auto report = user::sweep_objects(pool, store, context.now(), context.stop(), context.deadline());
    core::log_info("user.objects_swept", {{"seen", report.seen}, {"removed", report.removed}});
    return {};
  };
  return {.run = run, .deadline = 10min, .args_version = 1};
}

jobs::PeriodicSpec sweep_objects_schedule() {
  jobs::PeriodicSpec spec;
  spec.name = kSweepObjects;
  spec.kind = kSweepObjects;
  spec.lane = "user";
  spec.period = 24h;
  spec.jitter = 12h;
  return spec;
}

}  // namespace worker
