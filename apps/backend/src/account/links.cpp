#include "account/links.hpp"

#include "core/error.hpp"
#include "core/log.hpp"

#include "account/api_token_store.hpp"
#include "account/link_codes.hpp"
#include "account/link_store.hpp"
#include "account/session_store.hpp"
#include "account/token.hpp"
#include "account/user_store.hpp"

#include <algorithm>
#include <utility>

namespace account {
namespace {

using namespace std::chrono_literals;

constexpr RateRule kMailPerIp{"mail.ip", 20, 1h};
constexpr RateRule kMailPerEmailHour{"mail.email.hour", 5, 1h};
constexpr RateRule kMailPerEmailDay{"mail.email.day", 20, 24h};
constexpr RateRule kMailInAll{"mail.all", 500, 1h};
constexpr RateRule kInvalidLinkPerIp{"link.invalid.ip", 30, 5min};
constexpr RateRule kCodePerIp{"link.code.ip", 30, 5min};
constexpr auto kBetweenMails = 60s;
constexpr int kCodeTries = 5;

core::Error unauthenticated() {
  return {core::ErrorKind::unauthenticated, "unauthenticated", "Sign in first."};
}

core::Error email_fault(std::string_view code, std::string_view message) {
  return core::Error::invalid("validation_failed", "A value is not acceptable.",
                              {{"email", std::string(code), std::string(message)}});
}

core::Error refusal_of(LinkState state) {
  const auto gone = [](const char* code, const char* text) {
    return core::Error(core::ErrorKind::not_found, code, text);
  };
  switch (state) {
    case LinkState::used:
      return gone("link.used", "The link was used already. Ask for a new one.");
    case LinkState::superseded:
      return gone("link.superseded", "There is a newer link: only the newest one works.");
    case LinkState::expired:
      return gone("link.expired", "The link is too old. Ask for a new one.");
    case LinkState::open:
      break;
  }
  return gone("link.unknown", "The link is not known. Ask for a new one.");
}

core::Error code_refused() {
  return core::Error(core::ErrorKind::invalid_input, "link.code_refused",
                     "The code is wrong, or it counts no more. Ask for a new one.");
}

std::string known_locale(const std::string& text) {
  const bool fits = text.size() >= 2 && text.size() <= 10 && std::ranges::all_of(text, [](char c) {
                      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
                    });
  return fits ? text : "en";
}

std::string slot_key(const KeyRing& keys, MailPurpose purpose, const mail::Address& address) {
  std::string message(to_string(purpose));
  message += '\0';
  message += address.canonical;
  const auto mac = keys.mac("mail-slot/v1", message);
  return {reinterpret_cast<const char*>(mac.data()), mac.size()};
}

std::optional<core::Uuid> caller_id(const LinkUse& use) {
  return use.caller ? std::optional(use.caller->user_id) : std::nullopt;
}

/// Nobody's link counts for somebody who is not signed in but should be.
std::optional<core::Uuid> only_user(const LinkUse& use) {
  if (!use.only_callers) return std::nullopt;
  if (!use.caller) throw unauthenticated();
  return use.caller->user_id;
}

/// The mailbox is proven for the first time: what somebody set up without that proof goes.
void drop_unproven(db::Executor& db, const core::Uuid& user_id, const std::optional<core::Uuid>& keep_session,
                   core::Timestamp now) {
  mark_email_verified(db, user_id, false, now);
  revoke_sessions(db, user_id, keep_session, "mailbox_proven", now);
  revoke_api_tokens(db, user_id, now);
}

User reread(db::Executor& db, const core::Uuid& user_id) {
  if (auto row = find_user(db, user_id)) return std::move(row->user);
  throw refusal_of(LinkState::open);
}

}  // namespace

mail::Address Links::require_wanted_address(const LinkRequest& wanted, db::Deadline deadline) {
  std::optional<UserRow> own;
  if (wanted.caller) {
    db::PumpReader read(parts_.pump, deadline);
    own = find_user(read, wanted.caller->user_id);
    if (!own) throw unauthenticated();
  }
  const bool changes = wanted.purpose == MailPurpose::email_change;
  if (changes && !own) throw unauthenticated();
  const bool asks_own = !changes && own && wanted.email.empty();
  const auto address = mail::parse_address(asks_own ? own->user.email : wanted.email);
  if (!address) throw email_fault("invalid", "must be an e-mail address, name@host.domain");
  if (changes && address->canonical == mail::parse_address(own->user.email)->canonical)
    throw email_fault("unchanged", "must be another address than the present one");
  return *address;
}

core::Uuid Links::request(const LinkRequest& wanted, db::Deadline deadline) {
  const auto address = require_wanted_address(wanted, deadline);
  parts_.limits.require(kMailPerIp, wanted.client_ip, deadline);
  const auto now = parts_.clock.now();
  MailRequest request{.id = core::make_uuid_v7(now),
                      .purpose = wanted.purpose,
                      .email = address.text,
                      .email_canonical = address.canonical,
                      .user_id = wanted.caller ? std::optional(wanted.caller->user_id) : std::nullopt,
                      .locale = known_locale(wanted.locale),
                      .created_at = now};
  db::PumpWriter write(parts_.pump, deadline);
  if (!take_slot(write, slot_key(parts_.keys, wanted.purpose, address), kBetweenMails, now))
    return request.id;
  parts_.limits.require(kMailPerEmailHour, address.canonical, deadline);
  parts_.limits.require(kMailPerEmailDay, address.canonical, deadline);
  if (const auto all = parts_.limits.try_once(kMailInAll, "", deadline); !all.is_allowed) {
    core::log_error("mail.too_much", {{"limit_per_hour", kMailInAll.limit}});
    throw core::Error(core::ErrorKind::unavailable, "unavailable", "No mail can be sent just now.")
        .retry_after(all.reset);
  }
  insert_mail_request(write, request);
  core::log_info("auth.mail_requested",
                 {{"purpose", to_string(wanted.purpose)}, {"email", mail::masked(address)}});
  return request.id;
}

std::optional<LinkPreview> Links::peek(std::string_view token, db::Deadline deadline) {
  if (kind_of(token) != TokenKind::link) return std::nullopt;
  db::PumpReader read(parts_.pump, deadline);
  const auto found = find_link(read, hash_of(token), parts_.clock.now());
  if (!found || found->state != LinkState::open) return std::nullopt;
  const auto address = mail::parse_address(found->email_canonical);
  return LinkPreview{found->purpose, address ? mail::masked(*address) : std::string()};
}

User Links::consume_magic(std::string_view token, const LinkUse& use, db::Deadline deadline) {
  return consume_proof(hash_of(token), use, deadline);
}

User Links::consume_code(const core::Uuid& request_id, std::string_view code, const LinkUse& use,
                         db::Deadline deadline) {
  parts_.limits.require(kCodePerIp, use.client_ip, deadline);
  db::PumpWriter write(parts_.pump, deadline);
  const auto attempt = take_code_try(write, request_id, kCodeTries, parts_.clock.now());
  // Without a link all is done the same: a try is counted with the request, which is there for every address.
  const bool right = parts_.keys.is_mac(kLinkCodeKey, code_message(request_id, code),
                                        attempt ? std::string_view(attempt->code_hash) : std::string_view());
  if (!attempt || !right) {
    core::log_info("auth.code_refused", {{"request_id", core::to_string(request_id)}});
    throw code_refused();
  }
  try {
    return consume_proof(attempt->token_hash, use, deadline);
  } catch (const core::Error& error) {
    // Used or superseded since: to whoever types a code that is one and the same.
    if (error.code().starts_with("link.")) throw code_refused();
    throw;
  }
}

User Links::consume_proof(std::string_view token_hash, const LinkUse& use, db::Deadline deadline) {
  const auto now = parts_.clock.now();
  std::optional<User> user;
  parts_.pool.transact(deadline, [&](db::Transaction& tx) {
    user.reset();
    const auto consumed = consume_link(tx, token_hash, MailPurpose::magic_link, only_user(use), now);
    if (!consumed) return;
    const auto row = find_user(tx, consumed->user_id);
    if (!row) return;
    const bool is_first_proof =
        !row->user.email_verified_at || (!row->phc.empty() && !row->password_is_proven);
    // Whoever holds a session and the mailbox has set the password up themselves.
    if (is_first_proof && caller_id(use) == consumed->user_id) {
      mark_email_verified(tx, consumed->user_id, true, now);
    } else if (is_first_proof) {
      drop_unproven(tx, consumed->user_id, std::nullopt, now);
    }
    user = reread(tx, consumed->user_id);
  });
  if (!user) refuse(token_hash, MailPurpose::magic_link, use, deadline);
  core::log_info("auth.link_used", {{"purpose", "magic_link"}, {"user_id", core::to_string(user->id)}});
  return *std::move(user);
}

User Links::reset_password(std::string_view token, std::string_view new_password, const LinkUse& use,
                           db::Deadline deadline) {
  const auto token_hash = hash_of(token);
  const auto now = parts_.clock.now();
  std::optional<LinkRow> found;
  {
    db::PumpReader read(parts_.pump, deadline);
    found = find_link(read, token_hash, now);
  }
  const bool is_open =
      found && found->state == LinkState::open && found->purpose == MailPurpose::password_reset;
  if (!is_open) refuse(token_hash, MailPurpose::password_reset, use, deadline);
  // One who holds the link at the same time may be quicker: then nothing of ours is kept.
  bool won = true;
  const auto consume = [&](db::Transaction& tx) {
    won = consume_link(tx, token_hash, MailPurpose::password_reset, std::nullopt, now).has_value();
    if (!won) throw refusal_of(LinkState::used);
  };
  try {
    parts_.accounts.reset_password(found->user_id, new_password, deadline, consume);
  } catch (const core::Error&) {
    if (won) throw;
    refuse(token_hash, MailPurpose::password_reset, use, deadline);
  }
  db::PumpReader read(parts_.pump, deadline);
  return reread(read, found->user_id);
}

User Links::verify_email(std::string_view token, const LinkUse& use, db::Deadline deadline) {
  const auto token_hash = hash_of(token);
  const auto now = parts_.clock.now();
  std::optional<User> user;
  parts_.pool.transact(deadline, [&](db::Transaction& tx) {
    user.reset();
    const auto consumed = consume_link(tx, token_hash, MailPurpose::email_verification, only_user(use), now);
    if (!consumed) return;
    const auto& id = consumed->user_id;
    if (caller_id(use) == id || !was_registered_again(tx, id)) {
      mark_email_verified(tx, id, true, now);
    } else {
      drop_unproven(tx, id, std::nullopt, now);
    }
    user = reread(tx, id);
  });
  if (!user) refuse(token_hash, MailPurpose::email_verification, use, deadline);
  core::log_info("auth.link_used",
                 {{"purpose", "email_verification"}, {"user_id", core::to_string(user->id)}});
  return *std::move(user);
}

User Links::confirm_email_change(std::string_view token, const LinkUse& use, db::Deadline deadline) {
  if (!use.caller) throw unauthenticated();
  auto own = use;
  own.only_callers = true;
  const auto token_hash = hash_of(token);
  const auto& caller = *use.caller;
  const auto now = parts_.clock.now();
  std::optional<User> user;
  parts_.pool.transact(deadline, [&](db::Transaction& tx) {
    user.reset();
    const auto consumed = consume_link(tx, token_hash, MailPurpose::email_change, caller.user_id, now);
    if (!consumed) return;
    const auto before = reread(tx, caller.user_id);
    if (!change_email(tx, caller.user_id, consumed->email, consumed->email_canonical, now))
      throw core::Error(core::ErrorKind::conflict, "email_taken", "There is an account with this address.");
    revoke_sessions(tx, caller.user_id, caller.credential_id, "email_changed", now);
    supersede_links(tx, caller.user_id, now);
    const auto next = mail::parse_address(consumed->email);
    const auto old = mail::parse_address(before.email);
    if (old && next) {
      parts_.outbox.enqueue(tx,
                            {.kind = mail::MailKind::email_changed,
                             .to = *old,
                             .user_id = caller.user_id,
                             .values = {{"masked_email", mail::masked(*next)}}},
                            now);
    }
    user = reread(tx, caller.user_id);
  });
  if (!user) refuse(token_hash, MailPurpose::email_change, own, deadline);
  core::log_info("auth.email_changed", {{"user_id", core::to_string(user->id)}});
  return *std::move(user);
}

void Links::refuse(std::string_view token_hash, MailPurpose purpose, const LinkUse& use,
                   db::Deadline deadline) {
  parts_.limits.require(kInvalidLinkPerIp, use.client_ip, deadline);
  db::PumpReader read(parts_.pump, deadline);
  const auto found = find_link(read, token_hash, parts_.clock.now());
  const bool is_theirs =
      found && found->purpose == purpose && (!use.only_callers || caller_id(use) == found->user_id);
  const auto state = is_theirs ? found->state : LinkState::open;
  core::log_info("auth.link_refused", {{"purpose", to_string(purpose)}, {"code", refusal_of(state).code()}});
  throw refusal_of(state);
}

}  // namespace account
