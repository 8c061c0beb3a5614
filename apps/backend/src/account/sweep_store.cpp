#include "account/sweep_store.hpp"

#include <array>

namespace account {
namespace {

constexpr db::Query kLinks{"sweep.links", R"sql(
  DELETE FROM auth_token WHERE id IN (SELECT id FROM auth_token WHERE expires_at < $1 LIMIT $2))sql"};

constexpr db::Query kRequests{"sweep.mail_requests", R"sql(
  DELETE FROM auth_mail_request WHERE id IN (SELECT id FROM auth_mail_request WHERE created_at < $1 LIMIT $2))sql"};

constexpr db::Query kSessions{"sweep.sessions", R"sql(
  DELETE FROM user_session WHERE id IN (
    (SELECT id FROM user_session WHERE absolute_expires_at < $1 LIMIT $2)
    UNION ALL
    (SELECT id FROM user_session WHERE revoked_at < $1 LIMIT $2)
    LIMIT $2))sql"};

constexpr db::Query kSlots{"sweep.slots", R"sql(
  DELETE FROM auth_mail_slot WHERE key IN (SELECT key FROM auth_mail_slot WHERE taken_at < $1 LIMIT $2))sql"};

}  // namespace

std::int64_t prune_links(db::Executor& db, core::Timestamp before, int limit) {
  return db.run(kLinks, {before, limit}).affected();
}

std::int64_t prune_mail_requests(db::Executor& db, core::Timestamp before, int limit) {
  return db.run(kRequests, {before, limit}).affected();
}

std::int64_t prune_sessions(db::Executor& db, core::Timestamp before, int limit) {
  return db.run(kSessions, {before, limit}).affected();
}

std::int64_t prune_slots(db::Executor& db, core::Timestamp before, int limit) {
  return db.run(kSlots, {before, limit}).affected();
}

std::span<const db::Query> sweep_queries() {
  static constexpr std::array kQueries = {kLinks, kRequests, kSessions, kSlots};
  return kQueries;
}

}  // namespace account
