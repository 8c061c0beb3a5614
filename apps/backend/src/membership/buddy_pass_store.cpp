#include "membership/buddy_pass_store.hpp"

#include <array>

namespace membership {
namespace {

constexpr db::Query kLockPerson{"buddy_pass.lock_person",
                                "SELECT id FROM app_user WHERE id = $1 FOR NO KEY UPDATE"};

constexpr db::Query kCount{"buddy_pass.count", R"sql(
  SELECT count(*) AS issued FROM buddy_pass WHERE issued_by = $1 AND created_at > $2 AND revoked_at IS NULL)sql"};

constexpr db::Query kInsert{"buddy_pass.insert", R"sql(
  INSERT INTO buddy_pass (id, issued_by, days, created_at, expires_at) VALUES ($1, $2, $3, $4, $5))sql"};

constexpr db::Query kList{"buddy_pass.list", R"sql(
  SELECT id, days, created_at, expires_at, shared_at, revoked_at, redeemed_at
  FROM buddy_pass WHERE issued_by = $1 ORDER BY created_at DESC, id DESC LIMIT 200)sql"};

constexpr db::Query kFind{"buddy_pass.find", R"sql(
  SELECT id, days, created_at, expires_at, shared_at, revoked_at, redeemed_at
  FROM buddy_pass WHERE issued_by = $1 AND id = $2)sql"};

constexpr db::Query kShare{"buddy_pass.share", R"sql(
  UPDATE buddy_pass SET code_hash = $3, shared_at = $4
  WHERE issued_by = $1 AND id = $2 AND revoked_at IS NULL AND redeemed_at IS NULL AND expires_at > $4)sql"};

constexpr db::Query kRevoke{"buddy_pass.revoke", R"sql(
  UPDATE buddy_pass SET revoked_at = $3
  WHERE issued_by = $1 AND id = $2 AND revoked_at IS NULL AND redeemed_at IS NULL)sql"};

constexpr db::Query kIssuer{"buddy_pass.issuer", "SELECT issued_by FROM buddy_pass WHERE code_hash = $1"};

constexpr db::Query kRedeem{"buddy_pass.redeem", R"sql(
  UPDATE buddy_pass SET redeemed_at = $3, redeemed_by = $2
  WHERE code_hash = $1 AND issued_by <> $2 AND revoked_at IS NULL AND redeemed_at IS NULL AND expires_at > $3
  RETURNING days)sql"};

constexpr db::Query kExtend{"buddy_pass.extend", R"sql(
  INSERT INTO membership AS known (user_id, source, state, until, event_at, updated_at)
  VALUES ($1, 'buddy_pass', 'active', $3::timestamptz + make_interval(days => $2), $3, $3)
  ON CONFLICT (user_id, source) DO UPDATE
  SET state = 'active', until = greatest(known.until, $3) + make_interval(days => $2), event_at = $3, updated_at = $3
  RETURNING until)sql"};

BuddyPass pass_of(const db::Row& row) {
  return {.id = row.get<core::Uuid>("id"),
          .days = row.get<std::int32_t>("days"),
          .created_at = row.get<core::Timestamp>("created_at"),
          .expires_at = row.get<core::Timestamp>("expires_at"),
          .shared_at = row.get<std::optional<core::Timestamp>>("shared_at"),
          .revoked_at = row.get<std::optional<core::Timestamp>>("revoked_at"),
          .redeemed_at = row.get<std::optional<core::Timestamp>>("redeemed_at")};
}

}  // namespace

void lock_person(db::Executor& db, const core::Uuid& user_id) { db.run(kLockPerson, {user_id}); }

std::int64_t count_passes(db::Executor& db, const core::Uuid& user_id, core::Timestamp since) {
  return db.run(kCount, {user_id, since}).single().get<std::int64_t>("issued");
}

void insert_pass(db::Executor& db, const core::Uuid& user_id, const BuddyPass& pass) {
  db.run(kInsert, {pass.id, user_id, pass.days, pass.created_at, pass.expires_at});
}

std::vector<BuddyPass> list_passes(db::Executor& db, const core::Uuid& user_id) {
  std::vector<BuddyPass> passes;
  const auto rows = db.run(kList, {user_id});
  for (const db::Row row : rows) passes.push_back(pass_of(row));
  return passes;
}

std::optional<BuddyPass> find_pass(db::Executor& db, const core::Uuid& user_id, const core::Uuid& id) {
  const auto rows = db.run(kFind, {user_id, id});
  const auto row = rows.first();
  if (!row) return std::nullopt;
  return pass_of(*row);
}

bool share_pass(db::Executor& db, const core::Uuid& user_id, const core::Uuid& id, std::string_view code_hash,
                core::Timestamp now) {
  return db.run(kShare, {user_id, id, db::bytes(code_hash), now}).affected() == 1;
}

bool revoke_pass(db::Executor& db, const core::Uuid& user_id, const core::Uuid& id, core::Timestamp now) {
  return db.run(kRevoke, {user_id, id, now}).affected() == 1;
}

std::optional<core::Uuid> find_issuer(db::Executor& db, std::string_view code_hash) {
  const auto rows = db.run(kIssuer, {db::bytes(code_hash)});
  const auto row = rows.first();
  if (!row) return std::nullopt;
  return row->get<core::Uuid>("issued_by");
}

std::optional<int> redeem_pass(db::Executor& db, std::string_view code_hash, const core::Uuid& user_id,
                               core::Timestamp now) {
  const auto rows = db.run(kRedeem, {db::bytes(code_hash), user_id, now});
  const auto row = rows.first();
  if (!row) return std::nullopt;
  return row->get<std::int32_t>("days");
}

core::Timestamp extend_by_pass(db::Executor& db, const core::Uuid& user_id, int days, core::Timestamp now) {
  return db.run(kExtend, {user_id, days, now}).single().get<core::Timestamp>("until");
}

std::span<const db::Query> buddy_pass_queries() {
  static constexpr std::array kQueries = {kLockPerson, kCount,  kInsert, kList,   kFind,
                                          kShare,      kRevoke, kIssuer, kRedeem, kExtend};
  return kQueries;
}

}  // namespace membership
