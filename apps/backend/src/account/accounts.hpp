#pragma once
// Registering, signing in and out, changing the password, proving once more who one is. Rules live here, SQL
// in the stores.

#include "core/clock.hpp"
#include "db/pool.hpp"
#include "db/pump.hpp"

#include "account/account.hpp"
#include "account/keyring.hpp"
#include "account/password.hpp"
#include "account/rate_limiter.hpp"
#include "account/user_store.hpp"
#include "mail/address.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace account {

enum class RegistrationMode {
  verify_first,  ///< answers the same whether or not the address is known; usable after the mailed link
  instant,       ///< usable at once; shows whether an address is known
};

struct AccountsOptions {
  RegistrationMode registration = RegistrationMode::verify_first;
  bool invite_only = false;
  /// Words that a password must not lean on: the product, its hosts.
  std::vector<std::string> context_words = {"aspectavy", "avalanche"};
};

struct Registration {
  std::string email;
  std::string password;
  std::string display_name = {};
  std::string invite_code = {};
  std::string locale = "en";
};

struct SignInRequest {
  std::string email;
  std::string password;
  ClientFacts client;
};

/// A session with the token that only now is known.
struct OpenedSession {
  User user;
  Session session;
  std::string token;
};

/// A second way to check a password: accounts that were brought along from elsewhere and have none of ours
/// yet.
class LegacyAccounts {
 public:
  virtual ~LegacyAccounts() = default;
  /// The account made of the one brought along when the password is right; nullopt otherwise. For addresses
  /// of which no account of ours has a password. Takes longer than our own check: the sign-in's floor covers
  /// the difference.
  virtual std::optional<UserRow> adopt(const mail::Address& address, std::string_view password,
                                       db::Deadline deadline) = 0;
  /// Whether the address is one of those that wait to be adopted.
  virtual bool knows(const mail::Address& address, db::Deadline deadline) = 0;
};

class Accounts {
 public:
  struct Parts {
    db::Pool& pool;
    db::Pump& pump;
    const core::Clock& clock;
    const KeyRing& keys;
    PasswordHasher& passwords;
    RateLimiter& limits;
    LegacyAccounts* legacy = nullptr;
  };
  Accounts(Parts parts, AccountsOptions options) : parts_(parts), options_(std::move(options)) {}

  RegistrationMode registration_mode() const { return options_.registration; }

  /// In verify_first mode nothing is returned, whether or not the address was free. In instant mode the new
  /// account. Throws core::Error: invalid_input "validation_failed" (address, password, name), conflict
  /// "email_taken" (instant), forbidden "invite_required", rate_limited.
  std::optional<User> register_user(const Registration& wanted, const std::string& client_ip,
                                    db::Deadline deadline);

  /// Throws unauthenticated "invalid_credentials", the same for an unknown address, a wrong password, a
  /// disabled account and one whose mailbox is not proven where it must be; rate_limited.
  OpenedSession sign_in(const SignInRequest& request, const std::string& client_ip, db::Deadline deadline);

  /// Opens a session for a person who has proved who they are in another way.
  OpenedSession open_session(const User& user, const ClientFacts& client, db::Deadline deadline);

  /// The same by the person's id. Throws not_found "not_found" when there is nobody of that id.
  OpenedSession open_session_of(const core::Uuid& user_id, const ClientFacts& client, db::Deadline deadline);

  void sign_out(const Caller& caller, db::Deadline deadline);
  std::vector<Session> sessions(const Caller& caller, db::Deadline deadline);
  /// The caller's own, as it stands.
  OpenedSession current(const Caller& caller, db::Deadline deadline);
  /// Throws not_found "session.not_found".
  void revoke(const Caller& caller, const core::Uuid& session_id, db::Deadline deadline);
  std::int64_t revoke_others(const Caller& caller, db::Deadline deadline);

  /// The session gets a new token and is elevated for ten minutes. Throws unauthenticated
  /// "invalid_credentials", rate_limited.
  OpenedSession elevate(const Caller& caller, std::string_view password, db::Deadline deadline);
  /// Elevates without a password, for who has proved the mailbox again.
  OpenedSession elevate_proven(const Caller& caller, db::Deadline deadline);

  /// Ends all other sessions and API tokens and gives this one a new token; the person is told by mail.
  /// Throws unauthenticated "invalid_credentials", invalid_input "validation_failed", rate_limited.
  OpenedSession change_password(const Caller& caller, std::string_view current, std::string_view next,
                                db::Deadline deadline);

  /// Sets a password after the mailbox was proven (reset): ends every session and API token. `first` runs at
  /// the beginning of the same transaction; what it throws leaves everything as it was.
  void reset_password(const core::Uuid& user_id, std::string_view next, db::Deadline deadline,
                      const std::function<void(db::Transaction&)>& first = {});

  /// Throws invalid_input "validation_failed" at `field` when the password is not acceptable for this
  /// address.
  void require_acceptable(std::string_view password, const mail::Address& address,
                          std::string_view field) const;

 private:
  UserRow require_user(const Caller& caller, db::Deadline deadline);
  OpenedSession rotated(const Caller& caller, const User& user, std::optional<core::Timestamp> elevated_until,
                        db::Deadline deadline);
  void require_password(const Caller& caller, const UserRow& row, std::string_view password,
                        db::Deadline deadline);
  void store_new_user(const User& user, const mail::Address& address, const std::string& phc,
                      const Registration& wanted, db::Deadline deadline);

  Parts parts_;
  AccountsOptions options_;
};

}  // namespace account
