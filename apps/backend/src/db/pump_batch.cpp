#include "db/pump_batch.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace db {
namespace {

/// How long what nobody waits for any more (a commit, an answered statement) may still take before it is
/// cancelled, and the pause between two cancels: one that arrives while the server reads its next command is
/// ignored there.
constexpr std::chrono::milliseconds kCancelGrace{250};
/// A server that has not obeyed so many cancels is given up.
constexpr int kMaxCancels = 4;

}  // namespace

DbError too_late(const Query& query) {
  return {core::ErrorKind::deadline, "db.deadline", "The database did not answer in time.",
          std::string(query.name)};
}

void Request::answer(Rows result, std::optional<DbError> failure) {
  const auto waiting = place;
  {
    const std::lock_guard lock(waiting->mutex);
    rows = std::move(result);
    error = std::move(failure);
    is_answered = true;
  }
  waiting->answered.notify_one();
}

void answer(Request*& request, Rows rows, std::optional<DbError> error) {
  std::exchange(request, nullptr)->answer(std::move(rows), std::move(error));
}

void answer_late(Batch& batch) {
  for (auto*& request : batch) {
    if (request != nullptr && request->is_late()) answer(request, {}, too_late(request->query));
  }
  std::erase(batch, nullptr);
}

std::chrono::milliseconds longest_wait(const Batch& batch) {
  std::chrono::milliseconds longest{1};
  for (const auto* request : batch) {
    if (request != nullptr) longest = std::max(longest, remaining(request->deadline));
  }
  return longest;
}

void send_batch(Connection& connection, Batch& batch, Segments segments) {
  connection.send_timeout(longest_wait(batch));
  for (auto* request : batch) {
    ++request->sends;
    connection.send(request->query, request->params);
    if (segments == Segments::each) connection.send_sync();
  }
  if (segments == Segments::one) connection.send_sync();
}

void PipelinePatience::at_head(std::size_t index) {
  head_ = index;
  if (segments_ == Segments::each) cancels_ = 0;
}

void PipelinePatience::operator()() {
  for (;;) {
    if (connection_.await(next_deadline())) return;
    if (cancels_ == kMaxCancels) {
      connection_.mark_broken();
      throw DbError(core::ErrorKind::unavailable, "db.unreachable", "The database cannot be reached.",
                    "the server did not obey the cancel");
    }
    const bool someone_left = answer_late_ones();
    // Also when the head was answered before it came to the head: nobody waits for what runs now.
    if (cancels_ > 0 || nobody_waits_for_head() || (someone_left && segments_ == Segments::one)) cancel();
  }
}

bool PipelinePatience::answer_late_ones() {
  bool some = false;
  for (std::size_t i = head_; i < batch_.size(); ++i) {
    if (batch_[i] == nullptr || !batch_[i]->is_late()) continue;
    answer(batch_[i], {}, too_late(batch_[i]->query));
    some = true;
  }
  return some;
}

void PipelinePatience::cancel() {
  connection_.cancel();
  ++cancels_;
  next_cancel_at_ = within(kCancelGrace);
}

Deadline PipelinePatience::next_deadline() const {
  if (cancels_ > 0) return next_cancel_at_;
  if (nobody_waits_for_head()) return within(kCancelGrace);
  auto next = Deadline::max();
  for (std::size_t i = head_; i < batch_.size(); ++i) {
    if (batch_[i] != nullptr) next = std::min(next, batch_[i]->deadline);
  }
  return next;
}

}  // namespace db
