#pragma once
// Internal to db/: the requests that a connection of the pump has in its pipeline, and the patience with
// which it waits for their replies.

#include "db/connection.hpp"
#include "db/deadline.hpp"
#include "db/error.hpp"
#include "db/params.hpp"
#include "db/query.hpp"
#include "db/rows.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace db {

/// What a caller is told when its deadline has passed.
DbError too_late(const Query& query);

/// Where a caller waits. Shared with who answers, so that it can be notified after its lock is released: a
/// caller woken while the lock is held goes back to sleep at once.
struct WaitingPlace {
  std::mutex mutex;
  std::condition_variable answered;
};

/// A caller's statement; lives on the caller's stack until it is answered.
struct Request {
  Request(const Query& statement, Params values, Deadline until)
      : query(statement), params(values), deadline(until), queued_at(std::chrono::steady_clock::now()) {}

  const Query& query;
  Params params;
  Deadline deadline;
  Deadline queued_at;
  int sends = 0;

  std::shared_ptr<WaitingPlace> place = std::make_shared<WaitingPlace>();
  bool is_answered = false;
  Rows rows;
  std::optional<DbError> error;

  bool is_late() const { return std::chrono::steady_clock::now() >= deadline; }

  /// The caller may destroy the request as soon as the lock is released.
  void answer(Rows result, std::optional<DbError> failure);
};

/// The requests of one pipeline in the order sent; null once answered.
using Batch = std::vector<Request*>;

/// Answers the request and clears its place in the batch.
void answer(Request*& request, Rows rows, std::optional<DbError> error);
/// Answers those whose deadline has passed and takes them out.
void answer_late(Batch& batch);
/// What is left for the most patient of them, at least 1 ms.
std::chrono::milliseconds longest_wait(const Batch& batch);

/// How a batch is cut into transactions, which decides what is known about the statement that runs.
enum class Segments {
  /// Each statement has a sync of its own, at which the server sends what it holds: the reply awaited next is
  /// that of the statement that runs.
  each,
  /// One sync at the end: the server holds small replies back until then, so any of the statements may run.
  one,
};

/// Queues the whole batch on the connection, the statement timeout first.
void send_batch(Connection& connection, Batch& batch, Segments segments);

/// Waits for the pipeline's next reply on behalf of all that are in it: answers those whose deadline passes,
/// cancels when what runs may be theirs, and throws DbError(unavailable, "db.unreachable") when the server
/// does not obey.
class PipelinePatience {
 public:
  PipelinePatience(Connection& connection, Batch& batch, Segments segments)
      : connection_(connection), batch_(batch), segments_(segments) {}

  /// The reply awaited next belongs to this request of the batch.
  void at_head(std::size_t index);
  void operator()();

 private:
  bool answer_late_ones();
  void cancel();
  bool nobody_waits_for_head() const { return head_ == batch_.size() || batch_[head_] == nullptr; }
  Deadline next_deadline() const;

  Connection& connection_;
  Batch& batch_;
  Segments segments_;
  std::size_t head_ = 0;
  int cancels_ = 0;
  Deadline next_cancel_at_{};
};

}  // namespace db
