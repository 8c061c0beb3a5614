#pragma once
// Accounts as the api serves them, and the gate before every endpoint.

#include "api/auth_endpoints.hpp"
#include "api/flood_guard.hpp"
#include "api/gate.hpp"
#include "app/account_settings.hpp"
#include "core/clock.hpp"
#include "db/pool.hpp"
#include "db/pump.hpp"

#include "account/accounts.hpp"
#include "account/api_tokens.hpp"
#include "account/authenticator.hpp"
#include "account/invites.hpp"
#include "account/keyring.hpp"
#include "account/legacy_accounts.hpp"
#include "account/links.hpp"
#include "account/password.hpp"
#include "account/rate_limiter.hpp"
#include "mail/outbox.hpp"

#include <optional>
#include <vector>

namespace user {
class Deletions;
}

namespace app {

/// Members borrow from each other: not movable.
class AccountServices {
 public:
  /// All must outlive it. `legacy`: how accounts brought along from Firebase are let in, if they are.
  AccountServices(const AccountSettings& settings, db::Pool& pool, db::Pump& pump, const core::Clock& clock,
                  const std::optional<account::FirebaseOptions>& legacy);
  AccountServices(const AccountServices&) = delete;
  AccountServices& operator=(const AccountServices&) = delete;

  const api::Gate& gate() const { return gate_; }
  const account::KeyRing& keys() const { return keys_; }
  account::PasswordHasher& passwords() { return passwords_; }
  account::RateLimiter& limits() { return limits_; }
  account::Accounts& accounts() { return accounts_; }
  account::Links& links() { return links_; }
  /// For mail that other areas write within their transactions.
  const mail::Outbox& outbox() const { return outbox_; }

  std::vector<api::Endpoint> endpoints();
  /// For api::RoutingOptions: the pages under /auth.
  void add_pages(http::Router& router, user::Deletions& deletions);

 private:
  const AccountSettings& settings_;
  const core::Clock& clock_;
  account::KeyRing keys_;
  account::PasswordHasher passwords_;
  account::RateLimiter limits_;
  std::optional<account::FirebaseAccounts> legacy_;
  account::Accounts accounts_;
  mail::Outbox outbox_;
  account::Links links_;
  account::ApiTokens api_tokens_;
  account::Invites invites_;
  account::Authenticator authenticator_;
  api::FloodGuard floods_;
  api::Gate gate_;
};

}  // namespace app
