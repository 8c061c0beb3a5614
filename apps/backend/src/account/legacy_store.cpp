#include "account/legacy_store.hpp"

#include "core/error.hpp"

#include <array>

namespace account {
namespace {

// The outcome is judged on what stood before; what is written is decided by the same facts in one statement.
constexpr db::Query kImport{"legacy.import", R"sql(
  WITH known AS (
    SELECT migrated_at IS NOT NULL AS is_migrated,
           (email, email_verified, display_name, disabled, created_at) IS NOT DISTINCT FROM ($2, $4, $5, $8, $9)
             AND (password_hash, salt) IS NOT DISTINCT FROM ($6, $7) AS is_same
    FROM legacy_firebase_credential WHERE local_id = $1 FOR UPDATE), judged AS (
    SELECT CASE
      WHEN EXISTS (SELECT FROM known WHERE is_migrated) THEN 'migrated'
      WHEN EXISTS (SELECT FROM app_user WHERE app_user.email_canonical = $3) THEN 'has_account'
      WHEN EXISTS (SELECT FROM legacy_firebase_credential AS other
                   WHERE other.email_canonical = $3 AND other.local_id <> $1) THEN 'duplicate'
      WHEN EXISTS (SELECT FROM known WHERE is_same) THEN 'unchanged'
      WHEN EXISTS (SELECT FROM known) THEN 'changed'
      ELSE 'imported' END AS outcome), written AS (
    INSERT INTO legacy_firebase_credential AS kept (local_id, email, email_canonical, email_verified, display_name,
                                                    password_hash, salt, disabled, created_at, imported_at)
    SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10 FROM judged WHERE outcome IN ('imported', 'changed')
    ON CONFLICT (local_id) DO UPDATE SET
      email = excluded.email, email_canonical = excluded.email_canonical, email_verified = excluded.email_verified,
      display_name = excluded.display_name, password_hash = excluded.password_hash, salt = excluded.salt,
      disabled = excluded.disabled, created_at = excluded.created_at, imported_at = excluded.imported_at
    WHERE kept.migrated_at IS NULL)
  SELECT outcome FROM judged)sql"};

constexpr db::Query kFindPassword{"legacy.find_password",
                                  R"sql(
  SELECT local_id, email_verified, display_name, password_hash, salt, migrated_user_id
  FROM legacy_firebase_credential
  WHERE email_canonical = $1 AND NOT disabled AND password_hash IS NOT NULL
  UNION ALL
  SELECT local_id, kept.email_verified, kept.display_name, password_hash, salt, migrated_user_id
  FROM app_user JOIN legacy_firebase_credential AS kept ON kept.migrated_user_id = app_user.id
  WHERE app_user.email_canonical = $1 AND NOT kept.disabled AND password_hash IS NOT NULL
  LIMIT 1)sql",
                                  db::ResultFormat::binary};

constexpr db::Query kIsWaiting{
    "legacy.is_waiting", "SELECT 1 AS waits FROM legacy_firebase_credential WHERE email_canonical = $1"};

constexpr db::Query kLockPerson{"legacy.lock_person", R"sql(
  SELECT local_id, email_verified, display_name FROM legacy_firebase_credential
  WHERE email_canonical = $1 AND NOT disabled FOR UPDATE)sql"};

constexpr db::Query kMarkMaterialised{"legacy.mark_materialised", R"sql(
  UPDATE legacy_firebase_credential
  SET migrated_user_id = $2, migrated_at = $3, email = NULL, email_canonical = NULL, display_name = ''
  WHERE local_id = $1 AND migrated_at IS NULL)sql"};

constexpr db::Query kTakePassword{"legacy.take_password", R"sql(
  UPDATE legacy_firebase_credential
  SET migrated_user_id = $2, migrated_at = coalesce(migrated_at, $3), email = NULL, email_canonical = NULL,
      display_name = '', password_hash = NULL, salt = NULL
  WHERE local_id = $1 AND password_hash IS NOT NULL AND (migrated_user_id IS NULL OR migrated_user_id = $2))sql"};

constexpr db::Query kDropPasswords{"legacy.drop_passwords", R"sql(
  UPDATE legacy_firebase_credential SET password_hash = NULL, salt = NULL WHERE password_hash IS NOT NULL)sql"};

constexpr db::Query kCount{"legacy.count", R"sql(
  SELECT count(*) FILTER (WHERE migrated_at IS NULL) AS waiting, count(password_hash) AS with_password,
         count(migrated_at) AS migrated
  FROM legacy_firebase_credential)sql"};

ImportOutcome parse_outcome(std::string_view text) {
  if (text == "imported") return ImportOutcome::imported;
  if (text == "changed") return ImportOutcome::changed;
  if (text == "unchanged") return ImportOutcome::unchanged;
  if (text == "migrated") return ImportOutcome::migrated;
  if (text == "duplicate") return ImportOutcome::duplicate;
  if (text == "has_account") return ImportOutcome::has_account;
  throw core::Error(core::ErrorKind::internal, "internal", "An import ended in an unknown way.",
                    std::string(text));
}

}  // namespace

