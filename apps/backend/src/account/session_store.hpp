#pragma once
// Sessions in Postgres. Named SQL, no decisions. Every function but the look-up by token takes the person.

#include "db/executor.hpp"
#include "db/query.hpp"

#include "account/account.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace account {

/// A person keeps so many; a further one ends the one that was idle longest (ASVS 5.0, 7.1.2).
inline constexpr int kMaxSessionsPerUser = 20;

/// `token_hash`: 32 raw bytes.
void insert_session(db::Executor& db, const Session& session, std::string_view token_hash);

/// What a token says, ended or not.
struct SessionRow {
  Session session;
  bool is_revoked = false;
  UserStatus user_status = UserStatus::active;
  bool email_verified = false;
};
std::optional<SessionRow> find_session(db::Executor& db, std::string_view token_hash);

/// Those that still live, the one seen last first.
std::vector<Session> list_sessions(db::Executor& db, const core::Uuid& user_id, core::Timestamp now);

void touch_session(db::Executor& db, const core::Uuid& user_id, const core::Uuid& id, core::Timestamp now,
                   core::Timestamp idle_expires_at);

/// Gives the session another token, and elevation until a moment (or none). False when it lives no more.
bool rotate_session(db::Executor& db, const core::Uuid& user_id, const core::Uuid& id,
                    std::string_view token_hash, std::optional<core::Timestamp> elevated_until,
                    core::Timestamp now);

/// False when the person has no such live session.
bool revoke_session(db::Executor& db, const core::Uuid& user_id, const core::Uuid& id,
                    std::string_view reason, core::Timestamp now);
/// All of the person's, except `keep` if it is given; returns how many.
std::int64_t revoke_sessions(db::Executor& db, const core::Uuid& user_id,
                             const std::optional<core::Uuid>& keep, std::string_view reason,
                             core::Timestamp now);

std::span<const db::Query> session_queries();

}  // namespace account
