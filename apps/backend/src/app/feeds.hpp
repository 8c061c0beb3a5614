#pragma once
// The configured feeds, and the three ways in which api and worker use them.

#include "app/options.hpp"
#include "core/clock.hpp"
#include "db/pool.hpp"
#include "forecast/book_source.hpp"
#include "forecast/feed_options.hpp"
#include "forecast/height_book.hpp"
#include "forecast/sync.hpp"
#include "net/http_client.hpp"
#include "worker/sync_forecasts.hpp"

#include <atomic>
#include <memory>
#include <vector>

namespace app {

/// The heights of bands and treelines: the operator's and the defaults.
forecast::HeightBook read_heights(const Options& options);

/// Read once at start; must outlive what it hands out.
class Feeds {
 public:
  /// Throws core::Error(invalid_input) naming every fault of the operator's files.
  Feeds(const Options& options, const core::Clock& clock);

  bool any() const { return !feeds_.empty(); }
  const std::vector<forecast::FeedOptions>& descriptions() const { return feeds_; }

  /// Reads what counts at a moment from the database.
  forecast::BookSource::Load loader(db::Pool& pool) const;
  /// The database's count of changes, for answers that must not miss one.
  forecast::BookSource::Version version(db::Pool& pool) const;
  /// The api's way out while no worker syncs: fetches each feed that nobody has tried to fetch for
  /// half as long again as its interval, within a few seconds for all, at most one caller at a time.
  forecast::BookSource::Fallback fallback(db::Pool& pool);
  /// Syncs one feed by name, patiently, for the worker.
  worker::SyncFeed syncer(db::Pool& pool);

 private:
  forecast::SyncReport sync(const forecast::FeedOptions& feed, db::Pool& pool, net::Transport& transport,
                            const net::RetryPolicy& retry, const std::stop_token& stop);
  bool sync_neglected(db::Pool& pool, db::Deadline deadline);

  const core::Clock& clock_;
  std::vector<forecast::FeedOptions> feeds_;
  forecast::HeightBook heights_;
  net::HttpClient client_;
  std::atomic<bool> falling_back_{false};
};

}  // namespace app
