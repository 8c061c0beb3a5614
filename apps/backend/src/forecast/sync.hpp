#pragma once
// Fetches a feed and stores what is new. A fault of a feed, of one answer or of one product never removes
// what is stored: the last good stays until it expires by its own times.

#include "core/clock.hpp"
#include "core/ids.hpp"
#include "db/pool.hpp"
#include "forecast/feed_options.hpp"
#include "net/http_client.hpp"
#include "net/retry.hpp"

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace forecast {

/// What one stored answer changed.
struct SyncOutcome {
  std::string provider;
  std::vector<core::Uuid> forecasts;   ///< newly stored
  std::vector<std::string> zone_keys;  ///< named by them; sorted
  bool zones_changed = false;          ///< some zone was drawn anew
};

/// Runs inside the storing transaction, so that what it enqueues exists exactly if the change does.
using OnForecastChange = std::function<void(db::Transaction&, const SyncOutcome&)>;

struct SyncFailure {
  std::string url;
  std::string message;
};

struct SyncReport {
  std::string provider;
  int fetched = 0;      ///< answers with a new body
  int unchanged = 0;    ///< 304, or the same bytes
  int absent = 0;       ///< 404 for a product: nothing is published
  int published = 0;    ///< products that are, new or unchanged
  int stored = 0;       ///< forecasts
  int quarantined = 0;  ///< products
  int drifts = 0;
  bool zones_changed = false;
  std::vector<std::string> zone_keys;  ///< of everything stored; sorted
  std::vector<SyncFailure> failures;   ///< answers that could not be used; empty: the sync was good
};

/// What a sync needs. All must outlive the call.
struct SyncContext {
  db::Pool& pool;
  net::Transport& transport;
  const core::Clock& clock;
  net::RetryPolicy retry;
  net::RetryContext retry_context;  ///< sleep and chance; sleep is also used for FeedOptions::pause
  std::stop_token stop;
  OnForecastChange on_change;  ///< may be empty
};

/// Reads every address of the feed in turn; each answer is stored in a transaction of its own. Throws only
/// what the database throws: then the answers stored so far stay.
SyncReport sync_provider(const FeedOptions& feed, SyncContext& context);

}  // namespace forecast
