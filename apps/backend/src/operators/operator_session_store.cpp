#include "operators/operator_session_store.hpp"

#include <array>

namespace operators {
namespace {

constexpr db::Query kInsert{"operator_session.insert", R"sql(
  WITH old AS (
    DELETE FROM operator_session WHERE operator_id = $2 AND absolute_expires_at < $4::timestamptz - interval '30 days')
  INSERT INTO operator_session (id, operator_id, token_hash, created_at, last_seen_at, idle_expires_at,
                                absolute_expires_at, elevated_until)
  VALUES ($1, $2, $3, $4, $4, $5, $6, $7))sql"};

constexpr db::Query kFind{"operator_session.find", R"sql(
  SELECT o.id AS operator_id, o.email, array_to_string(o.scopes, ' ') AS scopes, o.created_at AS operator_created_at,
         o.last_sign_in_at, o.disabled_at,
         (SELECT count(*) FROM operator_recovery_code c WHERE c.operator_id = o.id AND used_at IS NULL) AS codes_left,
         s.id, s.created_at, s.last_seen_at, s.idle_expires_at, s.absolute_expires_at, s.elevated_until,
         s.revoked_at IS NOT NULL AS is_revoked
  FROM operator_session s JOIN operator o ON o.id = s.operator_id
  WHERE s.token_hash = $1)sql"};

constexpr db::Query kTouch{"operator_session.touch", R"sql(
  UPDATE operator_session SET last_seen_at = $2, idle_expires_at = $3
  WHERE id = $1 AND revoked_at IS NULL AND last_seen_at < $2)sql"};

constexpr db::Query kRotate{"operator_session.rotate", R"sql(
  UPDATE operator_session SET token_hash = $2, elevated_until = $3, last_seen_at = $4
  WHERE id = $1 AND revoked_at IS NULL AND absolute_expires_at > $4)sql"};

constexpr db::Query kRevoke{
    "operator_session.revoke",
    "UPDATE operator_session SET revoked_at = $3, revoke_reason = $2 WHERE id = $1 AND revoked_at IS NULL"};

constexpr db::Query kRevokeAll{"operator_session.revoke_all", R"sql(
  UPDATE operator_session SET revoked_at = $3, revoke_reason = $2
  WHERE operator_id = $1 AND revoked_at IS NULL)sql"};

}  // namespace

void insert_operator_session(db::Executor& db, const core::Uuid& operator_id, const OperatorSession& session,
                             std::string_view token_hash) {
  db.run(kInsert, {session.id, operator_id, db::bytes(token_hash), session.created_at,
                   session.idle_expires_at, session.absolute_expires_at, session.elevated_until});
}

std::optional<OperatorSessionRow> find_operator_session(db::Executor& db, std::string_view token_hash) {
  const auto rows = db.run(kFind, {db::bytes(token_hash)});
  const auto row = rows.first();
  if (!row) return std::nullopt;
  OperatorSessionRow found;
  found.account = {.id = row->get<core::Uuid>("operator_id"),
                   .email = row->get<std::string>("email"),
                   .scopes = split_scopes(row->get<std::string_view>("scopes")),
                   .created_at = row->get<core::Timestamp>("operator_created_at"),
                   .last_sign_in_at = row->get<std::optional<core::Timestamp>>("last_sign_in_at"),
                   .disabled_at = row->get<std::optional<core::Timestamp>>("disabled_at"),
                   .recovery_codes_left = row->get<std::int64_t>("codes_left")};
  found.session = {.id = row->get<core::Uuid>("id"),
                   .created_at = row->get<core::Timestamp>("created_at"),
                   .last_seen_at = row->get<core::Timestamp>("last_seen_at"),
                   .idle_expires_at = row->get<core::Timestamp>("idle_expires_at"),
                   .absolute_expires_at = row->get<core::Timestamp>("absolute_expires_at"),
                   .elevated_until = row->get<std::optional<core::Timestamp>>("elevated_until")};
  found.is_revoked = row->get<bool>("is_revoked");
  return found;
}

void touch_operator_session(db::Executor& db, const core::Uuid& id, core::Timestamp now,
                            core::Timestamp idle_expires_at) {
  db.run(kTouch, {id, now, idle_expires_at});
}

bool rotate_operator_session(db::Executor& db, const core::Uuid& id, std::string_view token_hash,
                             core::Timestamp elevated_until, core::Timestamp now) {
  return db.run(kRotate, {id, db::bytes(token_hash), elevated_until, now}).affected() == 1;
}

bool revoke_operator_session(db::Executor& db, const core::Uuid& id, std::string_view reason,
                             core::Timestamp now) {
  return db.run(kRevoke, {id, reason, now}).affected() == 1;
}

std::int64_t revoke_operator_sessions(db::Executor& db, const core::Uuid& operator_id,
                                      std::string_view reason, core::Timestamp now) {
  return db.run(kRevokeAll, {operator_id, reason, now}).affected();
}

std::span<const db::Query> operator_session_queries() {
  static constexpr std::array kQueries = {kInsert, kFind, kTouch, kRotate, kRevoke, kRevokeAll};
  return kQueries;
}

}  // namespace operators
