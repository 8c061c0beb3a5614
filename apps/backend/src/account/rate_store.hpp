#pragma once
// Counters of rate limits in Postgres, shared by all api processes.

#include "core/time.hpp"
#include "db/executor.hpp"
#include "db/query.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace account {

struct RateCounts {
  std::int64_t current = 0;   ///< in this window, this one included
  std::int64_t previous = 0;  ///< in the whole window before
};

/// Counts one in the window that begins at `window_start`. `key`: 32 raw bytes.
RateCounts count_one(db::Executor& db, std::string_view key, core::Timestamp window_start,
                     core::Timestamp previous_start);
/// Forgets all of the key.
void forget_counts(db::Executor& db, std::string_view key);
/// Deletes windows that began before `before`; returns how many.
std::int64_t prune_counts(db::Executor& db, core::Timestamp before);

std::span<const db::Query> rate_queries();

}  // namespace account
