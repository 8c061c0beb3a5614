#include "account/legacy_accounts.hpp"

#include "core/error.hpp"
#include "core/log.hpp"

#include "account/legacy_store.hpp"

#include <utility>

namespace account {
namespace {

User new_user(const mail::Address& address, bool is_verified, std::string display_name, core::Timestamp now) {
  User user;
  user.id = core::make_uuid_v7(now);
  user.email = address.text;
  if (is_verified) user.email_verified_at = now;
  user.display_name = std::move(display_name);
  user.created_at = now;
  return user;
}

/// Makes the account, or takes over the one made for a link. False when somebody was faster.
bool take_over(db::Transaction& tx, const mail::Address& address, const LegacyPassword& legacy,
               const std::string& phc, core::Timestamp now) {
  auto id = legacy.user_id.value_or(core::Uuid{});
  if (!legacy.user_id) {
    const auto user = new_user(address, legacy.email_verified, legacy.display_name, now);
    if (!insert_user(tx, user, address.canonical)) return false;
    id = user.id;
  }
  if (!take_legacy_password(tx, legacy.local_id, id, now)) {
    if (legacy.user_id) return false;
    // Whoever took it had another address; the account just made must not stay.
    throw core::Error(core::ErrorKind::unavailable, "unavailable",
                      "The account is being brought over. Try again.");
  }
  put_password(tx, id, phc, legacy.email_verified, now);
  return true;
}

}  // namespace

bool is_after(const std::optional<core::Day>& last_day, core::Timestamp now) {
  return last_day && now >= core::Timestamp(std::chrono::sys_days(core::add_days(*last_day, 1)));
}

std::optional<UserRow> FirebaseAccounts::adopt(const mail::Address& address, std::string_view password,
                                               db::Deadline deadline) {
  const auto now = clock_.now();
  if (is_after(options_.drop_after, now)) return std::nullopt;
  std::optional<LegacyPassword> legacy;
  {
    const auto lease = pool_.acquire(deadline);
    db::OnSession db(*lease, deadline);
    legacy = find_legacy_password(db, address.canonical);
  }
  if (!legacy) return std::nullopt;
  const bool is_right = passwords_.check(
      [&] { return options_.scrypt.is_hash_of(password, legacy->salt, legacy->password_hash); });
  if (!is_right) return std::nullopt;
  const auto phc = passwords_.hash(password);
  bool is_ours = false;
  std::optional<UserRow> row;
  pool_.transact(deadline, [&](db::Transaction& tx) {
    is_ours = take_over(tx, address, *legacy, phc, now);
    row = find_user_by_email(tx, address.canonical);
  });
  if (is_ours) core::log_info("auth.legacy_adopted", {{"user_id", core::to_string(row->user.id)}});
  // At the same moment the person signed in elsewhere too: that made the account, and its password counts.
  if (!is_ours && (!row || !passwords_.verify(row->phc, password))) return std::nullopt;
  return row;
}

bool FirebaseAccounts::knows(const mail::Address& address, db::Deadline deadline) {
  const auto lease = pool_.acquire(deadline);
  db::OnSession db(*lease, deadline);
  return is_legacy_waiting(db, address.canonical);
}

std::optional<UserRow> bring_in_legacy(db::Executor& db, const mail::Address& address, core::Timestamp now) {
  const auto person = lock_legacy_person(db, address.canonical);
  if (!person) return std::nullopt;
  const auto user = new_user(address, person->email_verified, person->display_name, now);
  if (insert_user(db, user, address.canonical)) mark_legacy_materialised(db, person->local_id, user.id, now);
  return find_user_by_email(db, address.canonical);
}

}  // namespace account
