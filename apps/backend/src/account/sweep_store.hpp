#pragma once
// Deleting what ended long ago, in Postgres. Named SQL, no decisions. Each deletes at most `limit` rows and
// returns how many.

#include "core/time.hpp"
#include "db/executor.hpp"
#include "db/query.hpp"

#include <cstdint>
#include <span>

namespace account {

/// Tokens that expired before.
std::int64_t prune_links(db::Executor& db, core::Timestamp before, int limit);
std::int64_t prune_mail_requests(db::Executor& db, core::Timestamp before, int limit);
/// Sessions that were ended, or whose whole time was over, before.
std::int64_t prune_sessions(db::Executor& db, core::Timestamp before, int limit);
std::int64_t prune_slots(db::Executor& db, core::Timestamp before, int limit);

std::span<const db::Query> sweep_queries();

}  // namespace account
