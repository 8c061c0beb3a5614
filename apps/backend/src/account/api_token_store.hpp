#pragma once
// Tokens for scripts, in Postgres. Named SQL, no decisions.

#include "db/executor.hpp"
#include "db/query.hpp"

#include "account/account.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace account {

struct ApiToken {
  core::Uuid id;
  core::Uuid user_id;
  std::string name;
  std::vector<std::string> scopes;
  core::Timestamp created_at{};
  std::optional<core::Timestamp> last_used_at;
  std::optional<core::Timestamp> expires_at;
};

void insert_api_token(db::Executor& db, const ApiToken& token, std::string_view token_hash);

struct ApiTokenRow {
  ApiToken token;
  bool is_revoked = false;
  UserStatus user_status = UserStatus::active;
  bool email_verified = false;
};
std::optional<ApiTokenRow> find_api_token(db::Executor& db, std::string_view token_hash);

/// Live ones, the newest first.
std::vector<ApiToken> list_api_tokens(db::Executor& db, const core::Uuid& user_id, core::Timestamp now);
void touch_api_token(db::Executor& db, const core::Uuid& id, core::Timestamp now);
/// False when the person has no such live token.
bool revoke_api_token(db::Executor& db, const core::Uuid& user_id, const core::Uuid& id, core::Timestamp now);
std::int64_t revoke_api_tokens(db::Executor& db, const core::Uuid& user_id, core::Timestamp now);

std::span<const db::Query> api_token_queries();

}  // namespace account
