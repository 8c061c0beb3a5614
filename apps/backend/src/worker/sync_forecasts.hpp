#pragma once
// Job kind "forecast.sync": fetch one feed, store what is new, queue the routes that it touches.

#include "db/transaction.hpp"
#include "forecast/feed_options.hpp"
#include "forecast/sync.hpp"
#include "jobs/runner.hpp"

#include <functional>
#include <stop_token>
#include <string_view>

namespace worker {

inline constexpr const char* kSyncForecasts = "forecast.sync";

/// Syncs the feed of that provider; throws core::Error(not_found) for one that is not configured any more.
using SyncFeed = std::function<forecast::SyncReport(std::string_view provider, std::stop_token stop)>;

/// args version 1: {"provider": name}. A sync in which some address failed and none gave anything is retried.
jobs::JobKind sync_forecasts(SyncFeed sync);
jobs::PeriodicSpec sync_schedule(const forecast::FeedOptions& feed);

/// For forecast::SyncContext: queues a compile for every route near the zones that changed, in the storing
/// transaction.
void queue_touched_routes(db::Transaction& tx, const forecast::SyncOutcome& outcome, core::Timestamp now);

}  // namespace worker
