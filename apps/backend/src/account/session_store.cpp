#include "account/session_store.hpp"

#include "core/error.hpp"

#include <array>

namespace account {
namespace {

constexpr db::Query kInsert{"session.insert", R"sql(
  WITH surplus AS (
    SELECT id FROM user_session WHERE user_id = $2 AND revoked_at IS NULL AND absolute_expires_at > $5
    ORDER BY last_seen_at DESC OFFSET $12 - 1), ended AS (
    UPDATE user_session SET revoked_at = $5, revoke_reason = 'too_many' FROM surplus
    WHERE user_session.id = surplus.id)
  INSERT INTO user_session (id, user_id, token_hash, kind, created_at, last_seen_at, idle_expires_at,
                            absolute_expires_at, elevated_until, user_agent, ip_hash, app_version, device_label)
  VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8, $9, $10, $11, $13))sql"};

constexpr db::Query kFind{"session.find", R"sql(
  SELECT s.id, s.user_id, s.kind, s.created_at, s.last_seen_at, s.idle_expires_at, s.absolute_expires_at,
         s.elevated_until, s.user_agent, s.app_version, s.device_label, s.revoked_at IS NOT NULL AS is_revoked,
         u.status, u.email_verified_at IS NOT NULL AS email_verified
  FROM user_session s JOIN app_user u ON u.id = s.user_id
  WHERE s.token_hash = $1)sql",
                          db::ResultFormat::binary};

constexpr db::Query kList{"session.list", R"sql(
  SELECT id, user_id, kind, created_at, last_seen_at, idle_expires_at, absolute_expires_at, elevated_until, user_agent,
         app_version, device_label
  FROM user_session
  WHERE user_id = $1 AND revoked_at IS NULL AND absolute_expires_at > $2 AND idle_expires_at > $2
  ORDER BY last_seen_at DESC LIMIT 100)sql",
                          db::ResultFormat::binary};

constexpr db::Query kTouch{"session.touch", R"sql(
  UPDATE user_session SET last_seen_at = $3, idle_expires_at = $4
  WHERE user_id = $1 AND id = $2 AND revoked_at IS NULL AND last_seen_at < $3)sql"};

constexpr db::Query kRotate{"session.rotate", R"sql(
  UPDATE user_session SET token_hash = $3, elevated_until = $4, last_seen_at = $5
  WHERE user_id = $1 AND id = $2 AND revoked_at IS NULL AND absolute_expires_at > $5)sql"};

constexpr db::Query kRevoke{"session.revoke", R"sql(
  UPDATE user_session SET revoked_at = $4, revoke_reason = $3
  WHERE user_id = $1 AND id = $2 AND revoked_at IS NULL)sql"};

constexpr db::Query kRevokeAll{"session.revoke_all", R"sql(
  UPDATE user_session SET revoked_at = $4, revoke_reason = $3
  WHERE user_id = $1 AND id IS DISTINCT FROM $2 AND revoked_at IS NULL)sql"};

Session session_of(const db::Row& row) {
  Session session;
  session.id = row.get<core::Uuid>("id");
  session.user_id = row.get<core::Uuid>("user_id");
  session.client.kind = parse_client_kind(row.get<std::string_view>("kind")).value_or(ClientKind::web);
  session.client.user_agent = row.get<std::string>("user_agent");
  session.client.app_version = row.get<std::string>("app_version");
  session.client.device_label = row.get<std::string>("device_label");
  session.created_at = row.get<core::Timestamp>("created_at");
  session.last_seen_at = row.get<core::Timestamp>("last_seen_at");
  session.idle_expires_at = row.get<core::Timestamp>("idle_expires_at");
  session.absolute_expires_at = row.get<core::Timestamp>("absolute_expires_at");
  session.elevated_until = row.get<std::optional<core::Timestamp>>("elevated_until");
  return session;
}

}  // namespace

void insert_session(db::Executor& db, const Session& session, std::string_view token_hash) {
  const auto& client = session.client;
  db.run(kInsert,
         {session.id, session.user_id, db::bytes(token_hash), to_string(client.kind), session.created_at,
          session.idle_expires_at, session.absolute_expires_at, session.elevated_until, client.user_agent,
          db::bytes(client.ip_hash), client.app_version, kMaxSessionsPerUser, client.device_label});
}

std::optional<SessionRow> find_session(db::Executor& db, std::string_view token_hash) {
  const auto rows = db.run(kFind, {db::bytes(token_hash)});
  const auto row = rows.first();
  if (!row) return std::nullopt;
  SessionRow found;
  found.session = session_of(*row);
  found.is_revoked = row->get<bool>("is_revoked");
  found.user_status = parse_user_status(row->get<std::string_view>("status"));
  found.email_verified = row->get<bool>("email_verified");
  return found;
}

std::vector<Session> list_sessions(db::Executor& db, const core::Uuid& user_id, core::Timestamp now) {
  std::vector<Session> sessions;
  const auto rows = db.run(kList, {user_id, now});
  for (const db::Row row : rows) sessions.push_back(session_of(row));
  return sessions;
}

void touch_session(db::Executor& db, const core::Uuid& user_id, const core::Uuid& id, core::Timestamp now,
                   core::Timestamp idle_expires_at) {
  db.run(kTouch, {user_id, id, now, idle_expires_at});
}

bool rotate_session(db::Executor& db, const core::Uuid& user_id, const core::Uuid& id,
                    std::string_view token_hash, std::optional<core::Timestamp> elevated_until,
                    core::Timestamp now) {
  return db.run(kRotate, {user_id, id, db::bytes(token_hash), elevated_until, now}).affected() == 1;
}

bool revoke_session(db::Executor& db, const core::Uuid& user_id, const core::Uuid& id,
                    std::string_view reason, core::Timestamp now) {
  return db.run(kRevoke, {user_id, id, reason, now}).affected() == 1;
}

std::int64_t revoke_sessions(db::Executor& db, const core::Uuid& user_id,
                             const std::optional<core::Uuid>& keep, std::string_view reason,
                             core::Timestamp now) {
  return db.run(kRevokeAll, {user_id, keep, reason, now}).affected();
}

std::span<const db::Query> session_queries() {
  static constexpr std::array kQueries = {kInsert, kFind, kList, kTouch, kRotate, kRevoke, kRevokeAll};
  return kQueries;
}

}  // namespace account
