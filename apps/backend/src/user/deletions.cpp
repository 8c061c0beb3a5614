#include "user/deletions.hpp"

#include "core/error.hpp"
#include "core/log.hpp"

#include "account/api_token_store.hpp"
#include "account/session_store.hpp"
#include "account/token.hpp"
#include "mail/outbox_store.hpp"
#include "user/export_store.hpp"
#include "user/person_store.hpp"

namespace user {
namespace {

using namespace std::chrono_literals;

constexpr account::RateRule kWrongTokens{"deletion.token.ip", 30, 5min};

core::Error not_pending() {
  return {core::ErrorKind::not_found, "deletion.not_pending",
          "This link cancels nothing: the deletion was cancelled, or has happened."};
}

PendingDeletion facts_of(const Deletion& deletion) {
  const auto address = mail::parse_address(deletion.email);
  return {.masked_email = address ? mail::masked(*address) : "",
          .requested_at = deletion.requested_at,
          .purge_at = deletion.purge_at};
}

}  // namespace

Deletion Deletions::request(const core::Uuid& user_id, db::Deadline deadline) {
  const auto now = parts_.clock.now();
  const auto token = account::make_token(account::TokenKind::link);
  Deletion deletion;
  parts_.pool.transact(deadline, [&](db::Transaction& tx) {
    lock_person(tx, user_id);
    mark_for_deletion(tx, user_id, now, now + parts_.grace, account::hash_of(token));
    // Devices go with their sessions.
    account::revoke_sessions(tx, user_id, std::nullopt, "deletion_requested", now);
    account::revoke_api_tokens(tx, user_id, now);
    end_links(tx, user_id, now);
    fail_exports_of(tx, user_id, "deletion_requested", now);
    mail::cancel_waiting(tx, user_id, now);
    deletion = find_deletion(tx, user_id).value();
    mail_link(tx, deletion, token, now);
  });
  core::log_info("user.deletion_requested", {{"user_id", core::to_string(user_id)}});
  return deletion;
}

void Deletions::mail_link(db::Executor& db, const Deletion& deletion, const std::string& token,
                          core::Timestamp now) {
  const auto address = mail::parse_address(deletion.email);
  if (!address) return;
  parts_.outbox.enqueue(
      db,
      {.kind = mail::MailKind::deletion_requested,
       .to = *address,
       .user_id = deletion.user_id,
       .values = {{"path", "/auth/deletion/" + token}, {"days", std::to_string(parts_.grace.count())}},
       .expires_at = deletion.purge_at},
      now);
}

std::optional<Deletion> Deletions::state(const core::Uuid& user_id, db::Deadline deadline) {
  db::PumpReader read(parts_.pump, deadline);
  return find_deletion(read, user_id);
}

PendingDeletion Deletions::look_up(std::string_view token, const std::string& client_ip,
                                   db::Deadline deadline) {
  return facts_of(require_pending(token, client_ip, deadline));
}

PendingDeletion Deletions::cancel(std::string_view token, const std::string& client_ip,
                                  db::Deadline deadline) {
  const auto deletion = require_pending(token, client_ip, deadline);
  db::PumpWriter write(parts_.pump, deadline);
  // The purge may have begun, or another click been faster, since the look.
  if (!cancel_deletion(write, deletion.user_id, parts_.clock.now())) throw not_pending();
  core::log_info("user.deletion_cancelled", {{"user_id", core::to_string(deletion.user_id)}});
  return facts_of(deletion);
}

bool Deletions::cancel_for(db::Executor& db, const core::Uuid& user_id, core::Timestamp now) {
  return cancel_deletion(db, user_id, now);
}

Deletion Deletions::require_pending(std::string_view token, const std::string& client_ip,
                                    db::Deadline deadline) {
  db::PumpReader read(parts_.pump, deadline);
  if (account::kind_of(token) == account::TokenKind::link) {
    const auto deletion = find_deletion_by_token(read, account::hash_of(token));
    if (deletion && deletion->is_pending()) return *deletion;
  }
  parts_.limits.require(kWrongTokens, client_ip, deadline);
  throw not_pending();
}

}  // namespace user
