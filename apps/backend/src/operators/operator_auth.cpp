#include "operators/operator_auth.hpp"

#include "core/error.hpp"
#include "core/hash.hpp"
#include "core/log.hpp"

#include "account/token.hpp"
#include "mail/address.hpp"
#include "operators/operator_session_store.hpp"
#include "operators/totp.hpp"

#include <utility>

namespace operators {
namespace {

using namespace std::chrono_literals;

constexpr account::RateRule kSignInPerIp{"operator.sign_in.ip", 20, 15min};
constexpr account::RateRule kSignInPerEmail{"operator.sign_in.email", 5, 15min};
constexpr account::RateRule kElevatePerOperator{"operator.elevate", 5, 10min};
constexpr auto kIdle = 30min;
constexpr auto kAbsolute = 8h;
constexpr auto kElevation = 10min;
/// With half an hour of idle life five minutes, as for people, would be a sixth of it.
constexpr auto kTouchEvery = 1min;

core::Error invalid_credentials() {
  return {core::ErrorKind::unauthenticated, "invalid_credentials",
          "The address, the password and the code do not belong together, or the code was used."};
}

core::Error refused(std::string code, std::string message) {
  return {core::ErrorKind::unauthenticated, std::move(code), std::move(message)};
}

mail::Address require_address(std::string_view email) {
  if (auto address = mail::parse_address(email)) return *std::move(address);
  throw core::Error::invalid("validation_failed", "A value is not acceptable.",
                             {{"email", "invalid", "must be an e-mail address, name@host.domain"}});
}

void require_one(const SecondFactor& factor) {
  if (factor.totp.empty() != factor.recovery_code.empty()) return;
  throw core::Error::invalid("validation_failed", "A value is not acceptable.",
                             {{"totp", "one_of", "give either totp or recoveryCode"}});
}

std::string ref_of(std::string_view token_hash) {
  return core::to_hex({reinterpret_cast<const std::uint8_t*>(token_hash.data()), 4});
}

/// A new token and its hash.
struct Token {
  std::string text = account::make_token(account::TokenKind::operator_session);
  std::string hash = account::hash_of(text);
};

}  // namespace

std::string totp_context(const core::Uuid& operator_id) { return "operator " + core::to_string(operator_id); }

OperatorAuth::OperatorAuth(Parts parts)
    : parts_(parts), nobodys_seed_(parts.keys.seal(kTotpKey, make_totp_seed(), totp_context({}))) {}

OpenedOperatorSession OperatorAuth::sign_in(const OperatorSignIn& request, const CallFacts& facts,
                                            db::Deadline deadline) {
  const auto address = require_address(request.email);
  require_one(request.factor);
  parts_.limits.require(kSignInPerIp, facts.client_ip, deadline);
  parts_.limits.require(kSignInPerEmail, address.canonical, deadline);
  db::PumpReader read(parts_.pump, deadline);
  const auto row = find_operator_by_email(read, address.canonical);
  const bool knows_password = parts_.passwords.verify(row ? row->credentials.phc : "", request.password);
  const auto matched = match(row, request.factor, deadline);
  const bool may = row && knows_password && matched.is_one() && !row->account.disabled_at;
  const auto now = parts_.clock.now();
  const Token token;
  OpenedOperatorSession opened;
  opened.caller.session = {.id = core::make_uuid_v7(now),
                           .created_at = now,
                           .last_seen_at = now,
                           .idle_expires_at = now + kIdle,
                           .absolute_expires_at = now + kAbsolute,
                           .elevated_until = std::nullopt};
  bool is_open = false;
  if (may) {
    parts_.pool.transact(deadline, [&](db::Transaction& tx) {
      is_open = use(tx, *row, matched, now);
      if (!is_open) return;
      note_sign_in(tx, row->account.id, now);
      insert_operator_session(tx, row->account.id, opened.caller.session, token.hash);
      audit::append(tx,
                    {.actor = actor_of(row->account, facts),
                     .action = "operators.sign_in",
                     .object_type = "operator",
                     .object_id = core::to_string(row->account.id),
                     .details = matched.step ? R"({"factor":"totp"})" : R"({"factor":"recovery_code"})"},
                    now);
    });
  }
  if (!is_open) {
    core::log_warn("operators.sign_in_refused", {{"email", mail::masked(address)}});
    throw invalid_credentials();
  }
  parts_.limits.forget(kSignInPerEmail, address.canonical, deadline);
  core::log_info("operators.signed_in", {{"operator_id", core::to_string(row->account.id)}});
  opened.caller.account = row->account;
  if (matched.position) --opened.caller.account.recovery_codes_left;
  opened.caller.ref = ref_of(token.hash);
  opened.token = token.text;
  return opened;
}

OperatorCaller OperatorAuth::authenticate(std::string_view token, db::Deadline deadline) {
  if (account::kind_of(token) != account::TokenKind::operator_session)
    throw refused("unauthenticated", "Sign in first.");
  const auto hash = account::hash_of(token);
  db::PumpReader read(parts_.pump, deadline);
  auto found = find_operator_session(read, hash);
  if (!found) throw refused("unauthenticated", "Sign in first.");
  const auto now = parts_.clock.now();
  auto& session = found->session;
  if (found->is_revoked || found->account.disabled_at)
    throw refused("session_revoked", "The session was ended. Sign in again.");
  if (session.expires_at() <= now) throw refused("session_expired", "The session has ended. Sign in again.");
  if (now - session.last_seen_at >= kTouchEvery) {
    session.last_seen_at = now;
    session.idle_expires_at = std::min<core::Timestamp>(now + kIdle, session.absolute_expires_at);
    db::PumpWriter write(parts_.pump, deadline);
    touch_operator_session(write, session.id, now, session.idle_expires_at);
  }
  return {.account = std::move(found->account), .session = session, .ref = ref_of(hash)};
}

OpenedOperatorSession OperatorAuth::elevate(const OperatorCaller& caller, const SecondFactor& factor,
                                            const CallFacts& facts, db::Deadline deadline) {
  require_one(factor);
  const auto id = caller.account.id;
  const auto subject = core::to_string(id);
  parts_.limits.require(kElevatePerOperator, subject, deadline);
  db::PumpReader read(parts_.pump, deadline);
  const auto row = find_operator(read, id);
  const auto matched = match(row, factor, deadline);
  if (!row || !matched.is_one()) throw invalid_credentials();
  const auto now = parts_.clock.now();
  const Token token;
  parts_.pool.transact(deadline, [&](db::Transaction& tx) {
    if (!use(tx, *row, matched, now)) throw invalid_credentials();
    if (!rotate_operator_session(tx, caller.session.id, token.hash, now + kElevation, now))
      throw refused("session_revoked", "The session was ended. Sign in again.");
    audit::append(tx,
                  {.actor = actor_of(row->account, facts),
                   .action = "operators.elevate",
                   .object_type = "operator",
                   .object_id = subject},
                  now);
  });
  parts_.limits.forget(kElevatePerOperator, subject, deadline);
  OpenedOperatorSession opened{.caller = caller, .token = token.text};
  opened.caller.account = row->account;
  if (matched.position) --opened.caller.account.recovery_codes_left;
  opened.caller.session.elevated_until = now + kElevation;
  opened.caller.ref = ref_of(token.hash);
  return opened;
}

void OperatorAuth::sign_out(const OperatorCaller& caller, const CallFacts& facts, db::Deadline deadline) {
  const auto now = parts_.clock.now();
  parts_.pool.transact(deadline, [&](db::Transaction& tx) {
    if (!revoke_operator_session(tx, caller.session.id, "signed_out", now)) return;
    audit::append(tx,
                  {.actor = actor_of(caller.account, facts),
                   .action = "operators.sign_out",
                   .object_type = "operator",
                   .object_id = core::to_string(caller.account.id)},
                  now);
  });
}

audit::Actor OperatorAuth::actor_of(const Operator& account, const CallFacts& facts) const {
  return {.type = audit::ActorType::operators,
          .id = core::to_string(account.id),
          .request_id = facts.request_id,
          .ip_hash = parts_.keys.ip_hash(facts.client_ip)};
}

/// Does the same work whether or not there is an operator.
OperatorAuth::Match OperatorAuth::match(const std::optional<OperatorRow>& row, const SecondFactor& factor,
                                        db::Deadline deadline) {
  Match matched;
  if (factor.totp.empty()) {
    db::PumpReader read(parts_.pump, deadline);
    const auto hashes = find_recovery_codes(read, row ? row->account.id : core::Uuid{});
    matched.position = parts_.recovery_codes.find(hashes, factor.recovery_code);
    return matched;
  }
  const OperatorRow nobody{.account = {}, .credentials = {.phc = {}, .totp_sealed = nobodys_seed_}};
  const auto& checked = row ? *row : nobody;
  const auto seed = seed_of(checked);
  const auto step = match_totp(seed, factor.totp, parts_.clock.now(), checked.credentials.totp_last_step);
  if (row && !seed.empty()) matched.step = step;
  return matched;
}

/// Empty when the secret that sealed it is not in force any more.
std::string OperatorAuth::seed_of(const OperatorRow& row) const {
  auto seed = parts_.keys.unseal(kTotpKey, row.credentials.totp_sealed, totp_context(row.account.id));
  if (!seed) core::log_error("operators.totp_unreadable", {{"operator_id", core::to_string(row.account.id)}});
  return std::move(seed).value_or("");
}

bool OperatorAuth::use(db::Transaction& tx, const OperatorRow& row, const Match& match, core::Timestamp now) {
  const auto& id = row.account.id;
  if (match.position) return use_recovery_code(tx, id, *match.position, now);
  // Sealed anew, so that an old SESSION_SECRET may go once everybody has signed in.
  return use_totp_step(tx, id, *match.step, parts_.keys.seal(kTotpKey, seed_of(row), totp_context(id)));
}

}  // namespace operators
