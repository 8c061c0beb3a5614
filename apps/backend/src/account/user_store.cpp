#include "account/user_store.hpp"

#include <array>

namespace account {
namespace {

constexpr db::Query kInsertUser{"account.insert_user", R"sql(
  INSERT INTO app_user (id, email, email_canonical, email_verified_at, display_name, created_at, updated_at)
  VALUES ($1, $2, $3, $4, $5, $6, $6)
  ON CONFLICT (email_canonical) DO NOTHING)sql"};

constexpr db::Query kFindUser{"account.find_user", R"sql(
  SELECT app_user.id, email, email_verified_at, status, display_name, created_at, phc, is_proven
  FROM app_user LEFT JOIN password_credential ON user_id = app_user.id
  WHERE app_user.id = $1)sql"};

constexpr db::Query kFindUserByEmail{"account.find_user_by_email", R"sql(
  SELECT app_user.id, email, email_verified_at, status, display_name, created_at, phc, is_proven
  FROM app_user LEFT JOIN password_credential ON user_id = app_user.id
  WHERE email_canonical = $1)sql"};

constexpr db::Query kPutPassword{"account.put_password", R"sql(
  INSERT INTO password_credential (user_id, phc, is_proven, changed_at) VALUES ($1, $2, $3, $4)
  ON CONFLICT (user_id) DO UPDATE SET phc = excluded.phc, is_proven = excluded.is_proven,
                                      changed_at = excluded.changed_at)sql"};

constexpr db::Query kRehashPassword{
    "account.rehash_password", "UPDATE password_credential SET phc = $3 WHERE user_id = $1 AND phc = $2"};

constexpr db::Query kMarkVerified{"account.mark_email_verified", R"sql(
  WITH verified AS (
    UPDATE app_user SET email_verified_at = coalesce(email_verified_at, $2), updated_at = $2 WHERE id = $1
    RETURNING id), proven AS (
    UPDATE password_credential SET is_proven = true FROM verified WHERE user_id = verified.id AND $3)
  DELETE FROM password_credential USING verified
  WHERE user_id = verified.id AND NOT is_proven AND NOT $3)sql"};

std::optional<UserRow> user_of(const db::Rows& rows) {
  const auto row = rows.first();
  if (!row) return std::nullopt;
  UserRow found;
  found.user.id = row->get<core::Uuid>("id");
  found.user.email = row->get<std::string>("email");
  found.user.email_verified_at = row->get<std::optional<core::Timestamp>>("email_verified_at");
  found.user.status = parse_user_status(row->get<std::string_view>("status"));
  found.user.display_name = row->get<std::string>("display_name");
  found.user.created_at = row->get<core::Timestamp>("created_at");
  found.phc = row->get<std::optional<std::string>>("phc").value_or("");
  found.password_is_proven = row->get<std::optional<bool>>("is_proven").value_or(false);
  return found;
}

}  // namespace

bool insert_user(db::Executor& db, const User& user, std::string_view email_canonical) {
  return db.run(kInsertUser, {user.id, user.email, email_canonical, user.email_verified_at, user.display_name,
                              user.created_at})
             .affected() == 1;
}

std::optional<UserRow> find_user(db::Executor& db, const core::Uuid& id) {
  return user_of(db.run(kFindUser, {id}));
}

std::optional<UserRow> find_user_by_email(db::Executor& db, std::string_view email_canonical) {
  return user_of(db.run(kFindUserByEmail, {email_canonical}));
}

void put_password(db::Executor& db, const core::Uuid& user_id, std::string_view phc, bool is_proven,
                  core::Timestamp now) {
  db.run(kPutPassword, {user_id, phc, is_proven, now});
}

void rehash_password(db::Executor& db, const core::Uuid& user_id, std::string_view from,
                     std::string_view to) {
  db.run(kRehashPassword, {user_id, from, to});
}

void mark_email_verified(db::Executor& db, const core::Uuid& user_id, bool keeps_password,
                         core::Timestamp now) {
  db.run(kMarkVerified, {user_id, now, keeps_password});
}

std::span<const db::Query> user_queries() {
  static constexpr std::array kQueries = {kInsertUser,  kFindUser,       kFindUserByEmail,
                                          kPutPassword, kRehashPassword, kMarkVerified};
  return kQueries;
}

}  // namespace account
