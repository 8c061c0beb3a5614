#pragma once
// One connection to Postgres: synchronous calls with a deadline over libpq's non-blocking interface.
//
// A Session is used by one thread at a time. Every call ends before its deadline plus a short grace: when the
// deadline passes, the running statement is cancelled on the server; when the server does not answer the
// cancel either (a dead network), the connection is given up (is_broken). The server's own statement_timeout
// is the second net, sent along with a statement only when the current setting does not fit the deadline.

#include "core/secret.hpp"
#include "db/deadline.hpp"
#include "db/error.hpp"
#include "db/executor.hpp"
#include "db/params.hpp"
#include "db/query.hpp"
#include "db/rows.hpp"
#include "db/waiter.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace db {

struct SessionOptions {
  /// URL or key=value form. Empty: libpq's own PG* variables.
  core::Secret dsn = {};
  std::string application_name = "aspectavy";
  /// Role to SET on connect, e.g. kAppRole: least privilege although the login role is the owner. Empty:
  /// none.
  std::string set_role = {};
  /// The server ends the session when it is silent for so long outside of a transaction: what a frozen or
  /// cut-off client holds (a lock) becomes free again. 0: never.
  std::chrono::milliseconds idle_timeout{0};
  /// The same within a transaction: nobody drives it, and it holds its rows.
  std::chrono::milliseconds idle_in_transaction_timeout{60'000};
  /// Replaces poll; must outlive the session. Null: a PollWaiter.
  Waiter* waiter = nullptr;
  /// Receives server notices (severity, text). Null: they are logged at debug level.
  std::function<void(std::string_view severity, std::string_view message)> on_notice = {};
};

/// The group role that owns no table and may only do what the product needs (created by migration 0001).
inline constexpr std::string_view kAppRole = "aspectavy_app";

struct Notification {
  std::string channel;
  std::string payload;
};

/// One statement of a pipeline.
struct Statement {
  const Query* query;
  Params params;
};

class Session {
 public:
  /// Connects. Throws DbError(unavailable, "db.unreachable") when that fails or the deadline passes.
  static std::unique_ptr<Session> connect(const SessionOptions& options, Deadline deadline);

  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Prepares the query on first use, then runs it: one round trip. Throws DbError.
  Rows run(const Query& query, Params params, Deadline deadline);

  /// Runs the statements in one round trip and, outside of a transaction, as one implicit transaction: when
  /// one fails nothing of them is kept, and its DbError is thrown.
  std::vector<Rows> run_all(std::span<const Statement> statements, Deadline deadline);

  /// Runs a text of one or several statements that takes no parameters and returns nothing (migrations,
  /// BEGIN).
  void run_script(std::string_view sql, Deadline deadline);

  /// Prepares without running: for the contract test that every query fits the schema.
  void prepare(const Query& query, Deadline deadline);

  /// LISTEN; notifications arrive with any later call and are handed out by take_notifications.
  void listen(std::string_view channel, Deadline deadline);
  std::vector<Notification> take_notifications();
  /// Waits for a notification, for wake_fd (-1: none), or for the deadline. Throws DbError(unavailable) when
  /// the connection is lost.
  WaitResult wait_notification(Deadline deadline, int wake_fd = -1);

  /// The connection can no longer be used: make another.
  bool is_broken() const;
  bool in_transaction() const;
  /// A statement of the open transaction failed: nothing but a rollback is possible.
  bool transaction_failed() const;
  /// True when the connection is idle, outside of a transaction and the server has not closed it. No round
  /// trip.
  bool check_idle();
  int backend_pid() const;

 private:
  struct Impl;
  friend class Transaction;
  /// A rollback may have undone a change of the server's statement_timeout.
  void forget_timeout();
  explicit Session(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// A session with a deadline, as an Executor: each statement is its own transaction.
class OnSession final : public Executor {
 public:
  OnSession(Session& session, Deadline deadline) : session_(session), deadline_(deadline) {}
  Rows run(const Query& query, Params params = {}) override { return session_.run(query, params, deadline_); }

 private:
  Session& session_;
  Deadline deadline_;
};

}  // namespace db
