#pragma once
// Accounts brought along from Firebase, in Postgres. Named SQL, no decisions.

#include "core/ids.hpp"
#include "core/time.hpp"
#include "db/executor.hpp"
#include "db/query.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace account {

/// A user of the export, checked.
struct LegacyUser {
  std::string local_id = {};
  std::string email = {};
  std::string email_canonical = {};
  bool email_verified = false;
  std::string display_name = {};
  std::string password_hash = {};  ///< raw bytes; empty: has none
  std::string salt = {};           ///< raw bytes
  bool disabled = false;
  std::optional<core::Timestamp> created_at = {};
};

enum class ImportOutcome { imported, changed, unchanged, migrated, duplicate, has_account };

/// Puts a user in, or brings a waiting one up to date. duplicate: another one waits with the address;
/// has_account: one of ours has it; migrated: has come already. Of those three nothing is written.
ImportOutcome import_legacy_user(db::Executor& db, const LegacyUser& user, core::Timestamp now);

/// The password that counts for an address: of one that waits, or whose account has no other yet.
struct LegacyPassword {
  std::string local_id;
  bool email_verified = false;
  std::string display_name;
  std::string password_hash;
  std::string salt;
  std::optional<core::Uuid> user_id;  ///< of the account that was made already
};
std::optional<LegacyPassword> find_legacy_password(db::Executor& db, std::string_view email_canonical);

/// Somebody of that address waits, disabled or not.
bool is_legacy_waiting(db::Executor& db, std::string_view email_canonical);

/// One that waits and is not disabled, locked.
struct LegacyPerson {
  std::string local_id;
  bool email_verified = false;
  std::string display_name;
};
std::optional<LegacyPerson> lock_legacy_person(db::Executor& db, std::string_view email_canonical);

/// Records which account a person got; the password stays. False when somebody was faster.
bool mark_legacy_materialised(db::Executor& db, std::string_view local_id, const core::Uuid& user_id,
                              core::Timestamp now);
/// The same, and takes the password away. False when it was taken already.
bool take_legacy_password(db::Executor& db, std::string_view local_id, const core::Uuid& user_id,
                          core::Timestamp now);
/// Takes every password away; returns how many.
std::int64_t drop_legacy_passwords(db::Executor& db);

struct LegacyCounts {
  std::int64_t waiting = 0;
  std::int64_t with_password = 0;
  std::int64_t migrated = 0;
};
LegacyCounts count_legacy(db::Executor& db);

std::span<const db::Query> legacy_queries();

}  // namespace account
