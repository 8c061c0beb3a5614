#include "db/pool.hpp"

#include "core/log.hpp"
#include "db/backoff.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace db {

struct Pool::Impl {
  explicit Impl(PoolOptions pool_options)
      : options(std::move(pool_options)), backoff(options.backoff_first, options.backoff_max) {}

  /// Takes an idle session that still lives. Closes the dead ones it meets outside of the lock.
  std::unique_ptr<Session> take_idle(std::unique_lock<std::mutex>& lock);
  /// Connects on behalf of a slot already counted in `open`; null after a failure, which is remembered.
  std::unique_ptr<Session> connect(std::unique_lock<std::mutex>& lock, Deadline deadline);
  void give_back(std::unique_ptr<Session> session);

  const PoolOptions options;
  mutable std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::unique_ptr<Session>> idle;
  std::size_t open = 0;
  std::size_t waiting = 0;
  Backoff backoff;
  Deadline next_attempt{};
  std::optional<DbError> last_failure;
};

std::unique_ptr<Session> Pool::Impl::take_idle(std::unique_lock<std::mutex>& lock) {
  while (!idle.empty()) {
    auto session = std::move(idle.back());
    idle.pop_back();
    lock.unlock();
    const bool alive = session->check_idle();
    if (!alive) session.reset();
    lock.lock();
    if (alive) return session;
    --open;
  }
  return nullptr;
}

std::unique_ptr<Session> Pool::Impl::connect(std::unique_lock<std::mutex>& lock, Deadline deadline) {
  lock.unlock();
  std::unique_ptr<Session> session;
  std::optional<DbError> failure;
  try {
    session = Session::connect(options.session, std::min(deadline, within(options.connect_timeout)));
  } catch (const DbError& error) {
    failure = error;
  }
  lock.lock();
  if (session) {
    backoff.reset();
    last_failure.reset();
    next_attempt = {};
    return session;
  }
  --open;
  const auto pause = backoff.next();
  next_attempt = within(pause);
  core::log_warn("db.connect_failed", {{"detail", failure->detail()}, {"next_attempt_ms", pause.count()}});
  last_failure = std::move(failure);
  changed.notify_one();
  return nullptr;
}

void Pool::Impl::give_back(std::unique_ptr<Session> session) {
  const bool reusable = session->check_idle();
  if (!reusable) session.reset();
  {
    const std::lock_guard lock(mutex);
    if (reusable) {
      idle.push_back(std::move(session));
    } else {
      --open;
    }
  }
  changed.notify_one();
}

Pool::Pool(PoolOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Pool::~Pool() = default;

Pool::Lease::Lease(Pool& pool, std::unique_ptr<Session> session)
    : pool_(&pool), session_(std::move(session)) {}
Pool::Lease::Lease(Lease&&) noexcept = default;
Pool::Lease::~Lease() {
  if (session_) pool_->impl_->give_back(std::move(session_));
}

Pool::Lease Pool::acquire(Deadline deadline) {
  auto& impl = *impl_;
  const auto until = std::min(deadline, within(impl.options.wait_timeout));
  const auto until_reachable = std::min(until, within(impl.options.unreachable_wait));
  std::unique_lock lock(impl.mutex);
  for (;;) {
    if (auto session = impl.take_idle(lock)) return {*this, std::move(session)};
    const bool may_open = impl.open < impl.options.max_sessions;
    const auto now = std::chrono::steady_clock::now();
    if (impl.open == 0 && impl.last_failure && now >= until_reachable) throw *impl.last_failure;
    if (now >= until) {
      throw DbError(core::ErrorKind::unavailable, "db.pool_exhausted", "The service is busy. Try again.",
                    "all " + std::to_string(impl.open) + " sessions are in use");
    }
    if (may_open && now >= impl.next_attempt) {
      ++impl.open;
      if (auto session = impl.connect(lock, until)) return {*this, std::move(session)};
      continue;
    }
    auto wake_at = impl.open == 0 && impl.last_failure ? until_reachable : until;
    if (may_open) wake_at = std::min(wake_at, impl.next_attempt);
    ++impl.waiting;
    impl.changed.wait_until(lock, wake_at);
    --impl.waiting;
  }
}

void Pool::transact(Deadline deadline, const std::function<void(Transaction&)>& work, Isolation isolation) {
  constexpr int kAttempts = 3;
  auto lease = acquire(deadline);
  // Two that have collided would collide again if both returned at once.
  Backoff pause(std::chrono::milliseconds(10), std::chrono::milliseconds(40));
  for (int attempt = 1;; ++attempt) {
    try {
      Transaction transaction(*lease, deadline, isolation);
      work(transaction);
      transaction.commit();
      return;
    } catch (const DbError& error) {
      if (!is_retryable(error) || attempt == kAttempts) throw;
      core::log_debug("db.transaction_repeated", {{"sqlstate", error.sqlstate()}, {"attempt", attempt}});
      std::this_thread::sleep_for(std::min(pause.next(), remaining(deadline)));
    }
  }
}

Pool::Counts Pool::counts() const {
  const std::lock_guard lock(impl_->mutex);
  return {impl_->open, impl_->open - impl_->idle.size(), impl_->waiting};
}

}  // namespace db
