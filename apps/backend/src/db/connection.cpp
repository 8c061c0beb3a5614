#include "db/connection.hpp"

#include "core/log.hpp"
#include "db/cancel.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace db {
namespace {

using std::chrono::milliseconds;

constexpr Query kSetTimeout{"db.set_timeout", "SELECT set_config('statement_timeout', $1, false)"};
constexpr Query kSetUp{
    "db.set_up",
    "SELECT set_config('TimeZone', 'UTC', false), set_config('DateStyle', 'ISO, YMD', false), "
    "set_config('bytea_output', 'hex', false)"};
/// How the server notices that we are gone: connect() sets only our own side of the socket.
constexpr Query kNoticeLoss{"db.notice_loss", R"sql(
SELECT set_config('idle_session_timeout', $1, false),
       set_config('idle_in_transaction_session_timeout', $2, false),
       set_config('tcp_keepalives_idle', '30', false), set_config('tcp_keepalives_interval', '5', false),
       set_config('tcp_keepalives_count', '3', false), set_config('tcp_user_timeout', '20000', false))sql"};
constexpr Query kSetRole{"db.set_role",
                         "SELECT set_config('role', rolname, false) FROM pg_roles WHERE rolname = $1"};

std::string trimmed(const char* text) {
  std::string out = text == nullptr ? "" : text;
  while (!out.empty() && (out.back() == '\n' || out.back() == ' ')) out.pop_back();
  return out;
}

DbError unreachable(std::string detail) {
  return {core::ErrorKind::unavailable, "db.unreachable", "The database cannot be reached.",
          std::move(detail)};
}

std::string field(const PGresult* result, int code) {
  const char* text = PQresultErrorField(result, code);
  return text == nullptr ? "" : text;
}

DbError error_of(const PGresult* result) {
  std::string detail = field(result, PG_DIAG_MESSAGE_PRIMARY);
  const auto more = field(result, PG_DIAG_MESSAGE_DETAIL);
  // Of a violated constraint it holds what the row holds, and this text goes into the log.
  const bool is_of_a_row = field(result, PG_DIAG_SQLSTATE).starts_with("23");
  if (!more.empty() && !is_of_a_row) detail += "; " + more;
  if (detail.empty()) detail = trimmed(PQresultErrorMessage(result));
  return error_for_sqlstate(field(result, PG_DIAG_SQLSTATE), std::move(detail),
                            field(result, PG_DIAG_CONSTRAINT_NAME));
}

}  // namespace

void Connection::Close::operator()(pg_conn* connection) const { PQfinish(connection); }

Connection::Connection(const SessionOptions& options, Deadline deadline)
    : waiter_(options.waiter != nullptr ? options.waiter : &poll_waiter_), on_notice_(options.on_notice) {
  connect(options, deadline);
  set_up(options, deadline);
}

Connection::~Connection() = default;

void Connection::connect(const SessionOptions& options, Deadline deadline) {
  // Later entries win, so what the operator writes into the DSN replaces these.
  const std::array<const char*, 8> names{
      "keepalives_idle",  "keepalives_interval", "keepalives_count", "tcp_user_timeout",
      "application_name", "client_encoding",     "dbname",           nullptr};
  const std::array<const char*, 8> values{
      "30",   "5", "3", "20000", options.application_name.c_str(), "UTF8", options.dsn.reveal().c_str(),
      nullptr};
  connection_.reset(PQconnectStartParams(names.data(), values.data(), 1));
  if (!connection_) throw unreachable("out of memory");
  PQsetNoticeReceiver(connection_.get(), &Connection::receive_notice, this);
  auto state = PQstatus(connection_.get()) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
  while (state != PGRES_POLLING_OK) {
    if (state == PGRES_POLLING_FAILED) throw unreachable(trimmed(PQerrorMessage(connection_.get())));
    // libpq may reopen the socket while it tries TLS and addresses: wait() asks for the descriptor each time.
    const auto woken = wait(state == PGRES_POLLING_READING, state == PGRES_POLLING_WRITING, deadline);
    if (woken == WaitResult::timed_out) throw unreachable("no connection before the deadline");
    state = PQconnectPoll(connection_.get());
  }
  if (PQsetnonblocking(connection_.get(), 1) != 0)
    throw unreachable(trimmed(PQerrorMessage(connection_.get())));
}

