#include "audit/audit_store.hpp"

#include "core/error.hpp"

#include <array>

namespace audit {
namespace {

constexpr db::Query kLock{"audit.lock", "SELECT pg_advisory_xact_lock(7022661912534412901)"};

constexpr db::Query kTail{"audit.tail", "SELECT seq, row_hash FROM audit_event ORDER BY seq DESC LIMIT 1"};

constexpr db::Query kInsert{"audit.insert", R"sql(
  INSERT INTO audit_event (seq, at, actor_type, actor_id, action, object_type, object_id, request_id, ip_hash, details,
                           prev_hash, row_hash)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12))sql"};

constexpr db::Query kListNewest{"audit.list_newest", R"sql(
  SELECT seq, at, actor_type, actor_id, action, object_type, object_id, request_id, ip_hash, details, prev_hash, row_hash
  FROM audit_event
  WHERE ($1::bigint IS NULL OR seq < $1) AND ($2 = '' OR action = $2 OR starts_with(action, $2 || '.'))
    AND ($3 = '' OR actor_id = $3) AND ($4 = '' OR object_id = $4)
  ORDER BY seq DESC LIMIT $5)sql"};

constexpr db::Query kListFrom{"audit.list_from", R"sql(
  SELECT seq, at, actor_type, actor_id, action, object_type, object_id, request_id, ip_hash, details, prev_hash, row_hash
  FROM audit_event WHERE seq > $1 ORDER BY seq LIMIT $2)sql"};

constexpr std::array kActorTypes = {ActorType::operators, ActorType::cli, ActorType::user, ActorType::system};

ActorType parse_actor_type(std::string_view text) {
  for (const auto type : kActorTypes) {
    if (to_string(type) == text) return type;
  }
  throw core::Error(core::ErrorKind::internal, "internal", "The audit names an unknown kind of actor.",
                    std::string(text));
}

Entry entry_of(const db::Row& row) {
  Entry entry;
  entry.seq = row.get<std::int64_t>("seq");
  entry.at = row.get<core::Timestamp>("at");
  auto& event = entry.event;
  event.actor = {.type = parse_actor_type(row.get<std::string_view>("actor_type")),
                 .id = row.get<std::string>("actor_id"),
                 .request_id = row.get<std::string>("request_id"),
                 .ip_hash = row.get<std::string>("ip_hash")};
  event.action = row.get<std::string>("action");
  event.object_type = row.get<std::string>("object_type");
  event.object_id = row.get<std::string>("object_id");
  event.details = row.get<std::string>("details");
  entry.prev_hash = row.get<std::string>("prev_hash");
  entry.row_hash = row.get<std::string>("row_hash");
  return entry;
}

std::vector<Entry> entries_of(const db::Rows& rows) {
  std::vector<Entry> entries;
  entries.reserve(rows.size());
  for (const db::Row row : rows) entries.push_back(entry_of(row));
  return entries;
}

}  // namespace

Tail lock_tail(db::Transaction& tx) {
  // Two statements of one round trip: the second one's snapshot is taken when the lock is held.
  const std::array<db::Statement, 2> statements = {db::Statement{&kLock, {}}, db::Statement{&kTail, {}}};
  const auto results = tx.run_all(statements);
  const auto row = results.back().first();
  if (!row) return {.seq = 0, .row_hash = std::string(sizeof(core::Sha256), '\0')};
  return {.seq = row->get<std::int64_t>("seq"), .row_hash = row->get<std::string>("row_hash")};
}

void insert(db::Transaction& tx, const Entry& entry) {
  const auto& event = entry.event;
  tx.run(kInsert,
         {entry.seq, entry.at, to_string(event.actor.type), event.actor.id, event.action, event.object_type,
          event.object_id, event.actor.request_id, db::bytes(std::string_view(event.actor.ip_hash)),
          event.details, db::bytes(std::string_view(entry.prev_hash)),
          db::bytes(std::string_view(entry.row_hash))});
}

std::vector<Entry> list_newest(db::Executor& db, const Filter& filter, int limit) {
  return entries_of(
      db.run(kListNewest, {filter.before, filter.action, filter.actor_id, filter.object_id, limit}));
}

std::vector<Entry> list_from(db::Executor& db, std::int64_t after, int limit) {
  return entries_of(db.run(kListFrom, {after, limit}));
}

std::span<const db::Query> audit_queries() {
  static constexpr std::array kQueries = {kLock, kTail, kInsert, kListNewest, kListFrom};
  return kQueries;
}

}  // namespace audit
