#pragma once
// A person's membership: reading it, asking the provider, taking the provider's events.

#include "core/clock.hpp"
#include "core/secret.hpp"
#include "db/pump.hpp"

#include "account/account.hpp"
#include "account/rate_limiter.hpp"
#include "membership/membership.hpp"
#include "membership/provider.hpp"
#include "membership/signature.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace membership {

/// Secrets by which providers sign their events. Several of one while it is being replaced.
using ProviderSecrets = std::map<std::string, std::vector<core::Secret>, std::less<>>;

class Memberships {
 public:
  struct Parts {
    db::Pump& pump;
    const core::Clock& clock;
    account::RateLimiter& limits;
    Provider* provider = nullptr;  ///< null: none is configured
  };
  Memberships(Parts parts, ProviderSecrets secrets) : parts_(parts), secrets_(std::move(secrets)) {}

  Standing standing(const account::Caller& caller, db::Deadline deadline);

  struct Refreshed {
    Standing standing;
    bool was_asked = false;  ///< a provider answered; otherwise this is what was known
  };
  /// Asks the provider, where there is one, and keeps its word. One that does not answer changes nothing.
  /// Throws rate_limited (10 an hour).
  Refreshed refresh(const account::Caller& caller, db::Deadline deadline);

  enum class Taken {
    applied,
    repeated,   ///< came before
    overtaken,  ///< something later is known already
    unknown,    ///< there is no such person (any more)
  };
  /// Throws unauthenticated "webhook_refused", alike for an unknown provider and each fault of the signature;
  /// invalid_input "json.malformed", "validation_failed" for a body that is signed well.
  Taken take_event(std::string_view provider, const SignedHeaders& headers, std::string_view body,
                   db::Deadline deadline);

 private:
  Parts parts_;
  ProviderSecrets secrets_;
};

std::string_view to_string(Memberships::Taken taken);

}  // namespace membership