void Connection::set_up(const SessionOptions& options, Deadline deadline) {
  const auto patience = [this, deadline] {
    if (!await(deadline)) throw unreachable("no answer to the set-up before the deadline");
  };
  const auto idle_ms = std::to_string(options.idle_timeout.count());
  const auto idle_in_transaction_ms = std::to_string(options.idle_in_transaction_timeout.count());
  send(kSetUp, {});
  send(kNoticeLoss, {idle_ms, idle_in_transaction_ms});
  if (!options.set_role.empty()) send(kSetRole, {options.set_role});
  send_sync();
  for (int i = 0; i < 2; ++i) {
    const auto settings = receive(patience);
    if (settings.error) throw DbError(*settings.error);
  }
  if (!options.set_role.empty()) {
    const auto role = receive(patience);
    if (role.error) throw DbError(*role.error);
    if (role.rows.empty()) {
      core::log_warn(
          "db.role_missing",
          {{"role", options.set_role},
           {"effect", "working with the login role's own rights; create the role and migrate again"}});
    }
  }
  receive_sync(patience);
}

void Connection::check(const Query& query, Params params) {
  if (static_cast<int>(params.size()) != query.parameter_count) {
    throw DbError(core::ErrorKind::internal, "db.parameter_count", "The database refused this.",
                  std::string(query.name) + " takes " + std::to_string(query.parameter_count) +
                      " parameters, got " + std::to_string(params.size()));
  }
  for (const auto& param : params.items()) {
    if (param.is_binary() || param.is_null()) continue;
    const auto text = param.content();
    if (!text.empty() && std::memchr(text.data(), '\0', text.size()) != nullptr) {
      throw DbError(core::ErrorKind::invalid_input, "db.invalid_value",
                    "A text contains the character U+0000.", std::string(query.name));
    }
  }
}

void Connection::send(const Query& query, Params params) {
  check(query, params);
  const std::string& name = prepare_if_new(query);
  values_.clear();
  lengths_.clear();
  formats_.clear();
  // libpq wants texts zero-terminated. Reserved first, so that the pointers into it stay good.
  std::size_t scratch_size = 0;
  for (const auto& param : params.items()) scratch_size += param.is_binary() ? 0 : param.content().size() + 1;
  scratch_.clear();
  scratch_.reserve(scratch_size);
  for (const auto& param : params.items()) {
    const auto content = param.content();
    lengths_.push_back(static_cast<int>(content.size()));
    formats_.push_back(param.is_binary() ? 1 : 0);
    if (param.is_null()) {
      values_.push_back(nullptr);
    } else if (param.is_binary()) {
      values_.push_back(content.data() == nullptr ? "" : content.data());
    } else {
      values_.push_back(scratch_.data() + scratch_.size());
      scratch_.append(content);
      scratch_.push_back('\0');
    }
  }
  check_sent(PQsendQueryPrepared(connection_.get(), name.c_str(), static_cast<int>(values_.size()),
                                 values_.data(), lengths_.data(), formats_.data(),
                                 static_cast<int>(query.format)));
  expected_.push_back({Expect::statement});
}

void Connection::send_prepare(const Query& query) {
  enter_pipeline();
  check_sent(PQsendPrepare(connection_.get(), std::string(query.name).c_str(), std::string(query.sql).c_str(),
                           0, nullptr));
  expected_.push_back({Expect::statement});
}

const std::string& Connection::prepare_if_new(const Query& query) {
  enter_pipeline();
  auto found = prepared_.find(query.name);
  if (found == prepared_.end()) {
    found = prepared_.emplace(std::string(query.name), Prepared{std::string(query.sql)}).first;
  } else if (found->second.sql != query.sql) {
    throw DbError(core::ErrorKind::internal, "db.query_name_taken", "The database refused this.",
                  "two statements are named " + found->first);
  }
  if (found->second.known_to_server) return found->first;
  check_sent(PQsendPrepare(connection_.get(), found->first.c_str(), found->second.sql.c_str(), 0, nullptr));
  expected_.push_back({Expect::prepare, &found->first});
  // Marked at once: further uses in the same pipeline must not prepare it again. A failure unmarks it.
  found->second.known_to_server = true;
  return found->first;
}

