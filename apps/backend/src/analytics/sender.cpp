#include "analytics/sender.hpp"

#include "core/error.hpp"
#include "core/log.hpp"
#include "net/retry.hpp"

#include "analytics/outbox_store.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace analytics {
namespace {

using namespace std::chrono_literals;

/// A batch that the service keeps failing on is given up after so many attempts.
constexpr int kMostAttempts = 10;
constexpr net::RetryPolicy kBackoff{.max_attempts = kMostAttempts, .first_delay = 30s, .max_delay = 1h};
constexpr std::size_t kMostAnswerBytes = 64u << 10;

/// False when the stop came first.
bool pause(std::chrono::milliseconds time, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  wake.wait_for(lock, stop, time, [] { return false; });
  return !stop.stop_requested();
}

}  // namespace

Sender::Sender(db::Pool& pool, Post post, const core::Clock& clock, SenderOptions options)
    : pool_(pool), post_(std::move(post)), clock_(clock), options_(std::move(options)) {}

Sender::Outcome Sender::judge(const net::Response& response) const {
  const int status = response.status;
  if (status >= 200 && status < 300) return {.verdict = Verdict::taken};
  if (status == 404) return {.verdict = Verdict::unknown_key};
  if (status == 408 || status == 429 || status < 400 || status >= 500)
    return {.verdict = Verdict::failed, .wait = net::retry_after(response, clock_.now())};
  return {.verdict = Verdict::refused};
}

Sender::Outcome Sender::send(const StoredBatch& batch, const std::stop_token& stop,
                             db::Deadline deadline) const {
  net::Request request;
  request.url = options_.url;
  request.headers = {{"App-Key", options_.app_key.reveal()},
                     {"Content-Type", "application/json"},
                     {"User-Agent", user_agent(batch)}};
  request.total_timeout = std::min(options_.timeout, db::remaining(deadline));
  request.max_body_bytes = kMostAnswerBytes;
  request.stop = stop;
  try {
    const auto response = post_(request, wire_body(batch, options_.origin, clock_.now()));
    const auto outcome = judge(response);
    if (outcome.verdict != Verdict::taken) core::log_warn("analytics.refused", {{"status", response.status}});
    return outcome;
  } catch (const core::Error& error) {
    if (stop.stop_requested()) throw;
    core::log_warn("analytics.unreachable", {{"code", error.code()}, {"detail", error.detail()}});
    return {};
  }
}

core::Timestamp Sender::put_off(db::Executor& db, const StoredBatch& batch, const Outcome& outcome) const {
  if (batch.attempts + 1 >= kMostAttempts) {
    remove_batch(db, batch.id);
  } else {
    count_attempt(db, batch.id);
  }
  auto state = relay_state(db);
  ++state.failures;
  const auto own = net::backoff_delay(kBackoff, state.failures, 1.0);
  const auto wait = std::clamp<std::chrono::milliseconds>(outcome.wait.value_or(own), 1s, 24h);
  state.not_before = clock_.now() + wait;
  set_relay_state(db, state);
  return *state.not_before;
}

Sender::Round Sender::run(const std::stop_token& stop, db::Deadline deadline) {
  Round round;
  const auto lease = pool_.acquire(deadline);
  db::OnSession db(*lease, deadline);
  if (options_.app_key.empty()) {
    round.dropped = static_cast<int>(remove_all_batches(db));
    return round;
  }
  if (is_disabled()) return round;
  auto state = relay_state(db);
  if (state.not_before && *state.not_before > clock_.now()) {
    if (next_batch(db)) round.again_at = state.not_before;
    return round;
  }
  for (int requests = 0;; ++requests) {
    const auto batch = next_batch(db);
    if (!batch) return round;
    const bool has_time =
        requests < options_.most_per_round && db::remaining(deadline) > 2 * options_.timeout;
    if (!has_time || !pause(db::remaining(next_send_), stop)) {
      round.again_at = clock_.now();
      return round;
    }
    const auto outcome = send(*batch, stop, deadline);
    next_send_ = db::within(options_.pace);
    switch (outcome.verdict) {
      case Verdict::taken:
      case Verdict::refused:
        remove_batch(db, batch->id);
        ++(outcome.verdict == Verdict::taken ? round.sent : round.dropped);
        if (state.failures > 0) set_relay_state(db, state = {});
        break;
      case Verdict::unknown_key:
        is_disabled_.store(true, std::memory_order_relaxed);
        core::log_error(
            "analytics.disabled",
            {{"reason", "the service does not know APTABASE_APP_KEY; nothing is sent until a restart"}});
        return round;
      case Verdict::failed:
        round.again_at = put_off(db, *batch, outcome);
        return round;
    }
  }
}

}  // namespace analytics
