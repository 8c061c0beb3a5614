// The job queue end to end: enqueue N jobs that do nothing, run them through the real runner, count jobs a
// second.
//
//   ASPECTAVY_BENCH_DATABASE_URL=… bench_queue --benchmark_min_time=1x
// Prints the rate as items_per_second. bench/queue_vs_graphile.sh runs it against a peer on the same server.

#include "core/clock.hpp"
#include "core/log.hpp"
#include "db/migrator.hpp"
#include "db/pool.hpp"
#include "jobs/inspect.hpp"
#include "jobs/runner.hpp"

#include <benchmark/benchmark.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <thread>

namespace {

using namespace std::chrono_literals;

db::SessionOptions session_options() {
  const char* dsn = std::getenv("ASPECTAVY_BENCH_DATABASE_URL");
  return {.dsn = core::Secret(dsn == nullptr ? "" : dsn)};
}

void enqueue_many(db::Session& session, std::int64_t count) {
  session.run_script(
      "TRUNCATE job; SELECT enqueue_job('bench.nothing', 'default', 100, NULL, 5, 1, "
      "jsonb_build_object('n', n), NULL) FROM generate_series(1, " +
          std::to_string(count) + ") AS n; ANALYZE job",
      db::within(120s));
}

/// Until each job is recorded as done in the database.
void wait_until_done(db::Session& session) {
  db::OnSession db(session, db::within(120s));
  const core::SystemClock clock;
  for (;;) {
    const auto depth = jobs::depth(db, clock.now());
    if (depth.waiting == 0 && depth.running == 0) return;
    std::this_thread::sleep_for(2ms);
  }
}

void run_nothing_jobs(benchmark::State& state) {
  core::set_log_level(core::LogLevel::error);
  const auto count = state.range(0);
  const core::SystemClock clock;
  db::migrate(session_options(), db::embedded_migrations());
  const auto session = db::Session::connect(session_options(), db::within(10s));
  for (auto _ : state) {
    state.PauseTiming();
    enqueue_many(*session, count);
    std::atomic<std::int64_t> ran{0};
    state.ResumeTiming();

    db::Pool pool({.session = session_options(), .max_sessions = 4});
    jobs::Runner runner({.session = session_options(),
                         .identity = {"bench", "localhost", ::getpid(), "bench", clock.now()},
                         .lanes = {{.name = "default", .slots = 4, .claim_ahead = 124}}},
                        pool, clock);
    runner.handle("bench.nothing", {.run = [&](jobs::JobContext&) -> jobs::Effect {
                    ran.fetch_add(1, std::memory_order_relaxed);
                    return {};
                  }});
    std::jthread worker([&](std::stop_token stop) { runner.run(std::move(stop)); });
    while (ran.load(std::memory_order_relaxed) < count) std::this_thread::sleep_for(1ms);
    wait_until_done(*session);
    worker.request_stop();
    worker.join();
  }
  state.SetItemsProcessed(state.iterations() * count);
}
BENCHMARK(run_nothing_jobs)->Arg(20000)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
