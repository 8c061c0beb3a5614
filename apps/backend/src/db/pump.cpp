#include "db/pump.hpp"

#include "core/log.hpp"
#include "db/backoff.hpp"
#include "db/connection.hpp"
#include "db/pump_batch.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace db {
namespace {

/// A read whose connection was lost, or a statement that the server rolled back for another's sake, is sent
/// again up to this many times in all.
constexpr int kMaxSends = 3;

constexpr Query kReadOnly{"db.pump_read_only",
                          "SELECT set_config('default_transaction_read_only', 'on', false)"};

DbError unavailable(std::string code, std::string detail) {
  return {core::ErrorKind::unavailable, std::move(code), "The service is busy. Try again.",
          std::move(detail)};
}

}  // namespace

class Pump::Lane {
 public:
  Lane(const PumpOptions& options, bool writes) : options_(options), writes_(writes) {
    const auto threads = writes ? options.write_connections : options.read_connections;
    for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { serve(); });
  }

  ~Lane() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    queued_.notify_all();
    threads_.clear();
  }

  Rows run(const Query& query, Params params, Deadline deadline);
  Counts counts() const {
    const std::lock_guard lock(mutex_);
    return counts_;
  }

 private:
  void serve();
  bool wait_for_requests();
  void take(Batch& batch);
  void give_back(Batch& batch);
  bool connect(std::unique_ptr<Connection>& connection, Backoff& backoff);
  void fail_impatient(const DbError& unreachable);
  void pause(std::chrono::milliseconds length);
  void run_each(Connection& connection, Batch& batch);
  void run_together(Connection& connection, Batch& batch);
  void run_reads(Connection& connection, Batch& batch);
  void settle(Request*& request, Reply reply);
  void fail_lost(Batch& batch, const DbError& lost);

  const PumpOptions options_;
  const bool writes_;
  mutable std::mutex mutex_;
  std::condition_variable queued_;
  std::deque<Request*> queue_;
  bool stopping_ = false;
  Counts counts_;
  std::vector<std::jthread> threads_;
};

Rows Pump::Lane::run(const Query& query, Params params, Deadline deadline) {
  Connection::check(query, params);
  Request request(query, params, deadline);
  if (request.is_late()) throw too_late(query);
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) throw unavailable("db.stopping", "the pump is stopping");
    if (queue_.size() >= options_.max_queued) throw unavailable("db.pump_full", "too many requests wait");
    queue_.push_back(&request);
    ++counts_.requests;
  }
  queued_.notify_one();

  std::unique_lock waiting(request.place->mutex);
  if (!request.place->answered.wait_until(waiting, deadline, [&] { return request.is_answered; })) {
    waiting.unlock();
    {
      const std::lock_guard lock(mutex_);
      if (std::erase(queue_, &request) == 1) throw too_late(query);
    }
    // A connection's thread holds it and answers it within its grace.
    waiting.lock();
    request.place->answered.wait(waiting, [&] { return request.is_answered; });
  }
  if (request.error) throw *std::move(request.error);
  return std::move(request.rows);
}

/// False when the pump stops; nothing waits then.
bool Pump::Lane::wait_for_requests() {
  std::unique_lock lock(mutex_);
  queued_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
  if (!stopping_) return true;
  for (auto* request : queue_) answer(request, {}, unavailable("db.stopping", "the pump is stopping"));
  queue_.clear();
  return false;
}

void Pump::Lane::take(Batch& batch) {
  const std::lock_guard lock(mutex_);
  const auto count = static_cast<std::ptrdiff_t>(std::min(queue_.size(), options_.max_batch));
  batch.assign(queue_.begin(), queue_.begin() + count);
  queue_.erase(queue_.begin(), queue_.begin() + count);
  if (count > 0) ++counts_.batches;
}

void Pump::Lane::give_back(Batch& batch) {
  std::erase(batch, nullptr);
  if (batch.empty()) return;
  {
    const std::lock_guard lock(mutex_);
    queue_.insert(queue_.begin(), batch.begin(), batch.end());
    if (writes_) counts_.reruns += batch.size();
  }
  batch.clear();
  queued_.notify_one();
}

void Pump::Lane::pause(std::chrono::milliseconds length) {
  std::unique_lock lock(mutex_);
  queued_.wait_for(lock, length, [this] { return stopping_; });
}

/// Requests stay in the queue meanwhile, where their callers can leave at their deadlines.
bool Pump::Lane::connect(std::unique_ptr<Connection>& connection, Backoff& backoff) {
  if (connection && connection->check_idle()) return true;
  connection.reset();
  try {
    connection = std::make_unique<Connection>(options_.session, within(options_.connect_timeout));
    if (!writes_) {
      connection->send(kReadOnly, {});
      connection->send_sync();
      const auto until = within(options_.connect_timeout);
      const auto patience = [&] {
        if (!connection->await(until)) throw unavailable("db.unreachable", "no answer to the set-up");
      };
      if (auto reply = connection->receive(patience); reply.error) throw *std::move(reply.error);
      connection->receive_sync(patience);
    }
    backoff.reset();
    return true;
  } catch (const DbError& error) {
    connection.reset();
    const auto length = backoff.next();
    core::log_warn("db.connect_failed", {{"detail", error.detail()}, {"next_attempt_ms", length.count()}});
    fail_impatient(error);
    pause(length);
    return false;
  }
}

