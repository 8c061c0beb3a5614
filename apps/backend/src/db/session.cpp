#include "db/session.hpp"

#include "db/connection.hpp"

#include <functional>
#include <utility>

namespace db {
namespace {

/// How long a server may take to obey a cancel before its connection is given up.
constexpr std::chrono::milliseconds kCancelGrace{250};

DbError too_late(std::string detail) {
  return {core::ErrorKind::deadline, "db.deadline", "The database did not answer in time.",
          std::move(detail)};
}

/// Waits for the connection until the deadline, then cancels, then gives the connection up.
class Patience {
 public:
  Patience(Connection& connection, Deadline deadline) : connection_(connection), deadline_(deadline) {}

  void operator()() {
    if (connection_.await(deadline_)) return;
    if (!cancelled_) {
      connection_.cancel();
      cancelled_ = true;
      deadline_ = within(kCancelGrace);
      if (connection_.await(deadline_)) return;
    }
    connection_.mark_broken();
    throw too_late("the server did not obey the cancel");
  }

 private:
  Connection& connection_;
  Deadline deadline_;
  bool cancelled_ = false;
};

std::string quoted_identifier(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

}  // namespace

struct Session::Impl {
  Impl(const SessionOptions& options, Deadline deadline) : connection(options, deadline) {}
  Connection connection;
};

Session::Session(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Session::~Session() = default;

std::unique_ptr<Session> Session::connect(const SessionOptions& options, Deadline deadline) {
  return std::unique_ptr<Session>(new Session(std::make_unique<Impl>(options, deadline)));
}

Rows Session::run(const Query& query, Params params, Deadline deadline) {
  const Statement statement{&query, params};
  return std::move(run_all({&statement, 1}, deadline).front());
}

std::vector<Rows> Session::run_all(std::span<const Statement> statements, Deadline deadline) {
  auto& connection = impl_->connection;
  const auto left = remaining(deadline);
  if (left.count() == 0)
    throw too_late("the deadline had passed before " + std::string(statements.front().query->name));
  for (const auto& statement : statements) Connection::check(*statement.query, statement.params);
  // BEGIN must come first in its segment; the timeout then belongs to the transaction.
  const bool begins = statements.front().query->sql.starts_with("BEGIN");
  // A failed transaction refuses everything but its rollback.
  if (!begins && !connection.transaction_failed()) connection.send_timeout(left);
  for (const auto& statement : statements) {
    connection.send(*statement.query, statement.params);
    if (begins && &statement == statements.data()) connection.send_timeout(left);
  }
  connection.send_sync();

  Patience patience(connection, deadline);
  const std::function<void()> wait = std::ref(patience);
  std::vector<Rows> results;
  results.reserve(statements.size());
  std::optional<DbError> error;
  for (std::size_t i = 0; i < statements.size(); ++i) {
    auto reply = connection.receive(wait);
    if (reply.error && !error && !reply.skipped) error = std::move(reply.error);
    results.push_back(std::move(reply.rows));
  }
  if (auto commit_error = connection.receive_sync(wait); commit_error && !error)
    error = std::move(commit_error);
  if (error) throw *std::move(error);
  return results;
}

void Session::run_script(std::string_view sql, Deadline deadline) {
  if (remaining(deadline).count() == 0) throw too_late("the deadline had passed before the script");
  Patience patience(impl_->connection, deadline);
  if (auto error = impl_->connection.run_script(sql, std::ref(patience))) throw *std::move(error);
}

void Session::prepare(const Query& query, Deadline deadline) {
  auto& connection = impl_->connection;
  connection.send_prepare(query);
  connection.send_sync();
  Patience patience(connection, deadline);
  auto reply = connection.receive(std::ref(patience));
  connection.receive_sync(std::ref(patience));
  if (reply.error) throw *std::move(reply.error);
}

void Session::listen(std::string_view channel, Deadline deadline) {
  run_script("LISTEN " + quoted_identifier(channel), deadline);
}

std::vector<Notification> Session::take_notifications() { return impl_->connection.take_notifications(); }

WaitResult Session::wait_notification(Deadline deadline, int wake_fd) {
  return impl_->connection.wait_input(deadline, wake_fd);
}

bool Session::is_broken() const { return impl_->connection.is_broken(); }
bool Session::in_transaction() const { return impl_->connection.in_transaction(); }
bool Session::transaction_failed() const { return impl_->connection.transaction_failed(); }
bool Session::check_idle() { return impl_->connection.check_idle(); }
int Session::backend_pid() const { return impl_->connection.backend_pid(); }
void Session::forget_timeout() { impl_->connection.forget_timeout(); }

}  // namespace db
