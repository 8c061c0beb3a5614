#pragma once
// Job kinds of the user area: "user.purge" forgets a person, "user.sweep" finds what is due,
// "user.sweep_objects" removes stored objects that nobody refers to.

#include "core/clock.hpp"
#include "db/pool.hpp"
#include "jobs/runner.hpp"

#include "mail/outbox.hpp"
#include "storage/store.hpp"

namespace worker {

inline constexpr const char* kSweepUsers = "user.sweep";
inline constexpr const char* kSweepObjects = "user.sweep_objects";

/// args version 1: {"userId": uuid}.
jobs::JobKind purge_user(db::Pool& pool, storage::Store& store, const mail::Outbox& outbox);

/// args version 1: {}.
jobs::JobKind sweep_users(db::Pool& pool, storage::Store& store);
jobs::PeriodicSpec sweep_users_schedule();

/// args version 1: {}.
jobs::JobKind sweep_objects(db::Pool& pool, storage::Store& store);
jobs::PeriodicSpec sweep_objects_schedule();

}  // namespace worker
