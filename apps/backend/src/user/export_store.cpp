#include "user/export_store.hpp"

#include <array>

namespace user {
namespace {

constexpr db::Query kList{"export.list", R"sql(
  SELECT id, state, requested_at, finished_at, expires_at, bytes, sha256, failure
  FROM data_export WHERE user_id = $1 ORDER BY requested_at DESC, id LIMIT 50)sql"};

constexpr db::Query kFind{"export.find", R"sql(
  SELECT id, state, requested_at, finished_at, expires_at, bytes, sha256, failure
  FROM data_export WHERE user_id = $1 AND id = $2)sql"};

constexpr db::Query kLastRequest{"export.last_request", R"sql(
  SELECT max(requested_at) AS requested_at FROM data_export WHERE user_id = $1 AND state <> 'failed')sql"};

constexpr db::Query kInsert{"export.insert", R"sql(
  WITH made AS (
    INSERT INTO data_export (id, user_id, state, requested_at) VALUES ($1, $2, 'queued', $3) RETURNING id, user_id)
  SELECT enqueue_job('user.export', 'user', 100, NULL, 5, 1,
                     jsonb_build_object('userId', user_id, 'exportId', id), 'user.export:' || user_id) AS job_id
  FROM made)sql"};

constexpr db::Query kListParts{"export.list_parts", R"sql(
  SELECT p.object_id, p.bytes
  FROM data_export_part p JOIN data_export e ON e.id = p.export_id
  WHERE e.user_id = $1 AND e.id = $2 ORDER BY p.seq)sql"};

constexpr db::Query kFinish{"export.finish", R"sql(
  WITH finished AS (
    UPDATE data_export SET state = 'ready', finished_at = $3, expires_at = $4, bytes = $5, sha256 = $6
    WHERE user_id = $1 AND id = $2 AND state = 'queued' RETURNING id)
  INSERT INTO data_export_part (export_id, seq, object_id, bytes)
  SELECT finished.id, part.ordinal - 1, part.object_id, part.bytes
  FROM finished, unnest($7::uuid[], $8::bigint[]) WITH ORDINALITY AS part (object_id, bytes, ordinal))sql"};

constexpr db::Query kFail{"export.fail", R"sql(
  UPDATE data_export SET state = 'failed', finished_at = $4, failure = $3
  WHERE user_id = $1 AND id = $2 AND state = 'queued')sql"};

constexpr db::Query kFailAll{"export.fail_all", R"sql(
  UPDATE data_export SET state = 'failed', finished_at = $3, failure = $2 WHERE user_id = $1 AND state = 'queued')sql"};

constexpr db::Query kExpire{"export.expire", R"sql(
  WITH expired AS (
    UPDATE data_export SET state = 'expired' WHERE state = 'ready' AND expires_at <= $1 RETURNING id)
  DELETE FROM data_export_part USING expired WHERE export_id = expired.id
  RETURNING object_id)sql"};

constexpr db::Query kFailStuck{"export.fail_stuck", R"sql(
  UPDATE data_export SET state = 'failed', finished_at = $2, failure = 'not_made_in_time'
  WHERE state = 'queued' AND requested_at < $1)sql"};

constexpr db::Query kPrune{"export.prune", R"sql(
  DELETE FROM data_export WHERE state IN ('failed', 'expired') AND requested_at < $1)sql"};

DataExport export_of(const db::Row& row) {
  return {.id = row.get<core::Uuid>("id"),
          .state = row.get<std::string>("state"),
          .requested_at = row.get<core::Timestamp>("requested_at"),
          .finished_at = row.get<std::optional<core::Timestamp>>("finished_at"),
          .expires_at = row.get<std::optional<core::Timestamp>>("expires_at"),
          .bytes = row.get<std::optional<std::int64_t>>("bytes"),
          .sha256 = row.get<std::optional<std::string>>("sha256"),
          .failure = row.get<std::optional<std::string>>("failure")};
}

}  // namespace

std::vector<DataExport> list_exports(db::Executor& db, const core::Uuid& user_id) {
  std::vector<DataExport> exports;
  const auto rows = db.run(kList, {user_id});
  for (const db::Row row : rows) exports.push_back(export_of(row));
  return exports;
}

std::optional<DataExport> find_export(db::Executor& db, const core::Uuid& user_id, const core::Uuid& id) {
  const auto rows = db.run(kFind, {user_id, id});
  const auto row = rows.first();
  if (!row) return std::nullopt;
  return export_of(*row);
}

std::optional<core::Timestamp> last_export_request(db::Executor& db, const core::Uuid& user_id) {
  return db.run(kLastRequest, {user_id}).single().get<std::optional<core::Timestamp>>("requested_at");
}

void insert_export(db::Executor& db, const core::Uuid& user_id, const core::Uuid& id, core::Timestamp now) {
  db.run(kInsert, {id, user_id, now});
}

std::vector<ExportPart> list_parts(db::Executor& db, const core::Uuid& user_id, const core::Uuid& id) {
  std::vector<ExportPart> parts;
  const auto rows = db.run(kListParts, {user_id, id});
  for (const db::Row row : rows) {
    parts.push_back({.object_id = row.get<core::Uuid>("object_id"), .bytes = row.get<std::int32_t>("bytes")});
  }
  return parts;
}

bool finish_export(db::Executor& db, const core::Uuid& user_id, const DataExport& finished,
                   std::span<const ExportPart> parts) {
  std::vector<core::Uuid> ids;
  std::vector<std::int64_t> sizes;
  for (const auto& part : parts) {
    ids.push_back(part.object_id);
    sizes.push_back(part.bytes);
  }
  const db::ArrayText id_array(ids);
  const db::ArrayText size_array(sizes);
  return db.run(kFinish, {user_id, finished.id, finished.finished_at, finished.expires_at, finished.bytes,
                          finished.sha256, id_array, size_array})
             .affected() > 0;
}

bool fail_export(db::Executor& db, const core::Uuid& user_id, const core::Uuid& id, std::string_view failure,
                 core::Timestamp now) {
  return db.run(kFail, {user_id, id, failure, now}).affected() == 1;
}

void fail_exports_of(db::Executor& db, const core::Uuid& user_id, std::string_view failure,
                     core::Timestamp now) {
  db.run(kFailAll, {user_id, failure, now});
}

std::vector<core::Uuid> expire_exports(db::Executor& db, core::Timestamp now) {
  std::vector<core::Uuid> objects;
  const auto rows = db.run(kExpire, {now});
  for (const db::Row row : rows) objects.push_back(row.get<core::Uuid>("object_id"));
  return objects;
}

std::int64_t fail_stuck_exports(db::Executor& db, core::Timestamp before, core::Timestamp now) {
  return db.run(kFailStuck, {before, now}).affected();
}

std::int64_t prune_exports(db::Executor& db, core::Timestamp before) {
  return db.run(kPrune, {before}).affected();
}

std::span<const db::Query> export_queries() {
  static constexpr std::array kQueries = {kList, kFind,    kLastRequest, kInsert,    kListParts, kFinish,
                                          kFail, kFailAll, kExpire,      kFailStuck, kPrune};
  return kQueries;
}

}  // namespace user