ImportOutcome import_legacy_user(db::Executor& db, const LegacyUser& user, core::Timestamp now) {
  const bool has_password = !user.password_hash.empty();
  const auto secret = [has_password](std::string_view content) {
    return has_password ? db::Param(db::bytes(content)) : db::Param(std::nullopt);
  };
  const auto rows = db.run(
      kImport, {user.local_id, user.email, user.email_canonical, user.email_verified, user.display_name,
                secret(user.password_hash), secret(user.salt), user.disabled, user.created_at, now});
  return parse_outcome(rows.single().get<std::string_view>("outcome"));
}

std::optional<LegacyPassword> find_legacy_password(db::Executor& db, std::string_view email_canonical) {
  const auto rows = db.run(kFindPassword, {email_canonical});
  const auto row = rows.first();
  if (!row) return std::nullopt;
  return LegacyPassword{.local_id = row->get<std::string>("local_id"),
                        .email_verified = row->get<bool>("email_verified"),
                        .display_name = row->get<std::string>("display_name"),
                        .password_hash = row->get<std::string>("password_hash"),
                        .salt = row->get<std::string>("salt"),
                        .user_id = row->get<std::optional<core::Uuid>>("migrated_user_id")};
}

bool is_legacy_waiting(db::Executor& db, std::string_view email_canonical) {
  return !db.run(kIsWaiting, {email_canonical}).empty();
}

std::optional<LegacyPerson> lock_legacy_person(db::Executor& db, std::string_view email_canonical) {
  const auto rows = db.run(kLockPerson, {email_canonical});
  const auto row = rows.first();
  if (!row) return std::nullopt;
  return LegacyPerson{.local_id = row->get<std::string>("local_id"),
                      .email_verified = row->get<bool>("email_verified"),
                      .display_name = row->get<std::string>("display_name")};
}

bool mark_legacy_materialised(db::Executor& db, std::string_view local_id, const core::Uuid& user_id,
                              core::Timestamp now) {
  return db.run(kMarkMaterialised, {local_id, user_id, now}).affected() == 1;
}

bool take_legacy_password(db::Executor& db, std::string_view local_id, const core::Uuid& user_id,
                          core::Timestamp now) {
  return db.run(kTakePassword, {local_id, user_id, now}).affected() == 1;
}

std::int64_t drop_legacy_passwords(db::Executor& db) { return db.run(kDropPasswords).affected(); }

LegacyCounts count_legacy(db::Executor& db) {
  const auto rows = db.run(kCount);
  const auto row = rows.single();
  return {.waiting = row.get<std::int64_t>("waiting"),
          .with_password = row.get<std::int64_t>("with_password"),
          .migrated = row.get<std::int64_t>("migrated")};
}

std::span<const db::Query> legacy_queries() {
  static constexpr std::array kQueries = {kImport,           kFindPassword, kIsWaiting,     kLockPerson,
                                          kMarkMaterialised, kTakePassword, kDropPasswords, kCount};
  return kQueries;
}

}  // namespace account
