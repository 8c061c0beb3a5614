#pragma once
// People and their passwords in Postgres. Named SQL, no decisions.

#include "db/executor.hpp"
#include "db/query.hpp"

#include "account/account.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace account {

/// A person with what sign-in needs.
struct UserRow {
  User user;
  std::string phc;  ///< empty: no password
  bool password_is_proven = false;
};

/// False when the address is taken: nothing was written then.
bool insert_user(db::Executor& db, const User& user, std::string_view email_canonical);

std::optional<UserRow> find_user(db::Executor& db, const core::Uuid& id);
std::optional<UserRow> find_user_by_email(db::Executor& db, std::string_view email_canonical);

void put_password(db::Executor& db, const core::Uuid& user_id, std::string_view phc, bool is_proven,
                  core::Timestamp now);
/// The same password under today's cost: only while the stored one is still `from`.
void rehash_password(db::Executor& db, const core::Uuid& user_id, std::string_view from, std::string_view to);

/// Records that the mailbox is proven. A password that somebody set before is removed with it unless
/// `keeps_password` (the proof came together with that password): whoever registered an address that is not
/// theirs must not keep a way in.
void mark_email_verified(db::Executor& db, const core::Uuid& user_id, bool keeps_password,
                         core::Timestamp now);

std::span<const db::Query> user_queries();

}  // namespace account
