#include "api/app_links.hpp"
#include "api/forecast_endpoints.hpp"
#include "api/health_endpoints.hpp"
#include "api/readiness.hpp"
#include "api/route_endpoints.hpp"
#include "api/routing.hpp"
#include "app/account_services.hpp"
#include "app/analytics_services.hpp"
#include "app/command.hpp"
#include "app/exit_code.hpp"
#include "app/feeds.hpp"
#include "app/mail_services.hpp"
#include "app/membership_services.hpp"
#include "app/operator_services.hpp"
#include "app/options.hpp"
#include "app/override_services.hpp"
#include "app/process_metrics.hpp"
#include "app/service_metrics.hpp"
#include "app/signals.hpp"
#include "app/user_services.hpp"
#include "app/version.hpp"
#include "app/watched_bucket.hpp"
#include "app/wiring.hpp"
#include "core/log.hpp"
#include "core/thread_pool.hpp"
#include "db/listener.hpp"
#include "db/pump.hpp"
#include "forecast/book_source.hpp"
#include "forecast/forecast_store.hpp"
#include "http/server.hpp"
#include "jobs/heartbeat.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <thread>

namespace app {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kRequestQueue = 256;
constexpr std::size_t kMetricsQueue = 16;
constexpr auto kDrainGrace = 20s;
/// After that, for handlers whose clients are gone already. Together less than an orchestrator's patience of
/// 30 s.
constexpr auto kHandlerGrace = 2s;
constexpr auto kLoopStalled = 10s;

/// A feed that is asked seldom may be quiet for longer.
api::ExpectedFeed expected(const forecast::FeedOptions& feed) {
  api::ExpectedFeed expected{.provider = feed.provider};
  expected.stale = std::max<std::chrono::seconds>(expected.stale, 2 * feed.poll);
  return expected;
}

api::ReadinessOptions readiness_options(const Options& options, const Feeds& feeds,
                                        const WatchedBucket* bucket) {
  api::ReadinessOptions readiness;
  if (bucket != nullptr) readiness.storage_fault = [bucket] { return bucket->fault(); };
  readiness.session = session_options(options, "aspectavy-readyz");
  readiness.worker_stale = options.worker_stale;
  readiness.worker_required = options.worker_required;
  for (const auto& feed : feeds.descriptions()) readiness.feeds.push_back(expected(feed));
  readiness.ops_token = options.ops_token;
  readiness.version = version();
  readiness.build_sha = build_sha();
  return readiness;
}

std::vector<std::string> provider_names(const Feeds& feeds) {
  std::vector<std::string> names;
  for (const auto& feed : feeds.descriptions()) names.push_back(feed.provider);
  return names;
}

http::ServerOptions server_options(const Options& options) {
  http::ServerOptions server;
  server.address = options.api_address;
  server.port = options.api_port;
  server.io_threads = options.io_threads;
  server.allowed_hosts = options.public_hosts;
  server.trusted_proxies = http::TrustedProxies::parse(options.trusted_proxies);
  return server;
}

/// /metrics, on its own port: never on the public one.
std::unique_ptr<http::Server> metrics_server(const Options& options, core::ThreadPool& pool,
                                             const core::Clock& clock, http::MetricsRegistry& metrics) {
  if (!options.metrics_port) return nullptr;
  http::Router router;
  http::RouteOptions route;
  // From memory, on the listener's own thread: also when every request thread is busy.
  route.fast = [&metrics](const http::Request&) {
    http::Response response;
    response.content_type = http::MetricsRegistry::kContentType;
    response.body = metrics.render();
    return std::optional(std::move(response));
  };
  router.add(http::Method::get, "/metrics", std::move(route));
  http::ServerOptions server;
  // Or its gauges would take the place of the api's.
  server.name = "metrics";
  server.address = options.metrics_address;
  server.port = *options.metrics_port;
  server.any_host = true;
  server.access_log = false;
  return std::make_unique<http::Server>(
      std::move(server), std::make_shared<const http::Router>(std::move(router)), pool, clock, metrics);
}

/// Everything the api process holds, in the order in which it is built and, reversed, taken down.
class ApiProcess {
 public:
  explicit ApiProcess(const Options& options)
      : options_(options),
        clock_(make_clock(options)),
        engine_(options),
        feeds_(options, *clock_),
        pool_({.session = session_options(options, "aspectavy-api"),
               .max_sessions = options.database_pool_size}),
        pump_({.session = session_options(options, "aspectavy-api-pump")}),
        forecasts_(feeds_.loader(pool_), *clock_, feeds_.fallback(pool_)),
        routes_(pump_, *clock_, engine_.compiler,
                [this](db::Deadline deadline) { return forecasts_.conditions(deadline); }),
        accounts_(options.accounts, pool_, pump_, *clock_, options.legacy.firebase),
        analytics_(pump_, *clock_, options, accounts_),
        user_area_({.options = options,
                    .pool = pool_,
                    .pump = pump_,
                    .clock = *clock_,
                    .keys = accounts_.keys(),
                    .limits = accounts_.limits(),
                    .outbox = accounts_.outbox(),
                    .forecasts = forecasts_}),
        overrides_(pool_, pump_, *clock_,
                   [this](db::Deadline deadline) { return forecasts_.conditions(deadline); }),
        operators_(accounts_, options.accounts, pool_, pump_, *clock_),
        membership_(options.membership, pool_, pump_, *clock_, accounts_.limits()),
        cache_(options.forecast_cache_bytes),
        bucket_(watched_bucket(options.storage)),
        readiness_(readiness_options(options, feeds_, bucket_.get()), *clock_),
        listener_(
            {.session = session_options(options, "aspectavy-api-listen"),
             .channels = {std::string(forecast::kForecastChangedChannel)}},
            [this](const db::Notification&) { forget_forecasts(); }, [this] { forget_forecasts(); }),
        workers_("request", options.request_threads, kRequestQueue),
        metrics_worker_("metrics", 1, kMetricsQueue),
        service_metrics_(
            {.session = session_options(options, "aspectavy-metrics"), .providers = provider_names(feeds_)},
            *clock_, metrics_) {
    add_own_metrics();
  }

