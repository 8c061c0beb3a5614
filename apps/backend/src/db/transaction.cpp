#include "db/transaction.hpp"

#include "core/log.hpp"

#include <vector>

namespace db {
namespace {

constexpr Query kBeginReadCommitted{"db.begin", "BEGIN"};
constexpr Query kBeginRepeatableRead{"db.begin_repeatable_read", "BEGIN ISOLATION LEVEL REPEATABLE READ"};
constexpr Query kBeginSerializable{"db.begin_serializable", "BEGIN ISOLATION LEVEL SERIALIZABLE"};
constexpr Query kCommit{"db.commit", "COMMIT"};
constexpr Query kRollback{"db.rollback", "ROLLBACK"};

/// A rollback must have a chance although the transaction's deadline has passed.
constexpr std::chrono::milliseconds kRollbackTime{1000};

}  // namespace

Transaction::Transaction(Session& session, Deadline deadline, Isolation isolation)
    : session_(session), deadline_(deadline), isolation_(isolation) {}

Transaction::~Transaction() {
  if (finished_ || !begun_) return;
  try {
    rollback();
  } catch (const core::Error& error) {
    // The session is broken now, the server rolls back by itself; the pool closes it.
    core::log_warn("db.rollback_failed", {{"code", error.code()}, {"detail", error.detail()}});
  }
}

const Query& Transaction::begin() const {
  switch (isolation_) {
    case Isolation::read_committed:
      return kBeginReadCommitted;
    case Isolation::repeatable_read:
      return kBeginRepeatableRead;
    case Isolation::serializable:
      return kBeginSerializable;
  }
  return kBeginSerializable;
}

Rows Transaction::run(const Query& query, Params params) {
  const Statement statement{&query, params};
  return std::move(run_all({&statement, 1}).front());
}

std::vector<Rows> Transaction::run_all(std::span<const Statement> statements) {
  if (begun_) return session_.run_all(statements, deadline_);
  std::vector<Statement> with_begin{{&begin(), {}}};
  with_begin.insert(with_begin.end(), statements.begin(), statements.end());
  begun_ = true;
  auto results = session_.run_all(with_begin, deadline_);
  results.erase(results.begin());
  return results;
}

void Transaction::commit() {
  if (!begun_) {
    finished_ = true;
    return;
  }
  if (session_.transaction_failed()) {
    // COMMIT would roll back and report success.
    throw DbError(core::ErrorKind::internal, "db.transaction_failed", "The database refused this.",
                  "commit after a statement of the transaction failed");
  }
  session_.run(kCommit, {}, deadline_);
  finished_ = true;
}

void Transaction::rollback() {
  finished_ = true;
  if (!begun_ || session_.is_broken() || !session_.in_transaction()) return;
  session_.forget_timeout();
  session_.run(kRollback, {}, within(kRollbackTime));
}

}  // namespace db
