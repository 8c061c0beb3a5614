#include "account/api_token_store.hpp"

#include <array>

namespace account {
namespace {

constexpr db::Query kInsert{"api_token.insert", R"sql(
  INSERT INTO api_token (id, user_id, name, token_hash, scopes, created_at, expires_at)
  VALUES ($1, $2, $3, $4, $5::text[], $6, $7))sql"};

constexpr db::Query kFind{"api_token.find", R"sql(
  SELECT t.id, t.user_id, t.name, array_to_string(t.scopes, ' ') AS scopes, t.created_at, t.last_used_at, t.expires_at,
         t.revoked_at IS NOT NULL AS is_revoked, u.status, u.email_verified_at IS NOT NULL AS email_verified
  FROM api_token t JOIN app_user u ON u.id = t.user_id
  WHERE t.token_hash = $1)sql"};

constexpr db::Query kList{"api_token.list", R"sql(
  SELECT id, user_id, name, array_to_string(scopes, ' ') AS scopes, created_at, last_used_at, expires_at
  FROM api_token WHERE user_id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)
  ORDER BY created_at DESC LIMIT 200)sql"};

constexpr db::Query kTouch{"api_token.touch", R"sql(
  UPDATE api_token SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2))sql"};

constexpr db::Query kRevoke{
    "api_token.revoke",
    "UPDATE api_token SET revoked_at = $3 WHERE user_id = $1 AND id = $2 AND revoked_at IS NULL"};

constexpr db::Query kRevokeAll{
    "api_token.revoke_all", "UPDATE api_token SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL"};

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto space = text.find(' ');
    words.emplace_back(text.substr(0, space));
    text = space == std::string_view::npos ? std::string_view{} : text.substr(space + 1);
  }
  return words;
}

ApiToken token_of(const db::Row& row) {
  ApiToken token;
  token.id = row.get<core::Uuid>("id");
  token.user_id = row.get<core::Uuid>("user_id");
  token.name = row.get<std::string>("name");
  token.scopes = words_of(row.get<std::string_view>("scopes"));
  token.created_at = row.get<core::Timestamp>("created_at");
  token.last_used_at = row.get<std::optional<core::Timestamp>>("last_used_at");
  token.expires_at = row.get<std::optional<core::Timestamp>>("expires_at");
  return token;
}

}  // namespace

void insert_api_token(db::Executor& db, const ApiToken& token, std::string_view token_hash) {
  db.run(kInsert,
         {token.id, token.user_id, token.name, db::bytes(token_hash),
          db::ArrayText(std::span<const std::string>(token.scopes)), token.created_at, token.expires_at});
}

std::optional<ApiTokenRow> find_api_token(db::Executor& db, std::string_view token_hash) {
  const auto rows = db.run(kFind, {db::bytes(token_hash)});
  const auto row = rows.first();
  if (!row) return std::nullopt;
  ApiTokenRow found;
  found.token = token_of(*row);
  found.is_revoked = row->get<bool>("is_revoked");
  found.user_status = parse_user_status(row->get<std::string_view>("status"));
  found.email_verified = row->get<bool>("email_verified");
  return found;
}

std::vector<ApiToken> list_api_tokens(db::Executor& db, const core::Uuid& user_id, core::Timestamp now) {
  std::vector<ApiToken> tokens;
  const auto rows = db.run(kList, {user_id, now});
  for (const db::Row row : rows) tokens.push_back(token_of(row));
  return tokens;
}

void touch_api_token(db::Executor& db, const core::Uuid& id, core::Timestamp now) {
  db.run(kTouch, {id, now});
}

bool revoke_api_token(db::Executor& db, const core::Uuid& user_id, const core::Uuid& id,
                      core::Timestamp now) {
  return db.run(kRevoke, {user_id, id, now}).affected() == 1;
}

std::int64_t revoke_api_tokens(db::Executor& db, const core::Uuid& user_id, core::Timestamp now) {
  return db.run(kRevokeAll, {user_id, now}).affected();
}

std::span<const db::Query> api_token_queries() {
  static constexpr std::array kQueries = {kInsert, kFind, kList, kTouch, kRevoke, kRevokeAll};
  return kQueries;
}

}  // namespace account