  int run() {
    http::Server server(server_options(options_), make_router(), workers_, *clock_, metrics_);
    server_ = &server;
    server.start();
    const auto metrics = metrics_server(options_, metrics_worker_, *clock_, metrics_);
    if (metrics) metrics->start();
    core::log_info("api.started", {{"port", server.port()}, {"version", version()}, {"sha", build_sha()}});
    serve_until_stopped(server);
    signals_.exit_on_next();
    core::log_info("api.draining");
    readiness_.announce_drain();
    const bool clean = server.drain(options_.drain_delay, kDrainGrace);
    server.stop();
    if (metrics) metrics->stop();
    const bool idle = workers_.stop_within(kHandlerGrace);
    core::log_info("api.stopped", {{"clean", clean && idle}});
    // What still runs answers nobody any more, and would be waited for on the way out.
    if (!idle) end_process(kExitOk);
    return kExitOk;
  }

 private:
  void serve_until_stopped(const http::Server& server) {
    jobs::Watchdog watchdog(options_.watchdog);
    signals_.wait_for_stop([this] { reload_log_level(options_); },
                           [&] {
                             const auto silence = std::chrono::steady_clock::now() - server.last_tick();
                             if (silence < kLoopStalled) watchdog.beat();
                           });
  }

  void add_own_metrics() {
    metrics_
        .gauge("aspectavy_build_info", "Always 1; the labels say what runs.",
               {{"version", std::string(version())}, {"sha", std::string(build_sha())}})
        .set(1);
    const auto add = [this](std::string_view name, std::string_view help, std::function<double()> read) {
      metrics_.gauge_callback(name, help, {}, std::move(read));
    };
    add("aspectavy_ready", "1 while /readyz says 200.", [this] { return readiness_.is_ready() ? 1.0 : 0.0; });
    add("aspectavy_database_up", "1 while the database answers.",
        [this] { return readiness_.is_database_up() ? 1.0 : 0.0; });
    add("aspectavy_db_pool_in_use", "Sessions of the pool that are at work.",
        [this] { return static_cast<double>(pool_.counts().in_use); });
    add("aspectavy_db_pool_waiting", "Threads that wait for a session of the pool.",
        [this] { return static_cast<double>(pool_.counts().waiting); });
    add_process_metrics(metrics_);
  }

  void forget_forecasts() {
    forecasts_.invalidate();
    cache_.clear();
  }

  std::shared_ptr<const http::Router> make_router() {
    auto endpoints = api::health_endpoints(readiness_, [this] { return server_->last_tick(); });
    const auto add = [&endpoints](std::vector<api::Endpoint> more) {
      std::ranges::move(more, std::back_inserter(endpoints));
    };
    add(api::forecast_endpoints({.pump = pump_,
                                 .clock = *clock_,
                                 .forecasts = forecasts_,
                                 .cache = cache_,
                                 .sampler = engine_.sampler,
                                 .feeds = feeds_.descriptions()}));
    add(api::route_endpoints(routes_));
    add(accounts_.endpoints());
    add(analytics_.endpoints());
    add(membership_.endpoints());
    add(mail_preview(pool_, accounts_.outbox(), options_));
    add(user_area_.endpoints());
    add(overrides_.endpoints());
    add(operators_.endpoints());
    api::RoutingOptions routing;
    routing.gate = &accounts_.gate();
    routing.version = version();
    routing.ios_app_ids = options_.ios_app_ids;
    routing.add_pages = [this](http::Router& router) { accounts_.add_pages(router, user_area_.deletions()); };
    if (!options_.web_dir.empty()) {
      const auto banner = api::smart_banner(api::app_store_id(options_.accounts.gate.app.store_url));
      routing.web = std::make_shared<const http::StaticFiles>(options_.web_dir,
                                                              http::StaticFilesOptions{.html_head = banner});
    }
    return api::make_router(endpoints, routing);
  }

  const Options& options_;
  Signals signals_;
  std::unique_ptr<core::Clock> clock_;
  Engine engine_;
  Feeds feeds_;
  db::Pool pool_;
  db::Pump pump_;
  forecast::BookSource forecasts_;
  route::RouteService routes_;
  AccountServices accounts_;
  AnalyticsIntake analytics_;
  UserArea user_area_;
  OverrideServices overrides_;
  OperatorServices operators_;
  MembershipServices membership_;
  api::ForecastCache cache_;
  http::MetricsRegistry metrics_;
  std::unique_ptr<WatchedBucket> bucket_;
  api::Readiness readiness_;
  db::Listener listener_;
  core::ThreadPool workers_;
  /// Of its own: numbers are wanted most when the requests' threads are all busy.
  core::ThreadPool metrics_worker_;
  ServiceMetrics service_metrics_;
  http::Server* server_ = nullptr;
};

}  // namespace

void add_api_command(CLI::App& cli, Run& run) {
  auto* command = cli.add_subcommand("api", "Serve the HTTP api and the web companion");
  command->callback([&run] {
    run = [] {
      const auto options = load_options(Role::api);
      core::set_log_level(options.log_level);
      if (!wait_for_schema(options)) return kExitOk;
      ApiProcess process(options);
      return process.run();
    };
  });
}

}  // namespace app
