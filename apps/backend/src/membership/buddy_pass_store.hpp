#pragma once
// Buddy passes in Postgres. Named SQL, no decisions.

#include "core/ids.hpp"
#include "core/time.hpp"
#include "db/executor.hpp"
#include "db/query.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace membership {

struct BuddyPass {
  core::Uuid id;
  int days = 0;
  core::Timestamp created_at{};
  core::Timestamp expires_at{};
  std::optional<core::Timestamp> shared_at = {};
  std::optional<core::Timestamp> revoked_at = {};
  std::optional<core::Timestamp> redeemed_at = {};
};

/// Holds the person's row until the transaction ends: what is counted by person is counted once at a time.
void lock_person(db::Executor& db, const core::Uuid& user_id);
/// Passes that the person has issued since `since` and not taken back.
std::int64_t count_passes(db::Executor& db, const core::Uuid& user_id, core::Timestamp since);
void insert_pass(db::Executor& db, const core::Uuid& user_id, const BuddyPass& pass);
/// The newest first.
std::vector<BuddyPass> list_passes(db::Executor& db, const core::Uuid& user_id);
std::optional<BuddyPass> find_pass(db::Executor& db, const core::Uuid& user_id, const core::Uuid& id);
/// Gives an open pass a code, in place of one that it had. False when it is not open, or not the person's.
bool share_pass(db::Executor& db, const core::Uuid& user_id, const core::Uuid& id, std::string_view code_hash,
                core::Timestamp now);
/// False when it is not open, or not the person's.
bool revoke_pass(db::Executor& db, const core::Uuid& user_id, const core::Uuid& id, core::Timestamp now);

/// Whose the pass with this code is.
std::optional<core::Uuid> find_issuer(db::Executor& db, std::string_view code_hash);
/// The days it gives, when it was open and somebody else's; nullopt otherwise. Of several at once one wins.
std::optional<int> redeem_pass(db::Executor& db, std::string_view code_hash, const core::Uuid& user_id,
                               core::Timestamp now);
/// Makes the person a member by buddy pass for so many days more; returns until when.
core::Timestamp extend_by_pass(db::Executor& db, const core::Uuid& user_id, int days, core::Timestamp now);

std::span<const db::Query> buddy_pass_queries();

}  // namespace membership
