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
/// A feed tried more recently than this is left alone by the api.
constexpr auto kInlinePause = 60s;
constexpr auto kStateTimeout = 2s;

std::vector<forecast::FeedOptions> read_feeds(const Options& options) {
  if (options.feeds_file.empty()) return {};
  return forecast::parse_feeds(core::read_file(options.feeds_file));
}

forecast::HeightBook read_heights(const Options& options) {
  return forecast::HeightBook::load(options.heights_file.empty() ? ""
                                                                 : core::read_file(options.heights_file));
}

net::HttpClientOptions client_options(const Options& options) {
  net::HttpClientOptions client;
  client.user_agent = options.user_agent;
  return client;
}

/// Caps every request: a transport for callers that cannot wait.
class HastyTransport final : public net::Transport {
 public:
  HastyTransport(net::Transport& inner, std::chrono::milliseconds timeout)
      : inner_(inner), timeout_(timeout) {}

  net::Response get(const net::Request& request) override {
    auto capped = request;
    capped.total_timeout = std::min(capped.total_timeout, timeout_);
    capped.connect_timeout = std::min(capped.connect_timeout, timeout_);
    return inner_.get(capped);
  }

 private:
  net::Transport& inner_;
  std::chrono::milliseconds timeout_;
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

Feeds::Feeds(const Options& options, const core::Clock& clock)
    : clock_(clock),
      feeds_(read_feeds(options)),
      heights_(read_heights(options)),
      client_(client_options(options)) {}

forecast::BookSource::Load Feeds::loader(db::Pool& pool) const {
  return [this, &pool](core::Timestamp at, db::Deadline deadline) {
    const auto lease = pool.acquire(deadline);
    db::OnSession db(*lease, deadline);
    return forecast::load_book(db, heights_, at);
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
    if (falling_back_.exchange(true)) return false;
    bool stored = false;
    try {
      stored = sync_neglected(pool, deadline);
    } catch (const core::Error& error) {
      core::log_warn("forecast.fallback_failed", {{"code", error.code()}, {"detail", error.detail()}});
    }
    falling_back_ = false;
    return stored;
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
    const bool tried_lately = state != states.end() && state->last_attempt_at &&
                              clock_.now() - *state->last_attempt_at < kInlinePause;
    if (tried_lately) continue;
    const auto report = sync(feed, pool, true, {});
    core::log_info("forecast.fallback", {{"provider", feed.provider}, {"stored", report.stored}});
    stored = stored || report.stored > 0 || report.zones_changed;
  }
  return stored;
}

worker::SyncFeed Feeds::syncer(db::Pool& pool) {
  return [this, &pool](std::string_view provider, std::stop_token stop) {
    const auto feed = std::ranges::find(feeds_, provider, &forecast::FeedOptions::provider);
    if (feed == feeds_.end()) {
      throw core::Error(core::ErrorKind::not_found, "forecast.no_feed",
                        "This feed is not configured any more.");
    }
    return sync(*feed, pool, false, std::move(stop));
  };
}

forecast::SyncReport Feeds::sync(const forecast::FeedOptions& feed, db::Pool& pool, bool hasty,
                                 std::stop_token stop) {
  HastyTransport capped(client_, kInlineTimeout);
  net::Transport& transport = hasty ? static_cast<net::Transport&>(capped) : client_;
  forecast::SyncContext context{
      .pool = pool,
      .transport = transport,
      .clock = clock_,
      .retry = hasty ? kOnce : kPatient,
      .retry_context = retry_context(clock_, stop),
      .stop = stop,
      .on_change = [this](db::Transaction& tx, const forecast::SyncOutcome& outcome) {
        worker::queue_touched_routes(tx, outcome, clock_.now());
      }};
  return forecast::sync_provider(feed, context);
}

}  // namespace app
