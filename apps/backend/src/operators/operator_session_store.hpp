#pragma once
// Sessions of operators in Postgres. Named SQL, no decisions.

#include "db/executor.hpp"
#include "db/query.hpp"

#include "operators/operator.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace operators {

/// `token_hash`: 32 raw bytes. Sessions of this operator that ended a month ago go.
void insert_operator_session(db::Executor& db, const core::Uuid& operator_id, const OperatorSession& session,
                             std::string_view token_hash);

/// What a token says, ended or not.
struct OperatorSessionRow {
  Operator account;
  OperatorSession session;
  bool is_revoked = false;
};
std::optional<OperatorSessionRow> find_operator_session(db::Executor& db, std::string_view token_hash);

void touch_operator_session(db::Executor& db, const core::Uuid& id, core::Timestamp now,
                            core::Timestamp idle_expires_at);
/// Gives it another token and elevation. False when it lives no more.
bool rotate_operator_session(db::Executor& db, const core::Uuid& id, std::string_view token_hash,
                             core::Timestamp elevated_until, core::Timestamp now);
/// False when it was ended before.
bool revoke_operator_session(db::Executor& db, const core::Uuid& id, std::string_view reason,
                             core::Timestamp now);
/// All of the operator's; returns how many.
std::int64_t revoke_operator_sessions(db::Executor& db, const core::Uuid& operator_id,
                                      std::string_view reason, core::Timestamp now);

std::span<const db::Query> operator_session_queries();

}  // namespace operators
