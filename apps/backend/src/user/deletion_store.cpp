#include "user/deletion_store.hpp"

#include <array>

namespace user {
namespace {

constexpr db::Query kMark{"deletion.mark", R"sql(
  WITH marked AS (
    UPDATE app_user SET status = 'deletion_pending', updated_at = $2 WHERE id = $1 AND status = 'active'
    RETURNING id)
  INSERT INTO account_deletion (user_id, requested_at, purge_at, cancel_hash)
  SELECT id, $2, $3, $4 FROM marked
  ON CONFLICT (user_id) DO UPDATE
  SET requested_at = excluded.requested_at, purge_at = excluded.purge_at, cancel_hash = excluded.cancel_hash,
      cancelled_at = NULL, purge_started_at = NULL)sql"};

constexpr db::Query kEndLinks{"deletion.end_links", R"sql(
  WITH person AS (SELECT id, email_canonical FROM app_user WHERE id = $1), requests AS (
    UPDATE auth_mail_request r SET processed_at = $2 FROM person
    WHERE (r.user_id = person.id OR r.email_canonical = person.email_canonical) AND r.processed_at IS NULL)
  UPDATE auth_token SET superseded_at = $2 FROM person
  WHERE user_id = person.id AND consumed_at IS NULL AND superseded_at IS NULL)sql"};

constexpr db::Query kFind{"deletion.find", R"sql(
  SELECT d.user_id, u.email, d.requested_at, d.purge_at, d.cancelled_at, d.purge_started_at
  FROM account_deletion d JOIN app_user u ON u.id = d.user_id WHERE d.user_id = $1)sql"};

constexpr db::Query kFindByToken{"deletion.find_by_token", R"sql(
  SELECT d.user_id, u.email, d.requested_at, d.purge_at, d.cancelled_at, d.purge_started_at
  FROM account_deletion d JOIN app_user u ON u.id = d.user_id WHERE d.cancel_hash = $1)sql"};

constexpr db::Query kCancel{"deletion.cancel", R"sql(
  WITH cancelled AS (
    UPDATE account_deletion SET cancelled_at = $2
    WHERE user_id = $1 AND cancelled_at IS NULL AND purge_started_at IS NULL RETURNING user_id), restored AS (
    UPDATE app_user SET status = 'active', updated_at = $2 FROM cancelled
    WHERE id = cancelled.user_id AND status = 'deletion_pending')
  SELECT user_id FROM cancelled)sql"};

// The last: somebody who came back with a restored backup.
constexpr db::Query kEnqueue{"deletion.enqueue_purges", R"sql(
  WITH due AS MATERIALIZED (
    SELECT id FROM (
      SELECT user_id AS id FROM account_deletion WHERE cancelled_at IS NULL AND purge_at <= $1
      UNION SELECT id FROM deleted_user WHERE purged_at IS NULL
      UNION SELECT deleted_user.id FROM deleted_user JOIN app_user ON app_user.id = deleted_user.id) AS every
    WHERE NOT EXISTS (SELECT FROM job WHERE unique_key = 'user.purge:' || every.id
                      AND state IN ('available', 'retryable'))
      AND NOT EXISTS (SELECT FROM job WHERE unique_key = 'user.purge:' || every.id AND state = 'running')
      AND NOT EXISTS (SELECT FROM job WHERE unique_key = 'user.purge:' || every.id AND state = 'discarded'
                      AND finished_at > $2)
    ORDER BY id LIMIT $3)
  SELECT count(enqueue_job('user.purge', 'user', 120, NULL, 10, 1, jsonb_build_object('userId', id),
                           'user.purge:' || id)) AS enqueued
  FROM (SELECT id FROM due ORDER BY id) AS in_order)sql"};

constexpr db::Query kBegin{"deletion.begin_purge", R"sql(
  WITH due AS (
    UPDATE account_deletion SET purge_started_at = coalesce(purge_started_at, $2)
    WHERE user_id = $1 AND cancelled_at IS NULL AND purge_at <= $2 RETURNING user_id), buried AS (
    INSERT INTO deleted_user (id, at) SELECT user_id, $2 FROM due ON CONFLICT (id) DO NOTHING RETURNING id),
  known AS (SELECT user_id AS id FROM due UNION SELECT id FROM deleted_user WHERE id = $1), locked AS (
    UPDATE app_user SET status = 'deletion_pending' FROM known
    WHERE app_user.id = known.id AND status <> 'deletion_pending')
  SELECT id FROM known)sql"};

constexpr db::Query kNoteRemoved{"deletion.note_removed", R"sql(
  UPDATE deleted_user
  SET removed = removed || jsonb_build_object($2::text, coalesce((removed ->> $2::text)::bigint, 0) + $3::bigint)
  WHERE id = $1)sql"};

constexpr db::Query kFinish{"deletion.finish_purge", R"sql(
  WITH removed AS (DELETE FROM app_user WHERE id = $1)
  UPDATE deleted_user SET purged_at = $2 WHERE id = $1)sql"};

constexpr db::Query kListObjects{"deletion.list_objects", R"sql(
  SELECT true AS is_avatar, object_id FROM user_avatar WHERE user_id = $1
  UNION ALL
  SELECT false, p.object_id FROM data_export_part p JOIN data_export e ON e.id = p.export_id
  WHERE e.user_id = $1)sql"};

constexpr db::Query kUnreferenced{"deletion.unreferenced_objects", R"sql(
  SELECT id FROM unnest($1::uuid[]) AS given (id)
  WHERE NOT EXISTS (SELECT FROM user_avatar WHERE object_id = id)
    AND NOT EXISTS (SELECT FROM data_export_part WHERE object_id = id))sql"};

constexpr db::Query kListTombstones{"deletion.list_tombstones", R"sql(
  SELECT id, at FROM deleted_user WHERE id > $1 ORDER BY id LIMIT $2)sql"};

// What is known here already stays as it is: its rows are gone.
constexpr db::Query kAddTombstones{"deletion.add_tombstones", R"sql(
  INSERT INTO deleted_user (id, at)
  SELECT id, at FROM unnest($1::uuid[], $2::timestamptz[]) AS given (id, at)
  ON CONFLICT (id) DO NOTHING)sql"};

std::optional<Deletion> deletion_of(const db::Rows& rows) {
  const auto row = rows.first();
  if (!row) return std::nullopt;
  return Deletion{.user_id = row->get<core::Uuid>("user_id"),
                  .email = row->get<std::string>("email"),
                  .requested_at = row->get<core::Timestamp>("requested_at"),
                  .purge_at = row->get<core::Timestamp>("purge_at"),
                  .cancelled_at = row->get<std::optional<core::Timestamp>>("cancelled_at"),
                  .purge_started_at = row->get<std::optional<core::Timestamp>>("purge_started_at")};
}

}  // namespace

bool mark_for_deletion(db::Executor& db, const core::Uuid& user_id, core::Timestamp now,
                       core::Timestamp purge_at, std::string_view cancel_hash) {
  return db.run(kMark, {user_id, now, purge_at, db::bytes(cancel_hash)}).affected() == 1;
}

void end_links(db::Executor& db, const core::Uuid& user_id, core::Timestamp now) {
  db.run(kEndLinks, {user_id, now});
}

std::optional<Deletion> find_deletion(db::Executor& db, const core::Uuid& user_id) {
  return deletion_of(db.run(kFind, {user_id}));
}

std::optional<Deletion> find_deletion_by_token(db::Executor& db, std::string_view cancel_hash) {
  return deletion_of(db.run(kFindByToken, {db::bytes(cancel_hash)}));
}

bool cancel_deletion(db::Executor& db, const core::Uuid& user_id, core::Timestamp now) {
  return !db.run(kCancel, {user_id, now}).empty();
}

std::int64_t enqueue_purges(db::Executor& db, core::Timestamp now, core::Timestamp failed_since, int limit) {
  return db.run(kEnqueue, {now, failed_since, limit}).single().get<std::int64_t>("enqueued");
}

bool begin_purge(db::Executor& db, const core::Uuid& user_id, core::Timestamp now) {
  return !db.run(kBegin, {user_id, now}).empty();
}

void note_removed(db::Executor& db, const core::Uuid& user_id, std::string_view table, std::int64_t rows) {
  db.run(kNoteRemoved, {user_id, table, rows});
}

void finish_purge(db::Executor& db, const core::Uuid& user_id, core::Timestamp now) {
  db.run(kFinish, {user_id, now});
}

std::vector<storage::Key> list_objects(db::Executor& db, const core::Uuid& user_id) {
  std::vector<storage::Key> keys;
  const auto rows = db.run(kListObjects, {user_id});
  for (const db::Row row : rows) {
    keys.push_back({row.get<bool>("is_avatar") ? storage::Folder::avatars : storage::Folder::exports,
                    row.get<core::Uuid>("object_id")});
  }
  return keys;
}

std::vector<core::Uuid> unreferenced_objects(db::Executor& db, std::span<const core::Uuid> ids) {
  std::vector<core::Uuid> left;
  const db::ArrayText given(ids);
  const auto rows = db.run(kUnreferenced, {given});
  for (const db::Row row : rows) left.push_back(row.get<core::Uuid>("id"));
  return left;
}

std::vector<Tombstone> list_tombstones(db::Executor& db, const core::Uuid& after, int limit) {
  std::vector<Tombstone> tombstones;
  const auto rows = db.run(kListTombstones, {after, limit});
  for (const db::Row row : rows) {
    tombstones.push_back({.id = row.get<core::Uuid>("id"), .at = row.get<core::Timestamp>("at")});
  }
  return tombstones;
}

std::int64_t add_tombstones(db::Executor& db, std::span<const Tombstone> tombstones) {
  std::vector<core::Uuid> ids;
  std::vector<std::string> times;
  for (const auto& tombstone : tombstones) {
    ids.push_back(tombstone.id);
    times.push_back(core::format_utc(tombstone.at));
  }
  const db::ArrayText id_array(ids);
  const db::ArrayText time_array(times);
  return db.run(kAddTombstones, {id_array, time_array}).affected();
}

std::span<const db::Query> deletion_queries() {
  static constexpr std::array kQueries = {
      kMark,        kEndLinks, kFind,        kFindByToken,  kCancel,         kEnqueue,      kBegin,
      kNoteRemoved, kFinish,   kListObjects, kUnreferenced, kListTombstones, kAddTombstones};
  return kQueries;
}

}  // namespace user
