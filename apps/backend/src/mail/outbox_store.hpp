#pragma once
// The outbox in Postgres. Named SQL, no decisions.

#include "core/ids.hpp"
#include "core/time.hpp"
#include "db/executor.hpp"
#include "db/query.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mail {

/// A row before its first attempt.
struct NewOutboxRow {
  core::Uuid id;
  std::string_view kind;
  std::optional<core::Uuid> user_id = {};
  std::string to_masked;
  std::string sealed;
  core::Timestamp created_at{};
  core::Timestamp expires_at{};
};

/// A row as it stands.
struct OutboxRow {
  core::Uuid id;
  std::string kind;
  std::string to_masked;
  std::string sealed;  ///< empty: wiped
  std::string state;   ///< "waiting", "sent", "failed", "expired" or "cancelled"
  int attempts = 0;
  core::Timestamp created_at{};
  core::Timestamp expires_at{};
};

/// What became of an attempt that did not succeed.
struct AttemptFault {
  int code = 0;  ///< the server's answer; 0: none
  std::string_view text = {};
};

/// Writes the row and enqueues its delivery, in one statement.
void insert_outbox_row(db::Executor& db, const NewOutboxRow& row);
/// A row that waits.
std::optional<OutboxRow> find_waiting(db::Executor& db, const core::Uuid& id);
/// Wipes the content unless `keeps_content`.
void mark_sent(db::Executor& db, const core::Uuid& id, bool keeps_content, core::Timestamp now);
/// Counts the attempt and enqueues the next, in one statement.
void mark_retry(db::Executor& db, const core::Uuid& id, const AttemptFault& fault, core::Timestamp next);
/// `state`: "failed" or "expired". Counts the attempt when `counts`. Wipes the content.
void mark_given_up(db::Executor& db, const core::Uuid& id, std::string_view state, const AttemptFault& fault,
                   bool counts, core::Timestamp now);
/// What waits for this person is not sent any more; returns how many.
std::int64_t cancel_waiting(db::Executor& db, const core::Uuid& user_id, core::Timestamp now);

/// The newest first, of every state; for the preview of local installations.
std::vector<OutboxRow> newest_rows(db::Executor& db, int limit);

/// Deletes what was finished before `before`, at most `limit`; returns how many.
std::int64_t prune_outbox(db::Executor& db, core::Timestamp before, int limit);

struct OutboxDepth {
  std::int64_t waiting = 0;
  std::int64_t oldest_waiting_s = 0;  ///< how long the oldest waiting one has been there; 0 when none is
  std::int64_t sent_last_hour = 0;
  std::int64_t failed_last_hour = 0;   ///< refused for good or too often
  std::int64_t expired_last_hour = 0;  ///< not delivered before what they hold was over
};
OutboxDepth outbox_depth(db::Executor& db, core::Timestamp now);

std::span<const db::Query> outbox_queries();

}  // namespace mail
