#pragma once
// Making operators and taking their ways in away. Every act writes its audit entry in its own transaction.
// Nobody gives, or takes hold of, rights that they have not themselves.

#include "core/clock.hpp"
#include "core/secret.hpp"
#include "db/pool.hpp"

#include "account/keyring.hpp"
#include "account/password.hpp"
#include "operators/operator.hpp"
#include "operators/operator_store.hpp"
#include "operators/recovery_codes.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace operators {

/// What an operator is told once; parts that did not change are empty.
struct NewCredentials {
  Operator account;
  std::string password = {};
  std::string otpauth_uri = {};
  std::vector<std::string> recovery_codes = {};
};

class OperatorAdmin {
 public:
  struct Parts {
    db::Pool& pool;
    const core::Clock& clock;
    const account::KeyRing& keys;
    account::PasswordHasher& passwords;
    RecoveryCodes& recovery_codes;
  };
  explicit OperatorAdmin(Parts parts) : parts_(parts) {}

  /// Without `password` one is made up. Throws conflict "operator.email_taken", invalid_input
  /// "validation_failed" (address, scopes, password), forbidden.
  NewCredentials create(const Act& act, std::string_view email, std::span<const std::string> scopes,
                        const std::optional<std::string>& password);

  std::vector<Operator> list(const Act& act);
  /// Throws not_found "operator.not_found".
  core::Uuid find(const Act& act, std::string_view email);

  // All of these throw not_found "operator.not_found", and forbidden when the operator has a scope that who
  // acts has not. Those that take a way in away end the operator's sessions.

  /// Throws conflict when it is so already, and when operators mean themselves.
  Operator disable(const Act& act, const core::Uuid& id);
  Operator enable(const Act& act, const core::Uuid& id);
  /// A new seed and new recovery codes.
  NewCredentials reset_totp(const Act& act, const core::Uuid& id);
  NewCredentials reset_password(const Act& act, const core::Uuid& id,
                                const std::optional<std::string>& password);
  Operator set_scopes(const Act& act, const core::Uuid& id, std::span<const std::string> scopes);

 private:
  OperatorRow require(db::Executor& db, const Act& act, const core::Uuid& id);
  Operator set_state(const Act& act, const core::Uuid& id, bool is_disabled);
  std::string seal(std::string_view seed, const core::Uuid& id) const;
  /// The password that is set, and whether it must be told.
  std::string chosen_password(const std::optional<std::string>& given, std::string_view email) const;

  Parts parts_;
};

}  // namespace operators
