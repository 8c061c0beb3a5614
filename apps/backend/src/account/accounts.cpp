#include "account/accounts.hpp"

#include "core/error.hpp"
#include "core/log.hpp"

#include "account/api_token_store.hpp"
#include "account/invite_store.hpp"
#include "account/link_store.hpp"
#include "account/mail_request_store.hpp"
#include "account/session_store.hpp"
#include "account/token.hpp"

#include <utility>

namespace account {
namespace {

using namespace std::chrono_literals;

constexpr RateRule kRegisterPerIp{"register.ip", 10, 1h};
constexpr RateRule kSignInPerEmail{"sign_in.email", 10, 15min};
constexpr RateRule kSignInPerIp{"sign_in.ip", 50, 15min};
constexpr RateRule kPasswordPerUser{"password.user", 5, 10min};
constexpr auto kElevation = 10min;
constexpr std::size_t kMaxDisplayName = 100;

core::Error invalid_credentials() {
  return {core::ErrorKind::unauthenticated, "invalid_credentials",
          "The address and the password do not belong together."};
}

mail::Address require_address(std::string_view email, std::string_view field) {
  if (auto address = mail::parse_address(email)) return *std::move(address);
  throw core::Error::invalid(
      "validation_failed", "A value is not acceptable.",
      {{std::string(field), "invalid", "must be an e-mail address, name@host.domain"}});
}

/// Bytes of UTF-8 are at least characters: a quick bound, the database holds the exact one.
void require_display_name(std::string_view name) {
  if (name.size() <= 4 * kMaxDisplayName && name.find_first_of("\r\n\t") == std::string_view::npos) return;
  throw core::Error::invalid(
      "validation_failed", "A value is not acceptable.",
      {{"displayName", "invalid", "must have at most 100 characters and no line breaks"}});
}

User new_user(const mail::Address& address, std::string display_name, core::Timestamp now) {
  User user;
  user.id = core::make_uuid_v7(now);
  user.email = address.text;
  user.display_name = std::move(display_name);
  user.created_at = now;
  return user;
}

MailRequest mail_request(MailPurpose purpose, const mail::Address& address, core::Timestamp now) {
  return {.id = core::make_uuid_v7(now),
          .purpose = purpose,
          .email = address.text,
          .email_canonical = address.canonical,
          .created_at = now};
}

}  // namespace

void Accounts::require_acceptable(std::string_view password, const mail::Address& address,
                                  std::string_view field) const {
  auto context = options_.context_words;
  context.emplace_back(address.text.substr(0, address.text.find('@')));
  context.emplace_back(address.domain());
  auto faults = check_new_password(password, context, field);
  if (!faults.empty())
    throw core::Error::invalid("validation_failed", "The password is not acceptable.", std::move(faults));
}

std::optional<User> Accounts::register_user(const Registration& wanted, const std::string& client_ip,
                                            db::Deadline deadline) {
  const auto address = require_address(wanted.email, "email");
  require_acceptable(wanted.password, address, "password");
  require_display_name(wanted.display_name);
  parts_.limits.require(kRegisterPerIp, client_ip, deadline);
  const auto now = parts_.clock.now();
  if (options_.invite_only) {
    db::PumpReader read(parts_.pump, deadline);
    if (!is_invite_open(read, hash_of(normalise_readable_code(wanted.invite_code)), now)) {
      throw core::Error(core::ErrorKind::forbidden, "invite_required",
                        "Registering needs an invitation that is still open.");
    }
  }
  // The hash is made whether or not the address is free: both take equally long.
  const auto phc = parts_.passwords.hash(wanted.password);
  const auto user = new_user(address, wanted.display_name, now);
  store_new_user(user, address, phc, wanted, deadline);
  if (options_.registration == RegistrationMode::verify_first) return std::nullopt;
  return user;
}

void Accounts::store_new_user(const User& user, const mail::Address& address, const std::string& phc,
                              const Registration& wanted, db::Deadline deadline) {
  const auto now = user.created_at;
  const bool shows = options_.registration == RegistrationMode::instant;
  const bool is_legacy = parts_.legacy != nullptr && parts_.legacy->knows(address, deadline);
  parts_.pool.transact(deadline, [&](db::Transaction& tx) {
    const bool is_new = !is_legacy && insert_user(tx, user, address.canonical);
    if (!is_new && shows) {
      throw core::Error(core::ErrorKind::conflict, "email_taken", "There is an account with this address.");
    }
    if (is_new) put_password(tx, user.id, phc, false, now);
    if (is_new && options_.invite_only &&
        !redeem_invite(tx, hash_of(normalise_readable_code(wanted.invite_code)), user.id, now)) {
      throw core::Error(core::ErrorKind::forbidden, "invite_required",
                        "Registering needs an invitation that is still open.");
    }
    auto request = mail_request(MailPurpose::registration, address, now);
    request.locale = wanted.locale;
    insert_mail_request(tx, request);
  });
}

OpenedSession Accounts::sign_in(const SignInRequest& request, const std::string& client_ip,
                                db::Deadline deadline) {
  const auto address = require_address(request.email, "email");
  parts_.limits.require(kSignInPerIp, client_ip, deadline);
  parts_.limits.require(kSignInPerEmail, address.canonical, deadline);
  db::PumpReader read(parts_.pump, deadline);
  auto row = find_user_by_email(read, address.canonical);
  bool proven = parts_.passwords.verify(row ? row->phc : "", request.password);
  if ((!row || row->phc.empty()) && parts_.legacy != nullptr) {
    // An account that was only made for a link to be mailed keeps its password from elsewhere.
    if (auto adopted = parts_.legacy->adopt(address, request.password, deadline)) {
      row = std::move(adopted);
      proven = true;
    }
  }
  const bool may = proven && row->user.status == UserStatus::active &&
                   (row->user.email_verified_at || options_.registration == RegistrationMode::instant);
  if (!may) {
    core::log_info("auth.sign_in_refused", {{"email", mail::masked(address)}});
    throw invalid_credentials();
  }
  parts_.limits.forget(kSignInPerEmail, address.canonical, deadline);
  if (parts_.passwords.needs_rehash(row->phc)) {
    db::PumpWriter write(parts_.pump, deadline);
    rehash_password(write, row->user.id, row->phc, parts_.passwords.hash(request.password));
  }
  return open_session(row->user, request.client, deadline);
}

OpenedSession Accounts::open_session(const User& user, const ClientFacts& client, db::Deadline deadline) {
  const auto now = parts_.clock.now();
  const auto life = life_of(client.kind);
  OpenedSession opened{.user = user, .session = {}, .token = make_token(TokenKind::session)};
  opened.session = {.id = core::make_uuid_v7(now),
                    .user_id = user.id,
                    .client = client,
                    .created_at = now,
                    .last_seen_at = now,
                    .idle_expires_at = now + life.idle,
                    .absolute_expires_at = now + life.absolute,
                    .elevated_until = now + kElevation};
  db::PumpWriter write(parts_.pump, deadline);
  insert_session(write, opened.session, hash_of(opened.token));
  core::log_info("auth.signed_in",
                 {{"user_id", core::to_string(user.id)}, {"client", to_string(client.kind)}});
  return opened;
}

OpenedSession Accounts::open_session_of(const core::Uuid& user_id, const ClientFacts& client,
                                        db::Deadline deadline) {
  db::PumpReader read(parts_.pump, deadline);
  const auto row = find_user(read, user_id);
  if (!row) throw core::Error(core::ErrorKind::not_found, "not_found", "There is no such account.");
  return open_session(row->user, client, deadline);
}

void Accounts::sign_out(const Caller& caller, db::Deadline deadline) {
  db::PumpWriter write(parts_.pump, deadline);
  revoke_session(write, caller.user_id, caller.credential_id, "signed_out", parts_.clock.now());
}

std::vector<Session> Accounts::sessions(const Caller& caller, db::Deadline deadline) {
  db::PumpReader read(parts_.pump, deadline);
  return list_sessions(read, caller.user_id, parts_.clock.now());
}

OpenedSession Accounts::current(const Caller& caller, db::Deadline deadline) {
  const auto row = require_user(caller, deadline);
  for (auto& session : sessions(caller, deadline)) {
    if (session.id == caller.credential_id) return {row.user, std::move(session), {}};
  }
  throw core::Error(core::ErrorKind::unauthenticated, "session_revoked",
                    "The session was ended. Sign in again.");
}

void Accounts::revoke(const Caller& caller, const core::Uuid& session_id, db::Deadline deadline) {
  db::PumpWriter write(parts_.pump, deadline);
  if (!revoke_session(write, caller.user_id, session_id, "revoked", parts_.clock.now()))
    throw core::Error(core::ErrorKind::not_found, "session.not_found", "There is no such session.");
}

std::int64_t Accounts::revoke_others(const Caller& caller, db::Deadline deadline) {
  db::PumpWriter write(parts_.pump, deadline);
  return revoke_sessions(write, caller.user_id, caller.credential_id, "revoked", parts_.clock.now());
}

OpenedSession Accounts::elevate(const Caller& caller, std::string_view password, db::Deadline deadline) {
  const auto row = require_user(caller, deadline);
  require_password(caller, row, password, deadline);
  return rotated(caller, row.user, parts_.clock.now() + kElevation, deadline);
}

OpenedSession Accounts::elevate_proven(const Caller& caller, db::Deadline deadline) {
  const auto row = require_user(caller, deadline);
  return rotated(caller, row.user, parts_.clock.now() + kElevation, deadline);
}

OpenedSession Accounts::change_password(const Caller& caller, std::string_view current, std::string_view next,
                                        db::Deadline deadline) {
  const auto row = require_user(caller, deadline);
  require_password(caller, row, current, deadline);
  const auto address = require_address(row.user.email, "email");
  require_acceptable(next, address, "newPassword");
  const auto phc = parts_.passwords.hash(next);
  const auto now = parts_.clock.now();
  parts_.pool.transact(deadline, [&](db::Transaction& tx) {
    put_password(tx, caller.user_id, phc, row.user.email_verified_at.has_value(), now);
    revoke_sessions(tx, caller.user_id, caller.credential_id, "password_changed", now);
    revoke_api_tokens(tx, caller.user_id, now);
    supersede_links(tx, caller.user_id, now);
    insert_mail_request(tx, mail_request(MailPurpose::password_changed, address, now));
  });
  core::log_info("auth.password_changed", {{"user_id", core::to_string(caller.user_id)}});
  return rotated(caller, row.user, now + kElevation, deadline);
}

void Accounts::reset_password(const core::Uuid& user_id, std::string_view next, db::Deadline deadline,
                              const std::function<void(db::Transaction&)>& first) {
  db::PumpReader read(parts_.pump, deadline);
  const auto row = find_user(read, user_id);
  if (!row) throw invalid_credentials();
  const auto address = require_address(row->user.email, "email");
  require_acceptable(next, address, "newPassword");
  const auto phc = parts_.passwords.hash(next);
  const auto now = parts_.clock.now();
  parts_.pool.transact(deadline, [&](db::Transaction& tx) {
    if (first) first(tx);
    mark_email_verified(tx, user_id, false, now);
    put_password(tx, user_id, phc, true, now);
    revoke_sessions(tx, user_id, std::nullopt, "password_reset", now);
    revoke_api_tokens(tx, user_id, now);
    supersede_links(tx, user_id, now);
    insert_mail_request(tx, mail_request(MailPurpose::password_changed, address, now));
  });
  core::log_info("auth.password_reset", {{"user_id", core::to_string(user_id)}});
}

UserRow Accounts::require_user(const Caller& caller, db::Deadline deadline) {
  db::PumpReader read(parts_.pump, deadline);
  if (auto row = find_user(read, caller.user_id)) return *std::move(row);
  throw core::Error(core::ErrorKind::unauthenticated, "session_revoked", "The account is no more.");
}

void Accounts::require_password(const Caller& caller, const UserRow& row, std::string_view password,
                                db::Deadline deadline) {
  const auto subject = core::to_string(caller.user_id);
  parts_.limits.require(kPasswordPerUser, subject, deadline);
  if (!parts_.passwords.verify(row.phc, password)) throw invalid_credentials();
  parts_.limits.forget(kPasswordPerUser, subject, deadline);
}

OpenedSession Accounts::rotated(const Caller& caller, const User& user,
                                std::optional<core::Timestamp> elevated_until, db::Deadline deadline) {
  OpenedSession opened{.user = user, .session = {}, .token = make_token(TokenKind::session)};
  db::PumpWriter write(parts_.pump, deadline);
  if (!rotate_session(write, caller.user_id, caller.credential_id, hash_of(opened.token), elevated_until,
                      parts_.clock.now())) {
    throw core::Error(core::ErrorKind::unauthenticated, "session_revoked",
                      "The session was ended. Sign in again.");
  }
  opened.session = current(caller, deadline).session;
  return opened;
}

}  // namespace account
