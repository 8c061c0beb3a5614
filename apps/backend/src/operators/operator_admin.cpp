#include "operators/operator_admin.hpp"

#include "core/error.hpp"
#include "core/json_writer.hpp"

#include "account/token.hpp"
#include "mail/address.hpp"
#include "operators/admin_event.hpp"
#include "operators/operator_auth.hpp"
#include "operators/operator_session_store.hpp"
#include "operators/totp.hpp"

#include <utility>

namespace operators {
namespace {

constexpr std::string_view kIssuer = "AspectAvy";
constexpr std::size_t kPasswordGroups = 4;
constexpr std::size_t kGroupCharacters = 5;

mail::Address require_address(std::string_view email) {
  if (auto address = mail::parse_address(email)) return *std::move(address);
  throw core::Error::invalid("validation_failed", "A value is not acceptable.",
                             {{"email", "invalid", "must be an e-mail address, name@host.domain"}});
}

core::Error not_found() {
  return {core::ErrorKind::not_found, "operator.not_found", "There is no such operator."};
}

void require_held(const Act& act, std::span<const std::string> scopes) {
  for (const auto& scope : scopes) {
    if (has_scope(act.scopes, scope)) continue;
    throw core::Error(core::ErrorKind::forbidden, "forbidden",
                      "This touches the scope " + scope + ", which you have not yourself.");
  }
}

/// 100 random bits.
std::string make_password() {
  std::string password = account::make_readable_code(kPasswordGroups * kGroupCharacters);
  for (std::size_t group = kPasswordGroups - 1; group > 0; --group)
    password.insert(group * kGroupCharacters, "-");
  return password;
}

std::string scopes_json(std::span<const std::string> scopes) {
  core::JsonWriter out;
  out.begin_object().key("scopes").begin_array();
  for (const auto& scope : scopes) out.value(scope);
  out.end_array().end_object();
  return out.take();
}

}  // namespace

NewCredentials OperatorAdmin::create(const Act& act, std::string_view email,
                                     std::span<const std::string> scopes,
                                     const std::optional<std::string>& password) {
  const auto address = require_address(email);
  const auto now = parts_.clock.now();
  NewCredentials made{.account = {.id = core::make_uuid_v7(now),
                                  .email = address.text,
                                  .scopes = require_scopes(scopes, "scopes"),
                                  .created_at = now,
                                  .last_sign_in_at = std::nullopt,
                                  .disabled_at = std::nullopt,
                                  .recovery_codes_left = kRecoveryCodes}};
  require_held(act, made.account.scopes);
  const auto chosen = chosen_password(password, address.text);
  if (!password) made.password = chosen;
  const auto seed = make_totp_seed();
  made.otpauth_uri = otpauth_uri(kIssuer, address.text, seed);
  made.recovery_codes = RecoveryCodes::make();
  const OperatorRow row{.account = made.account,
                        .credentials = {.phc = parts_.passwords.hash(chosen),
                                        .totp_sealed = seal(seed, made.account.id),
                                        .totp_last_step = 0}};
  const auto hashes = parts_.recovery_codes.hash(made.recovery_codes);
  parts_.pool.transact(act.deadline, [&](db::Transaction& tx) {
    if (!insert_operator(tx, row, address.canonical)) {
      throw core::Error(core::ErrorKind::conflict, "operator.email_taken",
                        "There is an operator with this address.");
    }
    put_recovery_codes(tx, made.account.id, hashes);
    audit::append(
        tx, event_of(act, "operators.create", "operator", made.account.id, scopes_json(made.account.scopes)),
        now);
  });
  return made;
}

std::vector<Operator> OperatorAdmin::list(const Act& act) {
  const auto lease = parts_.pool.acquire(act.deadline);
  db::OnSession on(*lease, act.deadline);
  return list_operators(on);
}

core::Uuid OperatorAdmin::find(const Act& act, std::string_view email) {
  const auto address = require_address(email);
  const auto lease = parts_.pool.acquire(act.deadline);
  db::OnSession on(*lease, act.deadline);
  if (const auto row = find_operator_by_email(on, address.canonical)) return row->account.id;
  throw not_found();
}

Operator OperatorAdmin::disable(const Act& act, const core::Uuid& id) {
  if (act.actor.type == audit::ActorType::operators && act.actor.id == core::to_string(id))
    throw core::Error(core::ErrorKind::conflict, "conflict", "Nobody disables themselves.");
  return set_state(act, id, true);
}

Operator OperatorAdmin::enable(const Act& act, const core::Uuid& id) { return set_state(act, id, false); }

Operator OperatorAdmin::set_state(const Act& act, const core::Uuid& id, bool is_disabled) {
  const auto now = parts_.clock.now();
  Operator changed;
  parts_.pool.transact(act.deadline, [&](db::Transaction& tx) {
    changed = require(tx, act, id).account;
    if (!operators::set_disabled(tx, id, is_disabled, now)) {
      throw core::Error(core::ErrorKind::conflict, "conflict",
                        is_disabled ? "The operator is disabled already." : "The operator is not disabled.");
    }
    if (is_disabled) revoke_operator_sessions(tx, id, "disabled", now);
    audit::append(tx, event_of(act, is_disabled ? "operators.disable" : "operators.enable", "operator", id),
                  now);
  });
  changed.disabled_at = is_disabled ? std::optional(now) : std::nullopt;
  return changed;
}

NewCredentials OperatorAdmin::reset_totp(const Act& act, const core::Uuid& id) {
  const auto now = parts_.clock.now();
  const auto seed = make_totp_seed();
  NewCredentials made;
  made.recovery_codes = RecoveryCodes::make();
  const auto hashes = parts_.recovery_codes.hash(made.recovery_codes);
  parts_.pool.transact(act.deadline, [&](db::Transaction& tx) {
    made.account = require(tx, act, id).account;
    put_totp(tx, id, seal(seed, id), now);
    put_recovery_codes(tx, id, hashes);
    revoke_operator_sessions(tx, id, "totp_reset", now);
    audit::append(tx, event_of(act, "operators.reset_totp", "operator", id), now);
  });
  made.otpauth_uri = otpauth_uri(kIssuer, made.account.email, seed);
  made.account.recovery_codes_left = kRecoveryCodes;
  return made;
}

NewCredentials OperatorAdmin::reset_password(const Act& act, const core::Uuid& id,
                                             const std::optional<std::string>& password) {
  const auto now = parts_.clock.now();
  NewCredentials made;
  {
    const auto lease = parts_.pool.acquire(act.deadline);
    db::OnSession on(*lease, act.deadline);
    made.account = require(on, act, id).account;
  }
  const auto chosen = chosen_password(password, made.account.email);
  if (!password) made.password = chosen;
  const auto phc = parts_.passwords.hash(chosen);
  parts_.pool.transact(act.deadline, [&](db::Transaction& tx) {
    made.account = require(tx, act, id).account;
    put_operator_password(tx, id, phc, now);
    revoke_operator_sessions(tx, id, "password_reset", now);
    audit::append(tx, event_of(act, "operators.reset_password", "operator", id), now);
  });
  return made;
}

Operator OperatorAdmin::set_scopes(const Act& act, const core::Uuid& id,
                                   std::span<const std::string> scopes) {
  const auto wanted = require_scopes(scopes, "scopes");
  require_held(act, wanted);
  const auto now = parts_.clock.now();
  Operator changed;
  parts_.pool.transact(act.deadline, [&](db::Transaction& tx) {
    changed = require(tx, act, id).account;
    put_scopes(tx, id, wanted, now);
    audit::append(tx, event_of(act, "operators.set_scopes", "operator", id, scopes_json(wanted)), now);
  });
  changed.scopes = wanted;
  return changed;
}

OperatorRow OperatorAdmin::require(db::Executor& db, const Act& act, const core::Uuid& id) {
  auto row = find_operator(db, id);
  if (!row) throw not_found();
  require_held(act, row->account.scopes);
  return *std::move(row);
}

std::string OperatorAdmin::seal(std::string_view seed, const core::Uuid& id) const {
  return parts_.keys.seal(kTotpKey, seed, totp_context(id));
}

std::string OperatorAdmin::chosen_password(const std::optional<std::string>& given,
                                           std::string_view email) const {
  if (!given) return make_password();
  const std::vector<std::string> context = {"aspectavy", "avalanche", "operator",
                                            std::string(email.substr(0, email.find('@')))};
  auto faults = account::check_new_password(*given, context, "password");
  if (!faults.empty())
    throw core::Error::invalid("validation_failed", "The password is not acceptable.", std::move(faults));
  return *given;
}

}  // namespace operators
