#pragma once
// Invitations in Postgres: codes that let somebody register. Named SQL, no decisions.

#include "core/ids.hpp"
#include "core/time.hpp"
#include "db/executor.hpp"
#include "db/query.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace account {

struct Invite {
  core::Uuid id;
  core::Uuid created_by;
  std::string note;
  core::Timestamp created_at{};
  core::Timestamp expires_at{};
  bool is_redeemed = false;
};

void insert_invite(db::Executor& db, const Invite& invite, std::string_view code_hash);
/// Neither revoked; the newest first.
std::vector<Invite> list_invites(db::Executor& db, const core::Uuid& user_id);
/// False when the person has no such open invite.
bool revoke_invite(db::Executor& db, const core::Uuid& user_id, const core::Uuid& id, core::Timestamp now);
/// Whether a code is open now.
bool is_invite_open(db::Executor& db, std::string_view code_hash, core::Timestamp now);
/// Uses the code up for this person; false when it is not open (any more): two who try at once, one wins.
bool redeem_invite(db::Executor& db, std::string_view code_hash, const core::Uuid& user_id,
                   core::Timestamp now);

std::span<const db::Query> invite_queries();

}  // namespace account
