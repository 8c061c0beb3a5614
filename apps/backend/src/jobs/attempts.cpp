#include "jobs/attempts.hpp"

#include "core/log.hpp"

#include <algorithm>
#include <random>
#include <utility>

namespace jobs {
namespace {

/// The worker that ran the attempt holds the job no more: nothing of it may be kept.
class LeaseLost final : public core::Error {
 public:
  LeaseLost() : core::Error(core::ErrorKind::conflict, "job.lease_lost", "Another worker has taken over.") {}
};

/// Repeating these gives the same answer.
bool is_permanent(core::ErrorKind kind) {
  switch (kind) {
    case core::ErrorKind::invalid_input:
    case core::ErrorKind::unauthenticated:
    case core::ErrorKind::forbidden:
    case core::ErrorKind::not_found:
    case core::ErrorKind::conflict:
    case core::ErrorKind::too_large:
      return true;
    case core::ErrorKind::rate_limited:
    case core::ErrorKind::unavailable:
    case core::ErrorKind::deadline:
    case core::ErrorKind::internal:
      return false;
  }
  return false;
}

double random01() {
  thread_local std::minstd_rand random{std::random_device{}()};
  return std::uniform_real_distribution<double>(0, 1)(random);
}

/// Storable whatever a foreign library has put into its message.
std::string plain(std::string_view text) {
  constexpr std::size_t kLongest = 500;
  std::string out(text.substr(0, kLongest));
  for (char& c : out) {
    if (c < ' ' || c > '~') c = '?';
  }
  return out;
}

}  // namespace

Attempts::Attempts(const std::vector<Lane>& lanes, std::string worker_id, db::Pool& pool,
                   const core::Clock& clock, std::function<void()> wake)
    : worker_id_(std::move(worker_id)), pool_(pool), clock_(clock), wake_(std::move(wake)) {
  for (const auto& lane : lanes) {
    const int capacity = lane.slots * (1 + lane.claim_ahead);
    lanes_[lane.name] = {
        std::make_unique<core::ThreadPool>("job-" + lane.name, static_cast<std::size_t>(lane.slots),
                                           static_cast<std::size_t>(capacity)),
        capacity};
  }
}

Attempts::~Attempts() {
  draining_ = true;
  stop_all();
  for (auto& [name, lane] : lanes_) lane.pool->stop();
}

int Attempts::room(const std::string& lane) const {
  const std::lock_guard lock(mutex_);
  const auto& state = lanes_.at(lane);
  return state.capacity - state.in_hand;
}

void Attempts::start(ClaimedJob job, const JobKind& kind) {
  auto running = std::make_unique<Running>();
  running->job = std::move(job);
  running->kind = &kind;
  Running* const pointer = running.get();
  core::ThreadPool* pool = nullptr;
  {
    const std::lock_guard lock(mutex_);
    auto& lane = lanes_.at(pointer->job.lane);
    ++lane.in_hand;
    pool = lane.pool.get();
    running_[pointer->job.id] = std::move(running);
  }
  // The queue holds as many as room() admits, so a refusal can only mean the end.
  if (!pool->try_post([this, pointer] { run(*pointer); })) {
    finish(*pointer, Outcome{.what = Outcome::What::release, .hold = hold_of(pointer->job)});
  }
}

void Attempts::run(Running& running) {
  std::optional<Outcome> outcome;
  if (draining_ || running.why != Why::none) {
    outcome = Outcome{.what = Outcome::What::release, .hold = hold_of(running.job)};
  } else {
    const auto deadline = db::within(running.kind->deadline);
    {
      const std::lock_guard lock(mutex_);
      running.deadline = deadline;
    }
    try {
      outcome = attempt(running, deadline);
    } catch (const std::exception& error) {
      outcome = failed(running, error);
    } catch (...) {
      outcome = failed(running,
                       core::Error(core::ErrorKind::internal, "job.unknown_exception", "not an exception"));
    }
  }
  finish(running, std::move(outcome));
}

std::optional<Outcome> Attempts::attempt(Running& running, db::Deadline deadline) {
  const auto& job = running.job;
  JobContext context(job, running.stop.get_token(), deadline, clock_.now());
  const Effect effect = running.kind->run(context);
  if (!effect) return Outcome{.what = Outcome::What::done, .hold = hold_of(job)};
  commit(running, effect, deadline);
  return std::nullopt;
}

void Attempts::commit(Running& running, const Effect& effect, db::Deadline deadline) {
  pool_.transact(deadline, [&](db::Transaction& transaction) {
    // First: the row's lock keeps rescuers off until the commit, and a lost lease costs no work.
    if (!complete(transaction, worker_id_, hold_of(running.job), clock_.now())) throw LeaseLost();
    effect(transaction);
  });
}

std::optional<Outcome> Attempts::failed(const Running& running, const std::exception& error) {
  const auto& job = running.job;
  if (running.why == Why::lost || dynamic_cast<const LeaseLost*>(&error) != nullptr) {
    core::log_warn("job.lost", {{"id", job.id}, {"kind", job.kind}, {"attempt", job.attempt}});
    return std::nullopt;
  }
  Outcome outcome{.what = Outcome::What::failed, .hold = hold_of(job)};
  if (running.why == Why::shutdown) {
    outcome.what = Outcome::What::release;
    return outcome;
  }
  const auto* known = dynamic_cast<const core::Error*>(&error);
  const bool late = running.why == Why::late;
  outcome.error_code = late ? "job.deadline" : known != nullptr ? known->code() : "job.exception";
  outcome.error_text = plain(error.what());
  outcome.permanent = !late && known != nullptr && is_permanent(known->kind());
  outcome.retry_delay = retry_delay(job.attempt, random01());
  core::log_warn("job.failed", {{"id", job.id},
                                {"kind", job.kind},
                                {"attempt", job.attempt},
                                {"max_attempts", job.max_attempts},
                                {"permanent", outcome.permanent},
                                {"code", outcome.error_code},
                                {"reason", outcome.error_text}});
  return outcome;
}

void Attempts::finish(Running& running, std::optional<Outcome> outcome) {
  {
    const std::lock_guard lock(mutex_);
    --lanes_.at(running.job.lane).in_hand;
    if (outcome) outcomes_.push_back(*std::move(outcome));
    running_.erase(running.job.id);
  }
  ended_.fetch_add(1, std::memory_order_relaxed);
  wake_();
}

std::vector<Hold> Attempts::held() const {
  const std::lock_guard lock(mutex_);
  std::vector<Hold> holds;
  holds.reserve(running_.size());
  for (const auto& [id, running] : running_) holds.push_back(hold_of(running->job));
  return holds;
}

bool Attempts::idle() const {
  const std::lock_guard lock(mutex_);
  return running_.empty() && outcomes_.empty();
}

void Attempts::stop(Running& running, Why why) {
  auto none = Why::none;
  running.why.compare_exchange_strong(none, why);
  running.stop.request_stop();
}

void Attempts::stop_lost(const std::vector<Hold>& asked, const std::vector<JobId>& still_held) {
  const std::lock_guard lock(mutex_);
  for (const auto& hold : asked) {
    if (std::find(still_held.begin(), still_held.end(), hold.id) != still_held.end()) continue;
    const auto found = running_.find(hold.id);
    if (found != running_.end() && found->second->job.fence == hold.fence) stop(*found->second, Why::lost);
  }
}

db::Deadline Attempts::stop_late() {
  const auto now = std::chrono::steady_clock::now();
  auto nearest = db::Deadline::max();
  const std::lock_guard lock(mutex_);
  for (const auto& [id, running] : running_) {
    if (!running->deadline || running->why != Why::none) continue;
    if (now >= *running->deadline) {
      stop(*running, Why::late);
    } else {
      nearest = std::min(nearest, *running->deadline);
    }
  }
  return nearest;
}

void Attempts::stop_all() {
  const std::lock_guard lock(mutex_);
  for (const auto& [id, running] : running_) stop(*running, Why::shutdown);
}

std::vector<Hold> Attempts::abandon() {
  const std::lock_guard lock(mutex_);
  std::vector<Hold> holds;
  for (const auto& [id, running] : running_) {
    auto expected = Why::shutdown;
    running->why.compare_exchange_strong(expected, Why::lost);
    holds.push_back(hold_of(running->job));
  }
  return holds;
}

std::vector<Outcome> Attempts::take_outcomes() {
  const std::lock_guard lock(mutex_);
  return std::exchange(outcomes_, {});
}

void Attempts::give_back(std::vector<Outcome> outcomes) {
  const std::lock_guard lock(mutex_);
  outcomes_.insert(outcomes_.end(), std::make_move_iterator(outcomes.begin()),
                   std::make_move_iterator(outcomes.end()));
}

}  // namespace jobs
