#include "jobs/runner.hpp"

#include "core/log.hpp"
#include "jobs/attempts.hpp"
#include "jobs/inspect.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <sys/eventfd.h>
#include <utility>

namespace jobs {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// No statement of the loop takes longer in health; short enough that the watchdog never mistakes a database
/// that is away for a loop that hangs.
constexpr auto kCallTimeout = 10s;
constexpr auto kConnectTimeout = 5s;
/// After stop_grace: how long attempts have to heed their stop token.
constexpr auto kStopTime = 1s;
constexpr auto kLongestBackoff = std::chrono::seconds(3600 * 11 / 10 + 60);
constexpr int kPruneAtOnce = 5000;

// The loop's own commits need not reach the disk before it goes on: a claim or a beat that a power cut undoes
// is made again, and the fence keeps a doubled holder from committing. What records an outcome is made
// durable.
constexpr std::string_view kDoNotWaitForDisk = "SET synchronous_commit = off";
constexpr db::Query kWaitForDisk{"job.wait_for_disk", "SELECT set_config('synchronous_commit', 'on', true)"};

// "avyworks": one leader per database.
constexpr db::Query kTryLead{"job.try_lead", "SELECT pg_try_advisory_lock(7022375612284497779) AS leads"};

}  // namespace

struct Runner::Impl {
  Impl(RunnerOptions runner_options, db::Pool& effect_pool, const core::Clock& wall_clock)
      : options(std::move(runner_options)),
        clock(wall_clock),
        wake_fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
        watch(options.lease),
        attempts(options.lanes, options.identity.worker_id, effect_pool, wall_clock, [this] { wake(); }) {}
  ~Impl() = default;

  void wake();
  void take_wake();
  void work(const std::stop_token& stop);
  void turn(bool claiming);
  void connect();
  void record_outcomes();
  void record(const Outcome& outcome);
  void claim_jobs();
  void claim_lane(const std::string& lane);
  void keep_alive();
  void tick();
  void wait();
  void finish();
  db::OnSession db() { return {*session, db::within(kCallTimeout)}; }

  /// Outlives the attempts, whose threads write to it.
  struct WakeFd {
    explicit WakeFd(int descriptor) : fd(descriptor) {
      if (fd < 0)
        throw core::Error(core::ErrorKind::internal, "job.no_descriptor", "The service is busy.", "eventfd");
    }
    ~WakeFd() { ::close(fd); }
    WakeFd(const WakeFd&) = delete;
    WakeFd& operator=(const WakeFd&) = delete;
    const int fd;
  };

