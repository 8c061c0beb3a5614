#include "account/link_issuer.hpp"

#include "core/error.hpp"
#include "core/json.hpp"
#include "core/log.hpp"

#include "account/link_codes.hpp"
#include "account/link_paths.hpp"
#include "account/link_store.hpp"
#include "account/token.hpp"

#include <utility>

namespace account {
namespace {

using namespace std::chrono_literals;

/// A worker that was away for longer does not send what nobody waits for any more.
constexpr auto kStale = 1h;
/// Mails that answer registrations of one address, in an hour.
constexpr std::int64_t kRegistrationsPerHour = 5;
constexpr auto kJobDeadline = 30s;

core::Uuid request_id_of(const jobs::ClaimedJob& job) {
  const auto args = core::JsonDocument::parse(job.args);
  if (const auto id = core::parse_uuid(args.root()["requestId"].string().value_or(""))) return *id;
  throw core::Error(core::ErrorKind::invalid_input, "job.bad_args", "The job names no request.");
}

mail::MailKind kind_of(MailPurpose purpose) {
  switch (purpose) {
    case MailPurpose::magic_link:
      return mail::MailKind::magic_link;
    case MailPurpose::password_reset:
      return mail::MailKind::password_reset;
    case MailPurpose::email_change:
      return mail::MailKind::email_change;
    case MailPurpose::password_changed:
      return mail::MailKind::password_changed;
    case MailPurpose::registration:
    case MailPurpose::email_verification:
      break;
  }
  return mail::MailKind::verify_email;
}

}  // namespace

std::chrono::seconds life_of(MailPurpose purpose) {
  if (purpose == MailPurpose::magic_link) return 10min;
  return purpose == MailPurpose::password_reset ? std::chrono::seconds(60min) : std::chrono::seconds(24h);
}

void LinkIssuer::issue(db::Executor& db, const core::Uuid& request_id) const {
  const auto request = find_open_mail_request(db, request_id);
  if (!request) return;
  const auto now = parts_.clock.now();
  const bool is_notice = request->purpose == MailPurpose::password_changed;
  const auto address = mail::parse_address(request->email);
  if (address && (is_notice || now - request->created_at < kStale)) answer(db, *request, *address);
  finish_mail_request(db, request_id, now);
}

void LinkIssuer::answer(db::Executor& db, const MailRequest& request, const mail::Address& address) const {
  if (request.purpose == MailPurpose::registration) return answer_registration(db, request, address);
  if (request.purpose == MailPurpose::email_change) return answer_change(db, request, address);
  const auto user = find_active(db, address);
  if (!user) return;
  switch (request.purpose) {
    case MailPurpose::password_changed:
      return send_notice(db, request, mail::MailKind::password_changed, *user, address);
    case MailPurpose::email_verification:
      if (user->email_verified_at) return;
      [[fallthrough]];
    case MailPurpose::magic_link:
    case MailPurpose::password_reset:
      return send_link(db, request, request.purpose, *user, address);
    case MailPurpose::registration:
    case MailPurpose::email_change:
      break;
  }
}

void LinkIssuer::answer_registration(db::Executor& db, const MailRequest& request,
                                     const mail::Address& address) const {
  const auto recent = count_requests(db, address.canonical, request.purpose, request.created_at - 1h);
  const auto user = find_active(db, address);
  if (!user || recent > kRegistrationsPerHour) return;
  if (user->email_verified_at)
    return send_notice(db, request, mail::MailKind::already_registered, *user, address);
  send_link(db, request, MailPurpose::email_verification, *user, address);
}

void LinkIssuer::answer_change(db::Executor& db, const MailRequest& request,
                               const mail::Address& address) const {
  if (!request.user_id) return;
  const auto asking = find_user(db, *request.user_id);
  if (!asking || asking->user.status != UserStatus::active) return;
  const auto holder = find_user_by_email(db, address.canonical);
  if (!holder) return send_link(db, request, MailPurpose::email_change, asking->user, address);
  if (holder->user.status == UserStatus::active && holder->user.id != asking->user.id)
    send_notice(db, request, mail::MailKind::address_wanted, holder->user, address);
}

std::optional<User> LinkIssuer::find_active(db::Executor& db, const mail::Address& address) const {
  auto row = find_user_by_email(db, address.canonical);
  if (!row && parts_.bring_in) row = parts_.bring_in(db, address);
  if (!row || row->user.status != UserStatus::active) return std::nullopt;
  return std::move(row->user);
}

void LinkIssuer::send_link(db::Executor& db, const MailRequest& request, MailPurpose purpose,
                           const User& user, const mail::Address& address) const {
  if (!lock_user(db, user.id)) return;
  // To the address of the account, however whoever asked has typed it.
  const auto own = mail::parse_address(user.email);
  const auto now = parts_.clock.now();
  const auto token = make_token(TokenKind::link);
  NewLink link{.id = core::make_uuid_v7(now),
               .purpose = purpose,
               .user_id = user.id,
               .email_canonical = address.canonical,
               .request_id = request.id,
               .token_hash = hash_of(token),
               .created_at = now,
               .expires_at = now + life_of(purpose)};
  mail::OutboxMail letter{.kind = kind_of(purpose),
                          .to = purpose == MailPurpose::email_change || !own ? address : *own,
                          .user_id = user.id,
                          .values = {{"path", link_path(purpose, token)}},
                          .expires_at = link.expires_at};
  if (purpose == MailPurpose::magic_link) {
    const auto code = make_code();
    link.code_hash = code_hash(parts_.keys, request.id, code);
    letter.values["code"] = code;
  }
  insert_link(db, link);
  parts_.outbox.enqueue(db, letter, now);
}

void LinkIssuer::send_notice(db::Executor& db, const MailRequest& request, mail::MailKind kind,
                             const User& user, const mail::Address& address) const {
  mail::OutboxMail letter{.kind = kind, .to = address, .user_id = user.id};
  if (kind == mail::MailKind::already_registered) letter.values["path"] = kSignInPage;
  if (kind == mail::MailKind::password_changed) letter.values["path"] = kForgotPage;
  core::log_debug("auth.notice", {{"kind", to_string(kind)}, {"request_id", core::to_string(request.id)}});
  parts_.outbox.enqueue(db, letter, parts_.clock.now());
}

jobs::JobKind LinkIssuer::kind() const {
  const auto run = [this](jobs::JobContext& context) -> jobs::Effect {
    return [this, id = request_id_of(context.job())](db::Transaction& tx) { issue(tx, id); };
  };
  return {.run = run, .deadline = kJobDeadline, .args_version = 1};
}

}  // namespace account
