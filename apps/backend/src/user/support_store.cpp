#include "user/support_store.hpp"

#include <array>

namespace user {
namespace {

constexpr db::Query kFacts{"support.facts", R"sql(
  SELECT u.status, u.email_verified_at IS NOT NULL AS email_verified, u.created_at,
         EXISTS (SELECT FROM password_credential c WHERE c.user_id = u.id) AS has_password,
         s.live_sessions, s.last_seen_at, r.changed_at, r.assessed_at
  FROM app_user u,
       LATERAL (SELECT count(*) AS live_sessions, max(last_seen_at) AS last_seen_at FROM user_session
                WHERE user_id = u.id AND revoked_at IS NULL AND absolute_expires_at > $2 AND idle_expires_at > $2) s,
       LATERAL (SELECT max(updated_at) AS changed_at, max(assessed_at) AS assessed_at FROM route
                WHERE owner_id = u.id) r
  WHERE u.id = $1)sql"};

constexpr db::Query kClients{"support.clients", R"sql(
  SELECT kind, app_version, max(last_seen_at) AS last_seen_at FROM user_session
  WHERE user_id = $1 AND revoked_at IS NULL AND absolute_expires_at > $2 AND idle_expires_at > $2
  GROUP BY kind, app_version ORDER BY max(last_seen_at) DESC LIMIT 20)sql"};

}  // namespace

std::optional<SupportFacts> find_support_facts(db::Executor& db, const core::Uuid& user_id,
                                               core::Timestamp now) {
  const auto rows = db.run(kFacts, {user_id, now});
  const auto row = rows.first();
  if (!row) return std::nullopt;
  SupportFacts facts;
  facts.status = row->get<std::string>("status");
  facts.email_verified = row->get<bool>("email_verified");
  facts.has_password = row->get<bool>("has_password");
  facts.created_at = row->get<core::Timestamp>("created_at");
  facts.live_sessions = row->get<std::int64_t>("live_sessions");
  facts.last_seen_at = row->get<std::optional<core::Timestamp>>("last_seen_at");
  facts.route_changed_at = row->get<std::optional<core::Timestamp>>("changed_at");
  facts.route_assessed_at = row->get<std::optional<core::Timestamp>>("assessed_at");
  const auto clients = db.run(kClients, {user_id, now});
  for (const db::Row client : clients) {
    facts.clients.push_back({.kind = client.get<std::string>("kind"),
                             .app_version = client.get<std::string>("app_version"),
                             .last_seen_at = client.get<core::Timestamp>("last_seen_at")});
  }
  return facts;
}

std::span<const db::Query> support_queries() {
  static constexpr std::array kQueries = {kFacts, kClients};
  return kQueries;
}

}  // namespace user
