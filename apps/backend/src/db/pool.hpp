#pragma once
// A bounded set of sessions shared by threads.

#include "db/session.hpp"
#include "db/transaction.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

namespace db {

struct PoolOptions {
  SessionOptions session = {};
  std::size_t max_sessions = 18;
  /// How long acquire waits for a free session, at most (a nearer deadline wins).
  std::chrono::milliseconds wait_timeout{5000};
  /// How long acquire waits for a database that cannot be reached: a restart goes unnoticed, an outage is
  /// reported soon.
  std::chrono::milliseconds unreachable_wait{1000};
  /// One attempt to connect may take this long.
  std::chrono::milliseconds connect_timeout{5000};
  /// After a failed connect: no new attempt for backoff_first, doubling to backoff_max, each ± 25 %.
  std::chrono::milliseconds backoff_first{50};
  std::chrono::milliseconds backoff_max{5000};
};

class Pool {
 public:
  /// Opens no connection yet: a database that is down at start is not an error of the constructor.
  explicit Pool(PoolOptions options);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  /// A session, returned to the pool when the lease dies. A session that is broken or was left inside a
  /// transaction is closed, not reused.
  class Lease {
   public:
    Lease(Lease&&) noexcept;
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    Session& operator*() const { return *session_; }
    Session* operator->() const { return session_.get(); }

   private:
    friend class Pool;
    Lease(Pool& pool, std::unique_ptr<Session> session);
    Pool* pool_;
    std::unique_ptr<Session> session_;
  };

  /// Throws DbError(unavailable, "db.pool_exhausted") when no session came free in time, or "db.unreachable".
  Lease acquire(Deadline deadline);

  /// Runs `work` in a transaction and commits. On a serialization failure or deadlock the whole of `work`
  /// runs again, at most 3 times, so it must have no effect outside of the transaction.
  void transact(Deadline deadline, const std::function<void(Transaction&)>& work,
                Isolation isolation = Isolation::read_committed);

  struct Counts {
    std::size_t open = 0;
    std::size_t in_use = 0;
    std::size_t waiting = 0;
  };
  Counts counts() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace db
