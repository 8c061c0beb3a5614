#include "membership/membership_store.hpp"

#include "core/error.hpp"

#include <array>

namespace membership {
namespace {

constexpr db::Query kSources{
    "membership.sources", "SELECT source, state, until FROM membership WHERE user_id = $1 ORDER BY source"};

constexpr db::Query kPut{"membership.put", R"sql(
  INSERT INTO membership AS known (user_id, source, state, until, event_at, event_seq, updated_at)
  SELECT id, $2, $3, $4, $5, $6, $7 FROM app_user WHERE id = $1
  ON CONFLICT (user_id, source) DO UPDATE
  SET state = excluded.state, until = excluded.until, event_at = excluded.event_at, event_seq = excluded.event_seq,
      updated_at = excluded.updated_at
  WHERE (known.event_at, known.event_seq) < (excluded.event_at, excluded.event_seq))sql"};

constexpr db::Query kTakeEvent{"membership.take_event", R"sql(
  WITH seen AS (
    INSERT INTO membership_event (provider, event_id, received_at) VALUES ($2, $8, $7)
    ON CONFLICT DO NOTHING
    RETURNING event_id), person AS (
    SELECT id FROM app_user WHERE id = $1), applied AS (
    INSERT INTO membership AS known (user_id, source, state, until, event_at, event_seq, updated_at)
    SELECT person.id, $2, $3, $4, $5, $6, $7 FROM person, seen
    ON CONFLICT (user_id, source) DO UPDATE
    SET state = excluded.state, until = excluded.until, event_at = excluded.event_at,
        event_seq = excluded.event_seq, updated_at = excluded.updated_at
    WHERE (known.event_at, known.event_seq) < (excluded.event_at, excluded.event_seq)
    RETURNING user_id)
  SELECT EXISTS (SELECT FROM seen) AS is_new, EXISTS (SELECT FROM person) AS is_known,
         EXISTS (SELECT FROM applied) AS is_applied)sql"};

constexpr db::Query kPruneEvents{"membership.prune_events",
                                 "DELETE FROM membership_event WHERE received_at < $1"};

}  // namespace

std::vector<SourceState> find_sources(db::Executor& db, const core::Uuid& user_id) {
  std::vector<SourceState> sources;
  const auto rows = db.run(kSources, {user_id});
  for (const db::Row row : rows) {
    sources.push_back({.source = row.get<std::string>("source"),
                       .state = parse_state(row.get<std::string_view>("state")).value_or(State::none),
                       .until = row.get<std::optional<core::Timestamp>>("until")});
  }
  return sources;
}

bool put_change(db::Executor& db, const core::Uuid& user_id, const Change& change, core::Timestamp now) {
  return db.run(kPut, {user_id, change.what.source, to_string(change.what.state), change.what.until,
                       change.at, change.sequence, now})
             .affected() == 1;
}

EventOutcome take_event(db::Executor& db, std::string_view event_id, const core::Uuid& user_id,
                        const Change& change, core::Timestamp now) {
  const auto rows = db.run(kTakeEvent, {user_id, change.what.source, to_string(change.what.state),
                                        change.what.until, change.at, change.sequence, now, event_id});
  const auto row = rows.single();
  return {.is_new = row.get<bool>("is_new"),
          .is_known = row.get<bool>("is_known"),
          .is_applied = row.get<bool>("is_applied")};
}

std::int64_t prune_events(db::Executor& db, core::Timestamp before) {
  return db.run(kPruneEvents, {before}).affected();
}

std::span<const db::Query> membership_queries() {
  static constexpr std::array kQueries = {kSources, kPut, kTakeEvent, kPruneEvents};
  return kQueries;
}

}  // namespace membership
