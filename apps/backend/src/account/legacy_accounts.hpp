#pragma once
// Accounts brought along from Firebase Authentication: each becomes one of ours when its person first comes.

#include "core/clock.hpp"
#include "db/pool.hpp"

#include "account/accounts.hpp"
#include "account/firebase_scrypt.hpp"

#include <optional>

namespace account {

struct FirebaseOptions {
  FirebaseScrypt scrypt = {};
  /// The last day, UTC, on which the passwords count.
  std::optional<core::Day> drop_after = {};
};

/// Whether `now` lies behind the last day; false without one.
bool is_after(const std::optional<core::Day>& last_day, core::Timestamp now);

class FirebaseAccounts final : public LegacyAccounts {
 public:
  /// All must outlive it.
  FirebaseAccounts(db::Pool& pool, const core::Clock& clock, PasswordHasher& passwords,
                   FirebaseOptions options)
      : pool_(pool), clock_(clock), passwords_(passwords), options_(std::move(options)) {}

  std::optional<UserRow> adopt(const mail::Address& address, std::string_view password,
                               db::Deadline deadline) override;
  bool knows(const mail::Address& address, db::Deadline deadline) override;

 private:
  db::Pool& pool_;
  const core::Clock& clock_;
  PasswordHasher& passwords_;
  FirebaseOptions options_;
};

/// Makes an account without a password of ours of the one that waits, so that a link can be mailed to it: for
/// a magic link, a reset, or the answer to somebody who registers an address that is known. The password from
/// elsewhere goes on to count until another is set. nullopt when none waits, or it was disabled. Within a
/// transaction.
std::optional<UserRow> bring_in_legacy(db::Executor& db, const mail::Address& address, core::Timestamp now);

}  // namespace account
