#include "account/invite_store.hpp"

#include <array>

namespace account {
namespace {

constexpr db::Query kInsert{"invite.insert", R"sql(
  INSERT INTO invite (id, created_by, code_hash, note, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6))sql"};

constexpr db::Query kList{"invite.list", R"sql(
  SELECT id, created_by, note, created_at, expires_at, redeemed_at IS NOT NULL AS is_redeemed
  FROM invite WHERE created_by = $1 AND revoked_at IS NULL ORDER BY created_at DESC LIMIT 200)sql"};

constexpr db::Query kRevoke{"invite.revoke", R"sql(
  UPDATE invite SET revoked_at = $3
  WHERE created_by = $1 AND id = $2 AND revoked_at IS NULL AND redeemed_at IS NULL)sql"};

constexpr db::Query kIsOpen{"invite.is_open", R"sql(
  SELECT 1 AS open FROM invite
  WHERE code_hash = $1 AND revoked_at IS NULL AND redeemed_at IS NULL AND expires_at > $2)sql"};

constexpr db::Query kRedeem{"invite.redeem", R"sql(
  UPDATE invite SET redeemed_at = $3, redeemed_by = $2
  WHERE code_hash = $1 AND revoked_at IS NULL AND redeemed_at IS NULL AND expires_at > $3)sql"};

}  // namespace

void insert_invite(db::Executor& db, const Invite& invite, std::string_view code_hash) {
  db.run(kInsert, {invite.id, invite.created_by, db::bytes(code_hash), invite.note, invite.created_at,
                   invite.expires_at});
}

std::vector<Invite> list_invites(db::Executor& db, const core::Uuid& user_id) {
  std::vector<Invite> invites;
  const auto rows = db.run(kList, {user_id});
  for (const db::Row row : rows) {
    invites.push_back({.id = row.get<core::Uuid>("id"),
                       .created_by = row.get<core::Uuid>("created_by"),
                       .note = row.get<std::string>("note"),
                       .created_at = row.get<core::Timestamp>("created_at"),
                       .expires_at = row.get<core::Timestamp>("expires_at"),
                       .is_redeemed = row.get<bool>("is_redeemed")});
  }
  return invites;
}

bool revoke_invite(db::Executor& db, const core::Uuid& user_id, const core::Uuid& id, core::Timestamp now) {
  return db.run(kRevoke, {user_id, id, now}).affected() == 1;
}

bool is_invite_open(db::Executor& db, std::string_view code_hash, core::Timestamp now) {
  return !db.run(kIsOpen, {db::bytes(code_hash), now}).empty();
}

bool redeem_invite(db::Executor& db, std::string_view code_hash, const core::Uuid& user_id,
                   core::Timestamp now) {
  return db.run(kRedeem, {db::bytes(code_hash), user_id, now}).affected() == 1;
}

std::span<const db::Query> invite_queries() {
  static constexpr std::array kQueries = {kInsert, kList, kRevoke, kIsOpen, kRedeem};
  return kQueries;
}

}  // namespace account
