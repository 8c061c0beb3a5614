#pragma once
// Operators and what they sign in with, in Postgres. Named SQL, no decisions.

#include "db/executor.hpp"
#include "db/query.hpp"

#include "operators/operator.hpp"
#include "operators/recovery_codes.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace operators {

/// What an operator signs in with.
struct Credentials {
  std::string phc;
  std::string totp_sealed;
  std::int64_t totp_last_step = 0;
};

struct OperatorRow {
  Operator account;
  Credentials credentials;
};

/// False when the address is taken: nothing was written then.
bool insert_operator(db::Executor& db, const OperatorRow& row, std::string_view email_canonical);

std::optional<OperatorRow> find_operator(db::Executor& db, const core::Uuid& id);
std::optional<OperatorRow> find_operator_by_email(db::Executor& db, std::string_view email_canonical);
/// Those that were not used, by position.
std::vector<RecoveryCodeHash> find_recovery_codes(db::Executor& db, const core::Uuid& operator_id);
/// By address.
std::vector<Operator> list_operators(db::Executor& db);

/// Marks the step as used and keeps the seed as it is sealed now. False when a code of this step or a later
/// one was accepted, or the operator is disabled.
bool use_totp_step(db::Executor& db, const core::Uuid& id, std::int64_t step, std::string_view totp_sealed);
/// False when it was used, or the operator is disabled.
bool use_recovery_code(db::Executor& db, const core::Uuid& id, int position, core::Timestamp now);
void note_sign_in(db::Executor& db, const core::Uuid& id, core::Timestamp now);

/// Takes away those there are.
void put_recovery_codes(db::Executor& db, const core::Uuid& id, std::span<const RecoveryCodeHash> hashes);
void put_totp(db::Executor& db, const core::Uuid& id, std::string_view totp_sealed, core::Timestamp now);
void put_operator_password(db::Executor& db, const core::Uuid& id, std::string_view phc, core::Timestamp now);
void put_scopes(db::Executor& db, const core::Uuid& id, std::span<const std::string> scopes,
                core::Timestamp now);
/// False when it was so already.
bool set_disabled(db::Executor& db, const core::Uuid& id, bool is_disabled, core::Timestamp now);

std::span<const db::Query> operator_queries();

}  // namespace operators
