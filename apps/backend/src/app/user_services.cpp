#include "app/user_services.hpp"

#include "app/storage_settings.hpp"
#include "app/version.hpp"
#include "worker/export_user.hpp"
#include "worker/user_jobs.hpp"

#include "user/deletion_store.hpp"
#include "user/export_store.hpp"

#include <algorithm>

namespace app {
namespace {

std::unique_ptr<storage::Store> configured_store(const Options& options, db::Pool& pool,
                                                 const core::Clock& clock) {
  return make_store(options.storage.driver, options.storage, pool, clock);
}

}  // namespace

UserArea::UserArea(const Parts& parts)
    : limits_(parts.limits),
      forecasts_(parts.forecasts),
      store_(configured_store(parts.options, parts.pool, storage_clock_)),
      profiles_({.pool = parts.pool, .pump = parts.pump, .clock = parts.clock, .store = *store_}),
      settings_(parts.pool, parts.pump, parts.clock),
      favourites_(parts.pool, parts.pump, parts.clock),
      contacts_(parts.pool, parts.pump, parts.clock),
      devices_({.pool = parts.pool, .pump = parts.pump, .clock = parts.clock, .keys = parts.keys}),
      support_(parts.pump, parts.clock),
      exports_({.pool = parts.pool, .pump = parts.pump, .clock = parts.clock, .store = *store_}),
      deletions_({.pool = parts.pool,
                  .pump = parts.pump,
                  .clock = parts.clock,
                  .limits = parts.limits,
                  .outbox = parts.outbox,
                  .grace = parts.options.user.deletion_grace}) {}

std::vector<api::Endpoint> UserArea::endpoints() {
  return api::user_endpoints({.profiles = profiles_,
                              .settings = settings_,
                              .favourites = favourites_,
                              .contacts = contacts_,
                              .devices = devices_,
                              .support = support_,
                              .exports = exports_,
                              .deletions = deletions_,
                              .limits = limits_,
                              .zone_exists =
                                  [this](std::string_view zone_id, db::Deadline deadline) {
                                    const auto conditions = forecasts_.conditions(deadline);
                                    return std::ranges::count(conditions->zones().zones(), zone_id,
                                                              &forecast::Zone::key) > 0;
                                  },
                              .version = std::string(version())});
}

UserJobs::UserJobs(const Options& options, db::Pool& pool, const mail::Outbox& outbox)
    : pool_(pool),
      outbox_(outbox),
      store_(configured_store(options, pool, storage_clock_)),
      max_object_bytes_(most_object_bytes(options.storage)) {}

void UserJobs::register_kinds(jobs::Runner& runner) {
  runner.handle(
      std::string(user::kExportJob),
      worker::export_user(
          {.pool = pool_, .store = *store_, .outbox = outbox_, .max_object_bytes = max_object_bytes_}));
  runner.handle(std::string(user::kPurgeJob), worker::purge_user(pool_, *store_, outbox_));
  runner.handle(worker::kSweepUsers, worker::sweep_users(pool_, *store_));
  runner.every(worker::sweep_users_schedule());
  runner.handle(worker::kSweepObjects, worker::sweep_objects(pool_, *store_));
  runner.every(worker::sweep_objects_schedule());
}

}  // namespace app
