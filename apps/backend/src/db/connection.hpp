#pragma once
// Internal to db/: one libpq connection as "send statements, then receive their replies in order", never
// blocking but in await. Session and Pump are built on it; both decide for themselves what a deadline means.

#include "db/deadline.hpp"
#include "db/error.hpp"
#include "db/params.hpp"
#include "db/query.hpp"
#include "db/rows.hpp"
#include "db/session.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

struct pg_conn;
struct pg_result;
struct pg_cancel;

namespace db {

/// What came back for one statement: rows, or the error.
struct Reply {
  Rows rows;
  std::optional<DbError> error;
  /// The server skipped it because an earlier statement of its segment failed (error is set too).
  bool skipped = false;
};

class Connection {
 public:
  /// Throws DbError(unavailable, "db.unreachable").
  Connection(const SessionOptions& options, Deadline deadline);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Throws DbError(internal, "db.parameter_count") or (invalid_input, "db.invalid_value") for U+0000 in a
  /// text.
  static void check(const Query& query, Params params);

  /// Queues a statement, its preparation first when it is new to this connection. `params` are copied.
  void send(const Query& query, Params params);
  /// Queues only the preparation.
  void send_prepare(const Query& query);
  /// Queues a change of statement_timeout when the present one does not fit `left`.
  void send_timeout(std::chrono::milliseconds left);
  /// Ends a segment: the statements since the last one are one implicit transaction.
  void send_sync();

  /// True when the next reply can be taken without waiting; false when the deadline has passed. Throws
  /// DbError(unavailable, "db.unreachable") when the connection is lost.
  bool await(Deadline deadline);
  /// The reply to the next statement. `await_or_throw` is called whenever more input is needed.
  Reply receive(const std::function<void()>& await_or_throw);
  /// Takes what is left of the current segment; the error, if its commit failed.
  std::optional<DbError> receive_sync(const std::function<void()>& await_or_throw);

  /// A text of several statements, outside of the pipeline.
  std::optional<DbError> run_script(std::string_view sql, const std::function<void()>& await_or_throw);

  /// Asks the server to cancel what runs. Returns at once.
  void cancel();

  WaitResult wait_input(Deadline deadline, int wake_fd);
  std::vector<Notification> take_notifications();

  void mark_broken() { broken_ = true; }
  bool is_broken() const;
  bool in_transaction() const;
  bool transaction_failed() const;
  bool check_idle();
  int backend_pid() const;
  /// The server's statement_timeout is not known any more (a rollback has undone its change).
  void forget_timeout() { timeout_ = std::chrono::milliseconds(-1); }

 private:
  enum class Expect { prepare, timeout, statement, sync };
  struct Expected {
    Expect what;
    const std::string* prepared_name = nullptr;
    std::chrono::milliseconds timeout{0};
  };
  struct Prepared {
    std::string sql;
    bool known_to_server = false;
  };

  struct NameHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const { return std::hash<std::string_view>{}(name); }
  };

  void connect(const SessionOptions& options, Deadline deadline);
  void set_up(const SessionOptions& options, Deadline deadline);
  const std::string& prepare_if_new(const Query& query);
  void enter_pipeline();
  void leave_pipeline();
  pg_result* next_result(const std::function<void()>& await_or_throw);
  Reply take_reply(const std::function<void()>& await_or_throw);
  void apply(const Expected& expected, const Reply& reply);
  void read_input();
  [[noreturn]] void lost();
  void check_sent(int accepted);
  WaitResult wait(bool read, bool write, Deadline deadline, int wake_fd = -1);
  static void receive_notice(void* self, const pg_result* notice) noexcept;

  struct Close {
    void operator()(pg_conn* connection) const;
  };
  PollWaiter poll_waiter_;
  Waiter* waiter_;
  std::function<void(std::string_view, std::string_view)> on_notice_;
  std::unique_ptr<pg_conn, Close> connection_;
  /// By name; nodes are stable, so that Expected may point at a key.
  std::unordered_map<std::string, Prepared, NameHash, std::equal_to<>> prepared_;
  std::deque<Expected> expected_;
  std::vector<Notification> waiting_notifications_;
  std::string scratch_;
  std::vector<const char*> values_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
  std::chrono::milliseconds timeout_{-1};
  bool pipelined_ = false;
  bool broken_ = false;
};

}  // namespace db
