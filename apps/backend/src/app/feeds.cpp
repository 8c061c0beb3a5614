#include "app/feeds.hpp"

#include "core/error.hpp"
#include "core/files.hpp"
#include "core/log.hpp"
#include "forecast/fetch_store.hpp"
#include "forecast/forecast_store.hpp"

#include <algorithm>
#include <random>
#include <thread>

namespace app {
namespace {

using namespace std::chrono_literals;

constexpr net::RetryPolicy kPatient{.max_attempts = 3, .first_delay = 1s, .max_delay = 30s};
constexpr net::RetryPolicy kOnce{.max_attempts = 1, .first_delay = 0ms, .max_delay = 0ms};
/// Longest that a request waits for a provider on its own account.
constexpr auto kInlineTimeout = 3s;
/// Longest that all of them together may take.
constexpr auto kInlineBudget = 6s;
/// Beyond its own interval a feed is given so long before the api takes it for neglected.
constexpr auto kInlinePause = 60s;
constexpr auto kStateTimeout = 2s;
/// The clocks of the machines that store and read forecasts may differ so much.
constexpr auto kClockSkew = 5min;

std::vector<forecast::FeedOptions> read_feeds(const Options& options) {
  if (options.feeds_file.empty()) return {};
  return forecast::parse_feeds(core::read_file(options.feeds_file));
}

net::HttpClientOptions client_options(const Options& options) {
  net::HttpClientOptions client;
  client.user_agent = options.user_agent;
  return client;
}

/// For callers that cannot wait: caps every request, and when the time is up, asks for the sync to stop.
class HastyTransport final : public net::Transport {
 public:
  HastyTransport(net::Transport& inner, db::Deadline until) : inner_(inner), until_(until) {}

  net::Response get(const net::Request& request) override {
    // Zero would mean no limit at all.
    const auto left = std::max(db::remaining(until_), kLeastTime);
    if (left == kLeastTime) give_up_.request_stop();
    auto capped = request;
    capped.total_timeout = std::min<std::chrono::milliseconds>({capped.total_timeout, kInlineTimeout, left});
    capped.connect_timeout = std::min(capped.connect_timeout, capped.total_timeout);
    return inner_.get(capped);
  }

  std::stop_token out_of_time() const { return give_up_.get_token(); }

 private:
  static constexpr std::chrono::milliseconds kLeastTime{50};

  net::Transport& inner_;
  db::Deadline until_;
  std::stop_source give_up_;
};

/// One caller at a time, whatever the way out.
class Turn {
 public:
  explicit Turn(std::atomic<bool>& taken) : taken_(taken), is_ours_(!taken.exchange(true)) {}
  ~Turn() {
    if (is_ours_) taken_ = false;
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  bool is_ours() const { return is_ours_; }

 private:
  std::atomic<bool>& taken_;
  const bool is_ours_;
};

net::RetryContext retry_context(const core::Clock& clock, const std::stop_token& stop) {
  net::RetryContext context;
  context.sleep = [stop](std::chrono::milliseconds pause) {
    const auto until = std::chrono::steady_clock::now() + pause;
    while (!stop.stop_requested() && std::chrono::steady_clock::now() < until) {
      std::this_thread::sleep_for(std::min(pause, 50ms));
    }
    return !stop.stop_requested();
  };
  context.random = [] {
    thread_local std::minstd_rand engine{std::random_device{}()};
    return std::uniform_real_distribution<double>(0, 1)(engine);
  };
  context.clock = &clock;
  return context;
}

}  // namespace

forecast::HeightBook read_heights(const Options& options) {
  return forecast::HeightBook::load(options.heights_file.empty() ? ""
                                                                 : core::read_file(options.heights_file));
}

Feeds::Feeds(const Options& options, const core::Clock& clock)
    : clock_(clock),
      feeds_(read_feeds(options)),
      heights_(read_heights(options)),
      client_(client_options(options)) {}

forecast::BookSource::Load Feeds::loader(db::Pool& pool) const {
  return [this, &pool](core::Timestamp at, db::Deadline deadline) {
    const auto lease = pool.acquire(deadline);
    db::OnSession db(*lease, deadline);
    return forecast::load_book(db, heights_, at, kClockSkew);
  };
}

forecast::BookSource::Version Feeds::version(db::Pool& pool) const {
  return [&pool](db::Deadline deadline) {
    const auto lease = pool.acquire(deadline);
    db::OnSession db(*lease, deadline);
    return forecast::change_counter(db);
  };
}

forecast::BookSource::Fallback Feeds::fallback(db::Pool& pool) {
  if (feeds_.empty()) return {};
  return [this, &pool](db::Deadline deadline) {
    const Turn turn(falling_back_);
    if (!turn.is_ours()) return false;
    try {
      return sync_neglected(pool, std::min(deadline, db::within(kInlineBudget)));
    } catch (const core::Error& error) {
      core::log_warn("forecast.fallback_failed", {{"code", error.code()}, {"detail", error.detail()}});
    }
    return false;
  };
}

bool Feeds::sync_neglected(db::Pool& pool, db::Deadline deadline) {
  std::vector<forecast::ProviderState> states;
  {
    const auto lease = pool.acquire(std::min(deadline, db::within(kStateTimeout)));
    db::OnSession db(*lease, deadline);
    states = forecast::list_providers(db, clock_.now());
  }
  bool stored = false;
  for (const auto& feed : feeds_) {
    const auto state = std::ranges::find(states, feed.provider, &forecast::ProviderState::provider);
    const bool tried_lately =
        state != states.end() && state->last_attempt_at &&
        clock_.now() - *state->last_attempt_at < feed.poll + feed.poll / 2 + kInlinePause;
    if (tried_lately) continue;
    HastyTransport hasty(client_, deadline);
    const auto report = sync(feed, pool, hasty, kOnce, hasty.out_of_time());
    core::log_info("forecast.fallback", {{"provider", feed.provider}, {"stored", report.stored}});
    stored = stored || report.stored > 0 || report.zones_changed;
  }
  return stored;
}

worker::SyncFeed Feeds::syncer(db::Pool& pool) {
  return [this, &pool](std::string_view provider, const std::stop_token& stop) {
    const auto feed = std::ranges::find(feeds_, provider, &forecast::FeedOptions::provider);
    if (feed == feeds_.end()) {
      throw core::Error(core::ErrorKind::not_found, "forecast.no_feed",
                        "This feed is not configured any more.");
    }
    return sync(*feed, pool, client_, kPatient, stop);
  };
}

forecast::SyncReport Feeds::sync(const forecast::FeedOptions& feed, db::Pool& pool, net::Transport& transport,
                                 const net::RetryPolicy& retry, const std::stop_token& stop) {
  forecast::SyncContext context{
      .pool = pool,
      .transport = transport,
      .clock = clock_,
      .retry = retry,
      .retry_context = retry_context(clock_, stop),
      .stop = stop,
      .on_change = [this](db::Transaction& tx, const forecast::SyncOutcome& outcome) {
        worker::queue_touched_routes(tx, outcome, clock_.now());
      }};
  return forecast::sync_provider(feed, context);
}

}  // namespace app
