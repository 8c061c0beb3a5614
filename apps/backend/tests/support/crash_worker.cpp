// A worker process for the tests of the job queue: runs "effect" and "plain" jobs and, when it reaches the
// named point of a job whose args hold {"crash": true}, kills itself as kill -9 would; with {"freeze": true}
// it stops as with kill -STOP. "effect" jobs with {"fail": true} fail at their first attempt. The crash point
// "tick" only gives the worker a schedule.
//
//   crash_worker <dsn> <worker id> <lease ms> <crash point>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/json.hpp"
#include "core/log.hpp"
#include "db/pool.hpp"
#include "jobs/runner.hpp"

#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <string>

namespace {

constexpr db::Query kRecordEffect{"crash.effect", "INSERT INTO effect (job_id, worker_id) VALUES ($1, $2)"};

struct CrashPoint {
  std::string name;

  void reach(const jobs::ClaimedJob& job, std::string_view here) const {
    if (here != name) return;
    const auto args = core::JsonDocument::parse(job.args);
    // Only on the first attempt: the second must succeed, also in a worker with the same crash point.
    if (job.attempt > 1) return;
    // raise, not kill: it takes this very thread, before it goes on.
    if (args.root()["crash"].boolean().value_or(false)) ::raise(SIGKILL);
    if (args.root()["freeze"].boolean().value_or(false)) ::raise(SIGSTOP);
  }
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::cerr << "usage: crash_worker <dsn> <worker id> <lease ms> <crash point>\n";
    return 2;
  }
  core::set_log_level(core::LogLevel::error);
  const std::string worker_id = argv[2];
  const std::chrono::milliseconds lease(std::atoi(argv[3]));
  const CrashPoint crash{argv[4]};
  const core::SystemClock clock;
  db::SessionOptions session{.dsn = core::Secret(argv[1]), .set_role = std::string(db::kAppRole)};
  session.idle_in_transaction_timeout = lease;
  db::Pool pool({.session = session, .max_sessions = 4});
  jobs::Runner runner({.session = session,
                       .identity = {worker_id, "localhost", ::getpid(), "test", clock.now()},
                       .lanes = {{.name = "default", .slots = 2, .claim_ahead = 3}},
                       .tick = lease / 4,
                       .lease = lease},
                      pool, clock);
  runner.handle("effect", {.run = [&](jobs::JobContext& context) -> jobs::Effect {
                  const auto& job = context.job();
                  if (job.attempt == 1 &&
                      core::JsonDocument::parse(job.args).root()["fail"].boolean().value_or(false)) {
                    throw core::Error(core::ErrorKind::unavailable, "crash.asked_for", "as asked for");
                  }
                  crash.reach(job, "handler");
                  return [&crash, &worker_id, job](db::Transaction& transaction) {
                    crash.reach(job, "before_effect");
                    transaction.run(kRecordEffect, {job.id, worker_id});
                    crash.reach(job, "after_effect");
                  };
                }});
  runner.handle("plain", {.run = [&](jobs::JobContext& context) -> jobs::Effect {
                  crash.reach(context.job(), "handler");
                  return {};
                }});
  if (crash.name == "tick") {
    runner.every({.name = "pulse", .kind = "plain", .period = std::chrono::hours(24 * 365)});
  }
  // Runs until it is killed, by itself or by the test.
  runner.run({});
}
