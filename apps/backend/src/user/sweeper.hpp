#pragma once
// What has to be done again and again: purges that are due, archives and requests whose time is over, and
// objects that nobody refers to.

#include "core/time.hpp"
#include "db/pool.hpp"

#include "storage/store.hpp"

#include <cstdint>
#include <stop_token>

namespace user {

struct SweepReport {
  std::int64_t purges = 0;    ///< enqueued
  std::int64_t archives = 0;  ///< objects of archives that nobody can fetch any more
  std::int64_t stuck = 0;     ///< exports that were not made within a day
  std::int64_t pruned = 0;    ///< old requests, exports, devices
};

/// Repeating it does no harm.
SweepReport sweep(db::Pool& pool, storage::Store& store, core::Timestamp now, db::Deadline deadline);

struct ObjectReport {
  std::int64_t seen = 0;
  std::int64_t removed = 0;
};

/// Removes objects older than a day without a row: what an upload or a purge that was interrupted has left.
ObjectReport sweep_objects(db::Pool& pool, storage::Store& store, core::Timestamp now,
                           const std::stop_token& stop, db::Deadline deadline);

}  // namespace user