void Connection::send_timeout(milliseconds left) {
  // Any setting from `left` to four times that serves: with equal deadlines it is sent once a connection.
  if (timeout_ >= left && timeout_ <= 4 * left) return;
  const auto timeout = 2 * std::max(left, milliseconds(50));
  send(kSetTimeout, {timeout.count()});
  expected_.back().what = Expect::timeout;
  expected_.back().timeout = timeout;
}

void Connection::send_sync() {
  enter_pipeline();
  check_sent(PQpipelineSync(connection_.get()));
  expected_.push_back({Expect::sync});
}

bool Connection::await(Deadline deadline) {
  for (;;) {
    const int unsent = PQflush(connection_.get());
    if (unsent < 0) lost();
    if (PQisBusy(connection_.get()) == 0) return true;
    if (wait(true, unsent == 1, deadline) == WaitResult::timed_out) return false;
    read_input();
  }
}

pg_result* Connection::next_result(const std::function<void()>& await_or_throw) {
  await_or_throw();
  return PQgetResult(connection_.get());
}

Reply Connection::take_reply(const std::function<void()>& await_or_throw) {
  Reply reply;
  PGresult* result = next_result(await_or_throw);
  if (result == nullptr) lost();
  reply.rows = Rows(result);
  switch (PQresultStatus(result)) {
    case PGRES_TUPLES_OK:
    case PGRES_COMMAND_OK:
    case PGRES_EMPTY_QUERY:
      break;
    case PGRES_PIPELINE_ABORTED:
      reply.skipped = true;
      reply.error.emplace(core::ErrorKind::internal, "db.skipped", "The database refused this.",
                          "an earlier statement of the pipeline failed");
      break;
    default:
      reply.error = error_of(result);
      if (PQstatus(connection_.get()) == CONNECTION_BAD) {
        lost();
      }
  }
  PGresult* end = next_result(await_or_throw);
  if (end != nullptr) {
    PQclear(end);
    lost();
  }
  return reply;
}

void Connection::apply(const Expected& expected, const Reply& reply) {
  if (expected.what == Expect::prepare && reply.error) {
    prepared_.find(*expected.prepared_name)->second.known_to_server = false;
  }
  if (expected.what == Expect::timeout && !reply.error) timeout_ = expected.timeout;
  if (!reply.error) return;
  // The segment is rolled back, and a set_config in it too.
  forget_timeout();
  const auto& state = reply.error->sqlstate();
  // 26000: the statement is not there (a transaction-pooling proxy); 0A000: a table changed under its plan.
  // Neither mends itself on this connection.
  if (state == "26000" || state == "0A000") mark_broken();
}

Reply Connection::receive(const std::function<void()>& await_or_throw) {
  std::optional<DbError> earlier;
  for (;;) {
    if (expected_.empty()) lost();
    if (expected_.front().what == Expect::sync) {
      // The statement's transaction is a later one: this one's end was nobody's concern.
      receive_sync(await_or_throw);
      continue;
    }
    auto reply = take_reply(await_or_throw);
    const auto expected = expected_.front();
    expected_.pop_front();
    apply(expected, reply);
    if (expected.what == Expect::statement) {
      // The failed preparation explains more than "skipped".
      if (earlier) {
        reply.error = std::move(earlier);
        reply.skipped = false;
      }
      return reply;
    }
    if (reply.error && !reply.skipped) earlier = std::move(reply.error);
  }
}

std::optional<DbError> Connection::receive_sync(const std::function<void()>& await_or_throw) {
  while (!expected_.empty() && expected_.front().what != Expect::sync) {
    const auto reply = take_reply(await_or_throw);
    apply(expected_.front(), reply);
    expected_.pop_front();
  }
  std::optional<DbError> commit_error;
  // At most: the commit's own error (a deferred constraint), the end of that command, the sync.
  for (int i = 0; i < 3; ++i) {
    PGresult* result = next_result(await_or_throw);
    const Rows owned(result);
    if (result == nullptr) continue;
    if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
      expected_.pop_front();
      return commit_error;
    }
    if (PQresultStatus(result) != PGRES_FATAL_ERROR || PQstatus(connection_.get()) == CONNECTION_BAD) lost();
    commit_error = error_of(result);
    forget_timeout();
  }
  lost();
}

