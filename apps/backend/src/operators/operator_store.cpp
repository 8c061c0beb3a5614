#include "operators/operator_store.hpp"

#include <array>

namespace operators {
namespace {

constexpr db::Query kInsert{"operator.insert", R"sql(
  INSERT INTO operator (id, email, email_canonical, scopes, phc, totp_sealed, created_at, updated_at)
  VALUES ($1, $2, $3, $4::text[], $5, $6, $7, $7) ON CONFLICT (email_canonical) DO NOTHING)sql"};

constexpr db::Query kFind{"operator.find", R"sql(
  SELECT id, email, array_to_string(scopes, ' ') AS scopes, created_at, last_sign_in_at, disabled_at, phc, totp_sealed,
         totp_last_step, (SELECT count(*) FROM operator_recovery_code WHERE operator_id = id AND used_at IS NULL) AS codes_left
  FROM operator WHERE id = $1)sql"};

constexpr db::Query kFindByEmail{"operator.find_by_email", R"sql(
  SELECT id, email, array_to_string(scopes, ' ') AS scopes, created_at, last_sign_in_at, disabled_at, phc, totp_sealed,
         totp_last_step, (SELECT count(*) FROM operator_recovery_code WHERE operator_id = id AND used_at IS NULL) AS codes_left
  FROM operator WHERE email_canonical = $1)sql"};

constexpr db::Query kFindCodes{"operator.find_recovery_codes", R"sql(
  SELECT position, phc FROM operator_recovery_code WHERE operator_id = $1 AND used_at IS NULL ORDER BY position)sql"};

constexpr db::Query kList{"operator.list", R"sql(
  SELECT id, email, array_to_string(scopes, ' ') AS scopes, created_at, last_sign_in_at, disabled_at,
         (SELECT count(*) FROM operator_recovery_code WHERE operator_id = id AND used_at IS NULL) AS codes_left
  FROM operator ORDER BY email_canonical LIMIT 1000)sql"};

constexpr db::Query kUseTotp{"operator.use_totp_step", R"sql(
  UPDATE operator SET totp_last_step = $2, totp_sealed = $3
  WHERE id = $1 AND totp_last_step < $2 AND disabled_at IS NULL)sql"};

constexpr db::Query kUseCode{"operator.use_recovery_code", R"sql(
  UPDATE operator_recovery_code SET used_at = $3 FROM operator
  WHERE operator_id = $1 AND position = $2 AND used_at IS NULL AND operator.id = operator_id AND disabled_at IS NULL)sql"};

constexpr db::Query kNoteSignIn{"operator.note_sign_in",
                                "UPDATE operator SET last_sign_in_at = $2 WHERE id = $1"};

constexpr db::Query kDropCodes{"operator.drop_recovery_codes",
                               "DELETE FROM operator_recovery_code WHERE operator_id = $1"};

constexpr db::Query kInsertCodes{"operator.insert_recovery_codes", R"sql(
  INSERT INTO operator_recovery_code (operator_id, position, phc)
  SELECT $1, position, phc FROM unnest($2::integer[], $3::text[]) AS code (position, phc))sql"};

constexpr db::Query kPutTotp{
    "operator.put_totp",
    "UPDATE operator SET totp_sealed = $2, totp_last_step = 0, updated_at = $3 WHERE id = $1"};

constexpr db::Query kPutPassword{"operator.put_password",
                                 "UPDATE operator SET phc = $2, updated_at = $3 WHERE id = $1"};

constexpr db::Query kPutScopes{"operator.put_scopes",
                               "UPDATE operator SET scopes = $2::text[], updated_at = $3 WHERE id = $1"};

constexpr db::Query kSetDisabled{"operator.set_disabled", R"sql(
  UPDATE operator SET disabled_at = CASE WHEN $2 THEN $3::timestamptz END, updated_at = $3
  WHERE id = $1 AND (disabled_at IS NOT NULL) <> $2)sql"};

Operator operator_of(const db::Row& row) {
  return {.id = row.get<core::Uuid>("id"),
          .email = row.get<std::string>("email"),
          .scopes = split_scopes(row.get<std::string_view>("scopes")),
          .created_at = row.get<core::Timestamp>("created_at"),
          .last_sign_in_at = row.get<std::optional<core::Timestamp>>("last_sign_in_at"),
          .disabled_at = row.get<std::optional<core::Timestamp>>("disabled_at"),
          .recovery_codes_left = row.get<std::int64_t>("codes_left")};
}

std::optional<OperatorRow> row_of(const db::Rows& rows) {
  const auto row = rows.first();
  if (!row) return std::nullopt;
  return OperatorRow{.account = operator_of(*row),
                     .credentials = {.phc = row->get<std::string>("phc"),
                                     .totp_sealed = row->get<std::string>("totp_sealed"),
                                     .totp_last_step = row->get<std::int64_t>("totp_last_step")}};
}

}  // namespace

bool insert_operator(db::Executor& db, const OperatorRow& row, std::string_view email_canonical) {
  const auto& account = row.account;
  return db.run(kInsert, {account.id, account.email, email_canonical,
                          db::ArrayText(std::span<const std::string>(account.scopes)), row.credentials.phc,
                          db::bytes(std::string_view(row.credentials.totp_sealed)), account.created_at})
             .affected() == 1;
}

std::optional<OperatorRow> find_operator(db::Executor& db, const core::Uuid& id) {
  return row_of(db.run(kFind, {id}));
}

std::optional<OperatorRow> find_operator_by_email(db::Executor& db, std::string_view email_canonical) {
  return row_of(db.run(kFindByEmail, {email_canonical}));
}

std::vector<RecoveryCodeHash> find_recovery_codes(db::Executor& db, const core::Uuid& operator_id) {
  const auto rows = db.run(kFindCodes, {operator_id});
  std::vector<RecoveryCodeHash> hashes;
  hashes.reserve(rows.size());
  for (const db::Row row : rows) hashes.push_back({row.get<int>("position"), row.get<std::string>("phc")});
  return hashes;
}

std::vector<Operator> list_operators(db::Executor& db) {
  const auto rows = db.run(kList);
  std::vector<Operator> operators;
  operators.reserve(rows.size());
  for (const db::Row row : rows) operators.push_back(operator_of(row));
  return operators;
}

bool use_totp_step(db::Executor& db, const core::Uuid& id, std::int64_t step, std::string_view totp_sealed) {
  return db.run(kUseTotp, {id, step, db::bytes(totp_sealed)}).affected() == 1;
}

bool use_recovery_code(db::Executor& db, const core::Uuid& id, int position, core::Timestamp now) {
  return db.run(kUseCode, {id, position, now}).affected() == 1;
}

void note_sign_in(db::Executor& db, const core::Uuid& id, core::Timestamp now) {
  db.run(kNoteSignIn, {id, now});
}

void put_recovery_codes(db::Executor& db, const core::Uuid& id, std::span<const RecoveryCodeHash> hashes) {
  db.run(kDropCodes, {id});
  std::vector<std::int64_t> positions;
  std::vector<std::string> phcs;
  for (const auto& hash : hashes) {
    positions.push_back(hash.position);
    phcs.push_back(hash.phc);
  }
  db.run(kInsertCodes, {id, db::ArrayText(std::span<const std::int64_t>(positions)),
                        db::ArrayText(std::span<const std::string>(phcs))});
}

void put_totp(db::Executor& db, const core::Uuid& id, std::string_view totp_sealed, core::Timestamp now) {
  db.run(kPutTotp, {id, db::bytes(totp_sealed), now});
}

void put_operator_password(db::Executor& db, const core::Uuid& id, std::string_view phc,
                           core::Timestamp now) {
  db.run(kPutPassword, {id, phc, now});
}

void put_scopes(db::Executor& db, const core::Uuid& id, std::span<const std::string> scopes,
                core::Timestamp now) {
  db.run(kPutScopes, {id, db::ArrayText(scopes), now});
}

bool set_disabled(db::Executor& db, const core::Uuid& id, bool is_disabled, core::Timestamp now) {
  return db.run(kSetDisabled, {id, is_disabled, now}).affected() == 1;
}

std::span<const db::Query> operator_queries() {
  static constexpr std::array kQueries = {kInsert,  kFind,        kFindByEmail, kFindCodes,  kList,
                                          kUseTotp, kUseCode,     kNoteSignIn,  kDropCodes,  kInsertCodes,
                                          kPutTotp, kPutPassword, kPutScopes,   kSetDisabled};
  return kQueries;
}

}  // namespace operators
