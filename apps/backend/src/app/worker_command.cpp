#include "app/analytics_services.hpp"
#include "app/command.hpp"
#include "app/exit_code.hpp"
#include "app/feeds.hpp"
#include "app/legacy_services.hpp"
#include "app/mail_services.hpp"
#include "app/options.hpp"
#include "app/signals.hpp"
#include "app/user_services.hpp"
#include "app/version.hpp"
#include "app/wiring.hpp"
#include "core/ids.hpp"
#include "core/log.hpp"
#include "db/listener.hpp"
#include "db/pool.hpp"
#include "forecast/book_source.hpp"
#include "forecast/forecast_store.hpp"
#include "jobs/runner.hpp"
#include "worker/compile_route.hpp"
#include "worker/lapse_overrides.hpp"
#include "worker/prune_membership_events.hpp"
#include "worker/refresh_routes.hpp"
#include "worker/sync_forecasts.hpp"

#include <CLI/CLI.hpp>
#include <unistd.h>

#include <memory>
#include <stop_token>
#include <thread>

namespace app {
namespace {

using namespace std::chrono_literals;

constexpr int kFetchSlots = 4;
constexpr auto kEnqueueTime = 10s;

jobs::WorkerIdentity identity(const core::Clock& clock) {
  char host[256] = {};
  ::gethostname(host, sizeof host - 1);
  jobs::WorkerIdentity self;
  self.worker_id = core::to_string(core::make_uuid_v7(clock.now()));
  self.hostname = host;
  self.pid = ::getpid();
  self.build_sha = build_sha();
  self.started_at = clock.now();
  return self;
}

/// Everything the worker process holds, in the order in which it is built and, reversed, taken down.
class WorkerProcess {
 public:
  explicit WorkerProcess(const Options& options)
      : options_(options),
        clock_(make_clock(options)),
        engine_(options),
        feeds_(options, *clock_),
        pool_({.session = session_options(options, "aspectavy-worker"),
               .max_sessions = options.database_pool_size}),
        forecasts_(feeds_.loader(pool_), *clock_, {}, feeds_.version(pool_)),
        listener_(
            {.session = session_options(options, "aspectavy-worker-listen"),
             .channels = {std::string(forecast::kForecastChangedChannel)}},
            [this](const db::Notification&) { forecasts_.invalidate(); },
            [this] { forecasts_.invalidate(); }),
        analytics_(pool_, *clock_, options),
        keys_(options.accounts.session_secrets),
        mail_(pool_, *clock_, keys_, options, bring_in_legacy(options.legacy, *clock_)),
        user_jobs_(options, pool_, mail_.outbox()),
        watchdog_(options.watchdog),
        identity_(identity(*clock_)),
        runner_(runner_options(options), pool_, *clock_) {
    register_kinds();
  }

  int run() {
    pool_.transact(db::within(kEnqueueTime), [](db::Transaction& tx) { worker::refresh_now(tx); });
    std::jthread loop([this](const std::stop_token& stop) { runner_.run(stop); });
    core::log_info("worker.started", {{"worker_id", identity_.worker_id}, {"version", version()}});
    signals_.wait_for_stop([this] { reload_log_level(options_); }, [] {});
    signals_.exit_on_next();
    core::log_info("worker.stopping");
    loop.request_stop();
    loop.join();
    const bool idle = runner_.is_idle();
    core::log_info("worker.stopped", {{"clean", idle}});
    // A handler that did not heed its stop token has lost its job; nobody needs to wait for it.
    if (!idle) end_process(kExitOk);
    return kExitOk;
  }

 private:
  jobs::RunnerOptions runner_options(const Options& options) {
    jobs::RunnerOptions runner;
    runner.session = session_options(options, "aspectavy-worker-loop");
    runner.identity = identity_;
    runner.lanes = {{.name = "compile", .slots = static_cast<int>(options.compile_threads), .claim_ahead = 4},
                    {.name = "fetch", .slots = kFetchSlots, .claim_ahead = 0},
                    MailServices::lane(),
                    {.name = "default", .slots = 1, .claim_ahead = 0},
                    {.name = "user", .slots = 1, .claim_ahead = 0}};
    runner.watchdog = &watchdog_;
    return runner;
  }

  void register_kinds() {
    runner_.handle(worker::kCompileRoute,
                   worker::compile_route(pool_, engine_.compiler, [this](db::Deadline deadline) {
                     return forecasts_.conditions(deadline);
                   }));
    runner_.handle(worker::kSyncForecasts, worker::sync_forecasts(feeds_.syncer(pool_)));
    runner_.handle(worker::kLapseOverrides, worker::lapse_overrides(pool_, [this](db::Deadline deadline) {
                     return forecasts_.conditions(deadline);
                   }));
    runner_.handle(worker::kRefreshRoutes, worker::refresh_routes(*clock_, engine_.compiler.basis()));
    for (const auto& feed : feeds_.descriptions()) runner_.every(worker::sync_schedule(feed));
    runner_.every(worker::refresh_schedule());
    analytics_.register_kinds(runner_);
    mail_.register_kinds(runner_);
    register_legacy(runner_, options_.legacy, *clock_);
    user_jobs_.register_kinds(runner_);
    runner_.every(worker::lapse_schedule());
    runner_.handle(worker::kPruneMembershipEvents, worker::prune_membership_events(*clock_));
    runner_.every(worker::prune_membership_events_schedule());
  }

  const Options& options_;
  Signals signals_;
  std::unique_ptr<core::Clock> clock_;
  Engine engine_;
  Feeds feeds_;
  db::Pool pool_;
  forecast::BookSource forecasts_;
  db::Listener listener_;
  AnalyticsRelay analytics_;
  account::KeyRing keys_;
  MailServices mail_;
  UserJobs user_jobs_;
  jobs::Watchdog watchdog_;
  jobs::WorkerIdentity identity_;
  jobs::Runner runner_;
};

}  // namespace

void add_worker_command(CLI::App& cli, Run& run) {
  auto* command = cli.add_subcommand("worker", "Sync forecasts and compile routes in the background");
  command->callback([&run] {
    run = [] {
      const auto options = load_options(Role::worker);
      core::set_log_level(options.log_level);
      if (!wait_for_schema(options)) return kExitOk;
      WorkerProcess process(options);
      return process.run();
    };
  });
}

}  // namespace app
