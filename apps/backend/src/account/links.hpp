#pragma once
// What is sent by mail and comes back once: magic links with their codes, password resets, verifications and
// changes of the address. Asking never shows whether an address is known: the request is noted, and the
// worker looks (link_issuer.hpp). Only POST requests may call what consumes.

#include "core/clock.hpp"
#include "db/pool.hpp"
#include "db/pump.hpp"

#include "account/account.hpp"
#include "account/accounts.hpp"
#include "account/keyring.hpp"
#include "account/mail_request_store.hpp"
#include "account/rate_limiter.hpp"
#include "mail/address.hpp"
#include "mail/outbox.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace account {

/// What somebody asks to be mailed.
struct LinkRequest {
  /// magic_link, password_reset, email_verification or email_change.
  MailPurpose purpose = MailPurpose::magic_link;
  /// email_change: the new address. Otherwise empty for the caller's own.
  std::string email = {};
  std::string locale = "en";
  std::string client_ip = {};
  /// email_change needs one; the endpoint has seen to it that they are elevated.
  std::optional<Caller> caller = {};
};

/// Who brings a link or code back.
struct LinkUse {
  std::string client_ip = {};
  std::optional<Caller> caller = {};  ///< whom the browser or app is signed in as
  /// Only a link of the caller's own counts: elevating by mail.
  bool only_callers = false;
};

/// What a page may show of a link before it is used.
struct LinkPreview {
  MailPurpose purpose = MailPurpose::magic_link;
  std::string masked_email;  ///< "j***@example.org"
};

class Links {
 public:
  struct Parts {
    db::Pool& pool;
    db::Pump& pump;
    const core::Clock& clock;
    const KeyRing& keys;
    RateLimiter& limits;
    Accounts& accounts;
    const mail::Outbox& outbox;
  };
  explicit Links(Parts parts) : parts_(parts) {}

  /// Returns the request's id, which the code of a magic link is bound to. Within a minute of another request
  /// for the same address and purpose nothing is sent, and the id is good for nothing; the answer is the
  /// same. Throws invalid_input "validation_failed" (email), rate_limited, unavailable (too much mail in
  /// all), unauthenticated without the caller that it needs.
  core::Uuid request(const LinkRequest& wanted, db::Deadline deadline);

  /// What an open link is for; nullopt for any other text. Changes nothing.
  std::optional<LinkPreview> peek(std::string_view token, db::Deadline deadline);

  /// The person whom the link names; Accounts::open_session or elevate_proven follows. The first proof of a
  /// mailbox removes a password that was set without one, and ends what was opened with it, except when the
  /// person is the caller. Throws not_found "link.expired", "link.used", "link.superseded", "link.unknown"
  /// (all 410); rate_limited.
  User consume_magic(std::string_view token, const LinkUse& use, db::Deadline deadline);

  /// The same by the code that the mail holds and the id of the request that asked for it. Throws
  /// invalid_input "link.code_refused" alike for a wrong code, an unknown or old request and more than five
  /// tries; rate_limited.
  User consume_code(const core::Uuid& request_id, std::string_view code, const LinkUse& use,
                    db::Deadline deadline);

  /// Sets a password, ends every session and API token, opens none. A password that is not acceptable
  /// ("validation_failed", at newPassword) leaves the link as it is. Throws as consume_magic.
  User reset_password(std::string_view token, std::string_view new_password, const LinkUse& use,
                      db::Deadline deadline);

  /// Marks the mailbox as proven. The password stays, unless somebody wanted to register the address after
  /// the account was there: then nobody knows whose it is. Throws as consume_magic.
  User verify_email(std::string_view token, const LinkUse& use, db::Deadline deadline);

  /// The account gets the address that was asked for, if `use.caller` is its owner: the mailbox alone must
  /// not move anybody's account to it. All other sessions end and the old address is told. Throws as
  /// consume_magic; unauthenticated without a caller; conflict "email_taken" when an account got the address
  /// in the meantime.
  User confirm_email_change(std::string_view token, const LinkUse& use, db::Deadline deadline);

 private:
  mail::Address require_wanted_address(const LinkRequest& wanted, db::Deadline deadline);
  User consume_proof(std::string_view token_hash, const LinkUse& use, db::Deadline deadline);
  /// Counts the try and throws what the state of the token says.
  [[noreturn]] void refuse(std::string_view token_hash, MailPurpose purpose, const LinkUse& use,
                           db::Deadline deadline);

  Parts parts_;
};

}  // namespace account
