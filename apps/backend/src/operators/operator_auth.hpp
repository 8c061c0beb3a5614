#pragma once
// How operators sign in: password and a code of the authenticator app, or one of the recovery codes. Sessions
// end 30 minutes after the last request, 8 hours after the sign-in; what cannot be undone needs a code once
// more.

#include "core/clock.hpp"
#include "db/pool.hpp"
#include "db/pump.hpp"

#include "account/keyring.hpp"
#include "account/password.hpp"
#include "account/rate_limiter.hpp"
#include "operators/operator.hpp"
#include "operators/operator_store.hpp"
#include "operators/recovery_codes.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace operators {

/// What an operator proves to have besides the password; exactly one is given.
struct SecondFactor {
  std::string totp = {};
  std::string recovery_code = {};
};

struct OperatorSignIn {
  std::string email;
  std::string password;
  SecondFactor factor;
};

/// From where a call comes.
struct CallFacts {
  std::string client_ip;  ///< a text that is equal for what counts as one client
  std::string request_id;
};

/// A session with the token that only now is known.
struct OpenedOperatorSession {
  OperatorCaller caller;
  std::string token;
};

/// The context under which seeds are sealed, so that one operator's is of no use in another's row.
std::string totp_context(const core::Uuid& operator_id);
inline constexpr std::string_view kTotpKey = "operator-totp/v1";

class OperatorAuth {
 public:
  struct Parts {
    db::Pool& pool;
    db::Pump& pump;
    const core::Clock& clock;
    const account::KeyRing& keys;
    account::PasswordHasher& passwords;
    account::RateLimiter& limits;
    RecoveryCodes& recovery_codes;
  };
  explicit OperatorAuth(Parts parts);

  /// Throws unauthenticated "invalid_credentials", the same and after the same work for an unknown address, a
  /// wrong password, a wrong or used code, and an operator who is disabled; rate_limited; invalid_input
  /// "validation_failed".
  OpenedOperatorSession sign_in(const OperatorSignIn& request, const CallFacts& facts, db::Deadline deadline);

  /// Throws unauthenticated: "unauthenticated" for a token that nobody gave out, "session_expired",
  /// "session_revoked" (also of a disabled operator).
  OperatorCaller authenticate(std::string_view token, db::Deadline deadline);

  /// The session gets a new token and is elevated for ten minutes. Throws unauthenticated
  /// "invalid_credentials", "session_revoked"; rate_limited.
  OpenedOperatorSession elevate(const OperatorCaller& caller, const SecondFactor& factor,
                                const CallFacts& facts, db::Deadline deadline);

  void sign_out(const OperatorCaller& caller, const CallFacts& facts, db::Deadline deadline);

  audit::Actor actor_of(const Operator& account, const CallFacts& facts) const;

 private:
  /// A factor that fits and is not used yet: the step, or the position of the code.
  struct Match {
    std::optional<std::int64_t> step;
    std::optional<int> position;
    bool is_one() const { return step || position; }
  };
  Match match(const std::optional<OperatorRow>& row, const SecondFactor& factor, db::Deadline deadline);
  std::string seed_of(const OperatorRow& row) const;
  bool use(db::Transaction& tx, const OperatorRow& row, const Match& match, core::Timestamp now);

  Parts parts_;
  std::string nobodys_seed_;
};

}  // namespace operators
