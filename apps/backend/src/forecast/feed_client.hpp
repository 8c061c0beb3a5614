#pragma once
// One sync's conversation with one provider: conditional requests, the fetch log, transactions. Used by sync
// only.

#include "forecast/fetch_store.hpp"
#include "forecast/sync.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace forecast {

/// The outcome of asking an address.
struct Answer {
  enum class Kind { changed, unchanged, absent, failed };
  Kind kind = Kind::failed;
  std::string body;  ///< changed: what came; unchanged and failed: empty
  Fetch log;         ///< not yet stored when `changed`: store it with what was read
};

class FeedClient {
 public:
  FeedClient(const FeedOptions& feed, SyncContext& context) : feed_(feed), context_(context) {
    report_.provider = feed.provider;
  }

  /// What a 404 means: that nothing is published (a product, out of season), or that the feed is broken.
  enum class Missing { is_absent, is_failure };
  /// Whether an answer that has not changed is wanted as well: what it is read with has.
  enum class Unchanged { is_enough, is_read_again };

  /// Asks with the validators of the last good answer. Everything but `changed` is logged at once.
  Answer get(const std::string& url, Missing missing, Unchanged unchanged = Unchanged::is_enough);

  /// The body of the last good answer of the address, when an unchanged or failed one is needed for
  /// reference.
  std::optional<std::string> last_good_body(std::string_view url);

  /// Stores a changed answer with what `store` makes of it, announces and commits.
  template <typename Store>
  void keep(Answer answer, Store store) {
    SyncOutcome outcome;
    outcome.provider = feed_.provider;
    const std::string url = answer.log.url;
    answer.log.body = std::move(answer.body);
    context_.pool.transact(deadline(), [&](db::Transaction& tx) {
      outcome.forecasts.clear();
      outcome.zone_keys.clear();
      outcome.zones_changed = false;
      const std::int64_t fetch_id = add_fetch(tx, answer.log);
      store(tx, fetch_id, outcome);
      announce(tx, outcome);
    });
    count(outcome);
  }

  /// Logs an answer that came but cannot be used; what is stored stays.
  void reject(Answer answer, const std::string& reason);

  /// Writes the feed's state and hands out the report.
  SyncReport finish();

  SyncReport& report() { return report_; }
  const FeedOptions& feed() const { return feed_; }
  /// In whole seconds, like the moments that readers ask about: what was stored within a second must count in
  /// it, or a reader that is told of it at once would look too early and never again.
  core::Timestamp now() const { return std::chrono::floor<std::chrono::seconds>(context_.clock.now()); }
  bool stopped() const { return context_.stop.stop_requested(); }

 private:
  static db::Deadline deadline();
  net::Response ask(const std::string& url, const std::optional<GoodFetch>& good);
  void log_only(const Fetch& fetch);
  void announce(db::Transaction& tx, SyncOutcome& outcome);
  void count(const SyncOutcome& outcome);

  const FeedOptions& feed_;
  SyncContext& context_;
  SyncReport report_;
  bool asked_ = false;
};

}  // namespace forecast