void Pump::Lane::fail_impatient(const DbError& unreachable) {
  const auto queued_before = std::chrono::steady_clock::now() - options_.unreachable_wait;
  const std::lock_guard lock(mutex_);
  for (auto*& request : queue_) {
    if (request->queued_at <= queued_before) answer(request, {}, unreachable);
  }
  std::erase(queue_, nullptr);
}

void Pump::Lane::serve() {
  std::unique_ptr<Connection> connection;
  Backoff backoff(std::chrono::milliseconds(20), std::chrono::milliseconds(1000));
  Batch batch;
  while (wait_for_requests()) {
    if (!connect(connection, backoff)) continue;
    take(batch);
    answer_late(batch);
    if (batch.empty()) continue;
    try {
      const bool alone =
          std::any_of(batch.begin(), batch.end(), [](const Request* r) { return r->sends > 0; });
      if (alone || batch.size() == 1) {
        run_each(*connection, batch);
      } else if (writes_) {
        run_together(*connection, batch);
      } else {
        run_reads(*connection, batch);
      }
    } catch (const DbError& lost) {
      connection.reset();
      fail_lost(batch, lost);
    }
    give_back(batch);
  }
}

/// Each statement in a transaction of its own, one pipeline for all.
void Pump::Lane::run_each(Connection& connection, Batch& batch) {
  send_batch(connection, batch, Segments::each);
  PipelinePatience patience(connection, batch, Segments::each);
  const std::function<void()> wait = std::ref(patience);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    patience.at_head(i);
    auto reply = connection.receive(wait);
    // Durable, or not, only now: a write is answered after its commit.
    if (auto failed = connection.receive_sync(wait); failed && !reply.error) reply.error = std::move(failed);
    if (batch[i] != nullptr) settle(batch[i], std::move(reply));
  }
}

/// One transaction for all, since each sync costs both sides a system call. What a failing statement makes
/// the server skip stays in the batch, to be run again alone.
void Pump::Lane::run_reads(Connection& connection, Batch& batch) {
  send_batch(connection, batch, Segments::one);
  PipelinePatience patience(connection, batch, Segments::one);
  const std::function<void()> wait = std::ref(patience);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    patience.at_head(i);
    auto reply = connection.receive(wait);
    if (!reply.skipped && batch[i] != nullptr) settle(batch[i], std::move(reply));
  }
  connection.receive_sync(wait);
}

/// All statements in one transaction. When one fails, none is kept and all that still wait run again alone.
void Pump::Lane::run_together(Connection& connection, Batch& batch) {
  send_batch(connection, batch, Segments::one);
  PipelinePatience patience(connection, batch, Segments::one);
  const std::function<void()> wait = std::ref(patience);
  std::vector<Rows> results;
  results.reserve(batch.size());
  bool failed = false;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    patience.at_head(i);
    auto reply = connection.receive(wait);
    failed = failed || reply.error.has_value();
    results.push_back(std::move(reply.rows));
  }
  if (connection.receive_sync(wait)) failed = true;
  if (failed) return;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (batch[i] != nullptr) answer(batch[i], std::move(results[i]), std::nullopt);
  }
}

/// Answers, or leaves the request in the batch to be sent again: after a cancel that was meant for another
/// statement, and after a serialization failure. In both cases the server has rolled it back.
void Pump::Lane::settle(Request*& request, Reply reply) {
  if (reply.error && request->sends < kMaxSends && !request->is_late()) {
    const bool stray_cancel = reply.error->sqlstate() == "57014";
    if (stray_cancel || is_retryable(*reply.error)) return;
  }
  answer(request, std::move(reply.rows), std::move(reply.error));
}

void Pump::Lane::fail_lost(Batch& batch, const DbError& lost) {
  for (auto*& request : batch) {
    if (request == nullptr) continue;
    const bool again = !writes_ && request->sends < kMaxSends && !request->is_late();
    if (!again) answer(request, {}, lost);
  }
}

Pump::Pump(PumpOptions options)
    : reads_(std::make_unique<Lane>(options, false)), writes_(std::make_unique<Lane>(options, true)) {}
Pump::~Pump() = default;

Rows Pump::read(const Query& query, Params params, Deadline deadline) {
  return reads_->run(query, params, deadline);
}
Rows Pump::write(const Query& query, Params params, Deadline deadline) {
  return writes_->run(query, params, deadline);
}

Pump::Counts Pump::read_counts() const { return reads_->counts(); }
Pump::Counts Pump::write_counts() const { return writes_->counts(); }

}  // namespace db
