#include "analytics/outbox_store.hpp"

#include <array>

namespace analytics {
namespace {

constexpr db::Query kInsert{"analytics.insert", R"sql(
  WITH saved AS (
    INSERT INTO analytics_outbox (id, visitor, session_id, system, events, received_at)
    VALUES ($1, $2, $3, $4, $5, $6)
    RETURNING id)
  SELECT enqueue_job('analytics.send', 'fetch', 200, not_before, 5, 1, '{}', 'analytics.send') AS job_id
  FROM saved, analytics_relay)sql"};

constexpr db::Query kNext{"analytics.next", R"sql(
  SELECT id, visitor, session_id, system::text AS system, events::text AS events, received_at, attempts
  FROM analytics_outbox ORDER BY attempts, id LIMIT 1)sql"};

constexpr db::Query kRemove{"analytics.remove", "DELETE FROM analytics_outbox WHERE id = $1"};

constexpr db::Query kCountAttempt{"analytics.count_attempt",
                                  "UPDATE analytics_outbox SET attempts = attempts + 1 WHERE id = $1"};

constexpr db::Query kRemoveAll{"analytics.remove_all", "DELETE FROM analytics_outbox"};

constexpr db::Query kPrune{"analytics.prune", R"sql(
  DELETE FROM analytics_outbox
  WHERE received_at < $1
     OR id <= (SELECT id FROM analytics_outbox ORDER BY id DESC OFFSET $2 LIMIT 1))sql"};

constexpr db::Query kState{"analytics.state", "SELECT not_before, failures FROM analytics_relay"};

constexpr db::Query kSetState{"analytics.set_state",
                              "UPDATE analytics_relay SET not_before = $1, failures = $2"};

}  // namespace

void insert_batch(db::Executor& db, const StoredBatch& batch) {
  db.run(kInsert, {batch.id, batch.visitor, batch.session_id, batch.system, batch.events, batch.received_at});
}

std::optional<StoredBatch> next_batch(db::Executor& db) {
  const auto rows = db.run(kNext);
  const auto row = rows.first();
  if (!row) return std::nullopt;
  return StoredBatch{.id = row->get<core::Uuid>("id"),
                     .visitor = row->get<std::string>("visitor"),
                     .session_id = row->get<std::string>("session_id"),
                     .system = row->get<std::string>("system"),
                     .events = row->get<std::string>("events"),
                     .received_at = row->get<core::Timestamp>("received_at"),
                     .attempts = row->get<std::int32_t>("attempts")};
}

void remove_batch(db::Executor& db, const core::Uuid& id) { db.run(kRemove, {id}); }

void count_attempt(db::Executor& db, const core::Uuid& id) { db.run(kCountAttempt, {id}); }

std::int64_t remove_all_batches(db::Executor& db) { return db.run(kRemoveAll).affected(); }

std::int64_t prune_batches(db::Executor& db, core::Timestamp before, std::int64_t keep) {
  return db.run(kPrune, {before, keep}).affected();
}

RelayState relay_state(db::Executor& db) {
  const auto rows = db.run(kState);
  const auto row = rows.single();
  return {.not_before = row.get<std::optional<core::Timestamp>>("not_before"),
          .failures = row.get<std::int32_t>("failures")};
}

void set_relay_state(db::Executor& db, const RelayState& state) {
  db.run(kSetState, {state.not_before, state.failures});
}

std::span<const db::Query> outbox_queries() {
  static constexpr std::array kQueries = {kInsert,    kNext,  kRemove, kCountAttempt,
                                          kRemoveAll, kPrune, kState,  kSetState};
  return kQueries;
}

}  // namespace analytics
