#pragma once
// The worker's side of links: looks at a noted request, makes the token and writes the mail, in one
// transaction. Who asked for an address that is not known hears nothing.

#include "core/clock.hpp"
#include "db/executor.hpp"
#include "jobs/runner.hpp"

#include "account/keyring.hpp"
#include "account/mail_request_store.hpp"
#include "account/user_store.hpp"
#include "mail/outbox.hpp"

#include <chrono>
#include <functional>
#include <optional>

namespace account {

/// How long what was mailed can be used.
std::chrono::seconds life_of(MailPurpose purpose);

class LinkIssuer {
 public:
  struct Parts {
    const core::Clock& clock;
    const KeyRing& keys;
    const mail::Outbox& outbox;
    /// For an address without an account here: an account brought along from elsewhere, made within the
    /// transaction, not yet proven and without a password. May be empty.
    std::function<std::optional<UserRow>(db::Executor&, const mail::Address&)> bring_in = {};
  };
  explicit LinkIssuer(Parts parts) : parts_(std::move(parts)) {}

  /// Answers the request, if it is still open. Within a transaction.
  void issue(db::Executor& db, const core::Uuid& request_id) const;

  /// Job kind "account.mail", args version 1: {"requestId": uuid}. The issuer must outlive it.
  jobs::JobKind kind() const;

 private:
  void answer(db::Executor& db, const MailRequest& request, const mail::Address& address) const;
  void answer_registration(db::Executor& db, const MailRequest& request, const mail::Address& address) const;
  void answer_change(db::Executor& db, const MailRequest& request, const mail::Address& address) const;
  std::optional<User> find_active(db::Executor& db, const mail::Address& address) const;
  void send_link(db::Executor& db, const MailRequest& request, MailPurpose purpose, const User& user,
                 const mail::Address& address) const;
  void send_notice(db::Executor& db, const MailRequest& request, mail::MailKind kind, const User& user,
                   const mail::Address& address) const;

  Parts parts_;
};

}  // namespace account