  const RunnerOptions options;
  const core::Clock& clock;
  const WakeFd wake_fd;
  std::atomic<bool> wake_pending{false};
  std::map<std::string, JobKind> kinds;
  std::vector<std::string> kind_names;
  std::vector<std::int64_t> args_versions;
  std::vector<PeriodicSpec> schedule;
  /// installation_seed(), once read.
  std::string seed;
  std::unique_ptr<db::Session> session;
  bool leads = false;
  RescueWatch watch;
  /// Lanes that may have due jobs.
  std::set<std::string, std::less<>> promising;
  std::uint64_t ended_seen = 0;
  Clock::time_point next_tick{};
  Clock::time_point next_beat{};
  std::chrono::milliseconds shortest_deadline{60'000};
  std::chrono::milliseconds pause{50};
  Attempts attempts;
};

void Runner::Impl::wake() {
  // One write wakes the loop for all that end until it looks.
  if (!wake_pending.exchange(true)) ::eventfd_write(wake_fd.fd, 1);
}

void Runner::Impl::take_wake() {
  eventfd_t ignored = 0;
  ::eventfd_read(wake_fd.fd, &ignored);
  wake_pending = false;
}

void Runner::Impl::connect() {
  if (session && !session->is_broken()) return;
  session.reset();
  leads = false;
  watch.reset();
  auto loop_session = options.session;
  // The session holds the leader's lock: frozen, this process must lose it as it loses its jobs.
  loop_session.idle_timeout = options.lease;
  session = db::Session::connect(loop_session, db::within(kConnectTimeout));
  session->run_script(kDoNotWaitForDisk, db::within(kConnectTimeout));
  session->listen(kWakeChannel, db::within(kConnectTimeout));
  // Notifications may have been missed, and nothing was kept alive or scheduled meanwhile.
  for (const auto& lane : options.lanes) promising.insert(lane.name);
  next_tick = {};
  next_beat = {};
}

void Runner::Impl::record_outcomes() {
  // Whenever an attempt has ended, its twin may run.
  if (const auto ended = attempts.ended(); std::exchange(ended_seen, ended) != ended) {
    for (const auto& lane : options.lanes) promising.insert(lane.name);
  }
  auto outcomes = attempts.take_outcomes();
  if (outcomes.empty()) return;
  const auto done_end = std::stable_partition(outcomes.begin(), outcomes.end(), [](const Outcome& outcome) {
    return outcome.what == Outcome::What::done;
  });
  std::vector<Hold> done;
  std::transform(outcomes.begin(), done_end, std::back_inserter(done),
                 [](const Outcome& o) { return o.hold; });
  try {
    if (!done.empty()) {
      db::Transaction transaction(*session, db::within(kCallTimeout));
      transaction.run(kWaitForDisk);
      complete_all(transaction, options.identity.worker_id, done, clock.now());
      transaction.commit();
      outcomes.erase(outcomes.begin(), done_end);
    }
    while (!outcomes.empty()) {
      record(outcomes.back());
      outcomes.pop_back();
    }
  } catch (const db::DbError&) {
    // Kept for the next turn; the fence makes a repetition harmless.
    attempts.give_back(std::move(outcomes));
    throw;
  }
}

void Runner::Impl::record(const Outcome& outcome) {
  db::Transaction executor(*session, db::within(kCallTimeout));
  executor.run(kWaitForDisk);
  const auto now = clock.now();
  if (outcome.what == Outcome::What::release) {
    release(executor, options.identity.worker_id, std::span(&outcome.hold, 1), now);
  } else {
    fail(executor, options.identity.worker_id,
         {.hold = outcome.hold,
          .retry_at = now + outcome.retry_delay,
          .permanent = outcome.permanent,
          .error_code = outcome.error_code,
          .error_text = outcome.error_text},
         now);
  }
  executor.commit();
}

void Runner::Impl::claim_lane(const std::string& lane) {
  const int room = attempts.room(lane);
  if (room <= 0) return;
  auto executor = db();
  auto jobs = claim(executor, {.worker_id = options.identity.worker_id,
                               .lane = lane,
                               .kinds = kind_names,
                               .args_versions = args_versions,
                               .limit = room,
                               .now = clock.now()});
  if (static_cast<int>(jobs.size()) < room) promising.erase(lane);
  for (auto& job : jobs) {
    const auto& kind = kinds.at(job.kind);
    attempts.start(std::move(job), kind);
  }
}

void Runner::Impl::claim_jobs() {
  for (const auto& lane : options.lanes) {
    if (promising.contains(lane.name)) claim_lane(lane.name);
  }
}

void Runner::Impl::keep_alive() {
  if (Clock::now() < next_beat) return;
  next_beat = Clock::now() + std::min(options.heartbeat, options.lease / 4);
  auto executor = db();
  const auto asked = attempts.held();
  const auto now = clock.now();
  attempts.stop_lost(asked, beat(executor, options.identity.worker_id, asked, now));
  const auto present = depth(executor, now);
  write_heartbeat(executor, options.identity, {present.waiting, present.oldest_waiting_s});
}

/// What guarantees progress when a notification is lost, a worker dies or a clock jumps.
void Runner::Impl::tick() {
  if (Clock::now() < next_tick) return;
  next_tick = Clock::now() + options.tick;
  for (const auto& lane : options.lanes) promising.insert(lane.name);
  auto executor = db();
  if (!leads) leads = executor.run(kTryLead).single().get<bool>("leads");
  if (!leads) return;
  if (seed.empty()) seed = installation_seed(executor);
  const auto now = clock.now();
  for (const auto& spec : schedule) enqueue_if_due(executor, spec, seed, now);
  if (const auto rescued = watch.look(executor, Clock::now(), now); rescued > 0) {
    core::log_warn("job.rescued", {{"jobs", rescued}});
  }
  pull_back_retries(executor, now, kLongestBackoff);
  prune(executor, now - options.keep_done, kPruneAtOnce);
  prune_discarded(executor, now - options.keep_discarded, kPruneAtOnce);
}

void Runner::Impl::wait() {
  // An attempt's deadline begins with it, which may be later than now: look again after the shortest one.
  const auto until = std::min({next_tick, next_beat, attempts.stop_late(), Clock::now() + shortest_deadline});
  session->wait_notification(until, wake_fd.fd);
  take_wake();
  for (const auto& notification : session->take_notifications()) promising.insert(notification.payload);
}

void Runner::Impl::turn(bool claiming) {
  if (options.watchdog != nullptr) options.watchdog->beat();
  attempts.stop_late();
  try {
    connect();
    record_outcomes();
    keep_alive();
    if (claiming) {
      tick();
      claim_jobs();
    }
    wait();
    pause = 50ms;
  } catch (const db::DbError& error) {
    core::log_warn("job.loop_failed", {{"code", error.code()}, {"detail", error.detail()}});
    db::PollWaiter().wait({.fd = -1, .wake_fd = -1}, db::within(pause));
    pause = std::min<std::chrono::milliseconds>(pause * 2, 2s);
  }
}

void Runner::Impl::work(const std::stop_token& stop) {
  const std::stop_callback wake_up(stop, [this] { ::eventfd_write(wake_fd.fd, 1); });
  while (!stop.stop_requested()) turn(true);
  finish();
}

void Runner::Impl::finish() {
  attempts.drain();
  const auto run_until = db::within(options.stop_grace);
  const auto wait_for_attempts = [this](db::Deadline until) {
    while (!attempts.idle() && db::remaining(until).count() > 0) {
      next_tick = until;
      turn(false);
    }
  };
  wait_for_attempts(run_until);
  attempts.stop_all();
  wait_for_attempts(db::within(kStopTime));
  try {
    connect();
    auto executor = db();
    const auto abandoned = attempts.abandon();
    release(executor, options.identity.worker_id, abandoned, clock.now());
    remove_heartbeat(executor, options.identity.worker_id);
    if (!abandoned.empty()) core::log_warn("job.abandoned", {{"jobs", abandoned.size()}});
  } catch (const db::DbError& error) {
    // Their leases run out instead.
    core::log_warn("job.release_failed", {{"code", error.code()}, {"detail", error.detail()}});
  }
  session.reset();
}

Runner::Runner(RunnerOptions options, db::Pool& pool, const core::Clock& clock)
    : impl_(std::make_unique<Impl>(std::move(options), pool, clock)) {}
Runner::~Runner() = default;

void Runner::handle(std::string kind, JobKind how) {
  impl_->kind_names.push_back(kind);
  impl_->args_versions.push_back(how.args_version);
  impl_->shortest_deadline = std::min(impl_->shortest_deadline, how.deadline);
  impl_->kinds.insert_or_assign(std::move(kind), std::move(how));
}

void Runner::every(PeriodicSpec spec) { impl_->schedule.push_back(std::move(spec)); }

void Runner::run(const std::stop_token& stop) { impl_->work(stop); }

bool Runner::is_idle() const { return impl_->attempts.held().empty(); }

}  // namespace jobs
