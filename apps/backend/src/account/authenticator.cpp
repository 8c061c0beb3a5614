#include "account/authenticator.hpp"

#include "core/error.hpp"
#include "core/hash.hpp"

#include "account/api_token_store.hpp"
#include "account/session_store.hpp"
#include "account/token.hpp"

#include <algorithm>

namespace account {
namespace {

constexpr std::chrono::minutes kTouchEvery{5};

core::Error refused(std::string code, std::string message) {
  return {core::ErrorKind::unauthenticated, std::move(code), std::move(message)};
}
core::Error unknown() { return refused("unauthenticated", "Sign in first."); }
core::Error expired() { return refused("session_expired", "The session has ended. Sign in again."); }
core::Error revoked() { return refused("session_revoked", "The session was ended. Sign in again."); }

std::string ref_of(std::string_view token_hash) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(token_hash.data());
  return core::to_hex({bytes, 4});
}

}  // namespace

Caller Authenticator::authenticate(std::string_view token, db::Deadline deadline) {
  const auto kind = kind_of(token);
  if (kind == TokenKind::session) return by_session(hash_of(token), deadline);
  if (kind == TokenKind::api) return by_api_token(hash_of(token), deadline);
  throw unknown();
}

Caller Authenticator::by_session(std::string_view token_hash, db::Deadline deadline) {
  db::PumpReader read(pump_, deadline);
  const auto found = find_session(read, token_hash);
  if (!found) throw unknown();
  const auto now = clock_.now();
  const auto& session = found->session;
  if (found->is_revoked || found->user_status == UserStatus::disabled) throw revoked();
  if (session.expires_at() <= now) throw expired();
  if (now - session.last_seen_at >= kTouchEvery) {
    db::PumpWriter write(pump_, deadline);
    const auto idle_end = std::min(now + life_of(session.client.kind).idle, session.absolute_expires_at);
    touch_session(write, session.user_id, session.id, now, idle_end);
  }
  return {.user_id = session.user_id,
          .by = Caller::By::session,
          .credential_id = session.id,
          .elevated_until = session.elevated_until,
          .email_verified = found->email_verified,
          .ref = ref_of(token_hash)};
}

Caller Authenticator::by_api_token(std::string_view token_hash, db::Deadline deadline) {
  db::PumpReader read(pump_, deadline);
  auto found = find_api_token(read, token_hash);
  if (!found) throw unknown();
  const auto now = clock_.now();
  if (found->is_revoked || found->user_status != UserStatus::active) throw revoked();
  if (found->token.expires_at && *found->token.expires_at <= now) throw expired();
  if (!found->token.last_used_at || now - *found->token.last_used_at >= kTouchEvery) {
    db::PumpWriter write(pump_, deadline);
    touch_api_token(write, found->token.id, now);
  }
  return {.user_id = found->token.user_id,
          .by = Caller::By::api_token,
          .credential_id = found->token.id,
          .email_verified = found->email_verified,
          .scopes = std::move(found->token.scopes),
          .ref = ref_of(token_hash)};
}

}  // namespace account
