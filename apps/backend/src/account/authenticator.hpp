#pragma once
// From a token to the person who calls.

#include "core/clock.hpp"
#include "db/deadline.hpp"
#include "db/pump.hpp"

#include "account/account.hpp"

#include <string_view>

namespace account {

class Authenticator {
 public:
  Authenticator(db::Pump& pump, const core::Clock& clock) : pump_(pump), clock_(clock) {}

  /// One look-up by the token's hash. Throws core::Error(unauthenticated): "unauthenticated" for a token that
  /// nobody gave out, "session_expired", "session_revoked" (also for a disabled account). Notes at most every
  /// five minutes that the session was seen.
  Caller authenticate(std::string_view token, db::Deadline deadline);

  core::Timestamp now() const { return clock_.now(); }

 private:
  Caller by_session(std::string_view token_hash, db::Deadline deadline);
  Caller by_api_token(std::string_view token_hash, db::Deadline deadline);

  db::Pump& pump_;
  const core::Clock& clock_;
};

}  // namespace account
