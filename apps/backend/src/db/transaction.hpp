#pragma once
// A transaction on a session. Rolls back unless committed.

#include "db/executor.hpp"
#include "db/session.hpp"

#include <span>
#include <vector>

namespace db {

enum class Isolation { read_committed, repeatable_read, serializable };

class Transaction final : public Executor {
 public:
  /// Every statement, and the commit, ends by `deadline`. BEGIN travels with the first statement.
  Transaction(Session& session, Deadline deadline, Isolation isolation = Isolation::read_committed);
  /// Rolls back when neither commit nor rollback was called.
  ~Transaction() override;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  Rows run(const Query& query, Params params = {}) override;
  /// Several statements in one round trip.
  std::vector<Rows> run_all(std::span<const Statement> statements);

  /// Durable when it returns. When it throws unavailable ("db.unreachable") or deadline the outcome is
  /// unknown: the caller repeats only what is idempotent.
  void commit();
  void rollback();

  Deadline deadline() const { return deadline_; }

 private:
  const Query& begin() const;

  Session& session_;
  Deadline deadline_;
  Isolation isolation_;
  bool begun_ = false;
  bool finished_ = false;
};

}  // namespace db