std::optional<DbError> Connection::run_script(std::string_view sql,
                                              const std::function<void()>& await_or_throw) {
  leave_pipeline();
  check_sent(PQsendQuery(connection_.get(), std::string(sql).c_str()));
  std::optional<DbError> error;
  while (PGresult* result = next_result(await_or_throw)) {
    const Rows owned(result);
    const auto status = PQresultStatus(result);
    if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH) lost();
    if (status == PGRES_FATAL_ERROR && !error) error = error_of(result);
    if (PQstatus(connection_.get()) == CONNECTION_BAD) lost();
  }
  // A script may change any setting.
  forget_timeout();
  return error;
}

void Connection::cancel() {
  if (PGcancel* request = PQgetCancel(connection_.get())) cancel_on_own_thread(request);
}

WaitResult Connection::wait_input(Deadline deadline, int wake_fd) {
  read_input();
  if (PGnotify* ready = PQnotifies(connection_.get())) {
    // There is no way to look without taking; hand it back through the list that take_notifications empties.
    waiting_notifications_.push_back({ready->relname, ready->extra});
    PQfreemem(ready);
  }
  if (!waiting_notifications_.empty()) return WaitResult::ready;
  const auto result = wait(true, false, deadline, wake_fd);
  if (result == WaitResult::ready) read_input();
  return result;
}

std::vector<Notification> Connection::take_notifications() {
  auto taken = std::exchange(waiting_notifications_, {});
  while (PGnotify* next = PQnotifies(connection_.get())) {
    taken.push_back({next->relname, next->extra});
    PQfreemem(next);
  }
  return taken;
}

bool Connection::is_broken() const { return broken_ || PQstatus(connection_.get()) == CONNECTION_BAD; }

bool Connection::in_transaction() const { return PQtransactionStatus(connection_.get()) != PQTRANS_IDLE; }

bool Connection::transaction_failed() const {
  return PQtransactionStatus(connection_.get()) == PQTRANS_INERROR;
}

bool Connection::check_idle() {
  if (is_broken() || in_transaction() || !expected_.empty()) return false;
  // What waits in the socket is a notice, a notification, or the farewell of a server that went away; its end
  // of file comes behind it.
  while (wait(true, false, std::chrono::steady_clock::now()) == WaitResult::ready) {
    if (PQconsumeInput(connection_.get()) == 0) return false;
  }
  return PQstatus(connection_.get()) == CONNECTION_OK;
}

int Connection::backend_pid() const { return PQbackendPID(connection_.get()); }

void Connection::enter_pipeline() {
  if (pipelined_) return;
  if (PQenterPipelineMode(connection_.get()) == 0) lost();
  pipelined_ = true;
}

void Connection::leave_pipeline() {
  if (!pipelined_) return;
  if (PQexitPipelineMode(connection_.get()) == 0) lost();
  pipelined_ = false;
}

void Connection::read_input() {
  if (PQconsumeInput(connection_.get()) == 0) lost();
}

void Connection::lost() {
  broken_ = true;
  auto reason = trimmed(PQerrorMessage(connection_.get()));
  throw unreachable(reason.empty() ? "the connection is out of step" : std::move(reason));
}

void Connection::check_sent(int accepted) {
  if (accepted == 0) lost();
}

WaitResult Connection::wait(bool read, bool write, Deadline deadline, int wake_fd) {
  return waiter_->wait({PQsocket(connection_.get()), read, write, wake_fd}, deadline);
}

void Connection::receive_notice(void* self, const pg_result* notice) noexcept {
  const auto& on_notice = static_cast<Connection*>(self)->on_notice_;
  try {
    const auto severity = field(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
    const auto message = field(notice, PG_DIAG_MESSAGE_PRIMARY);
    if (on_notice) {
      on_notice(severity, message);
    } else {
      core::log_debug("db.notice", {{"severity", severity}, {"message", message}});
    }
  } catch (const std::exception& error) {
    // A C callback: nothing may leave it.
    core::log_warn("db.notice_failed", {{"reason", error.what()}});
  }
}

}  // namespace db
