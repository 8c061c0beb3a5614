#pragma once
// Tokens for scripts: made and ended by the person, within scopes.

#include "core/clock.hpp"
#include "db/pump.hpp"

#include "account/account.hpp"
#include "account/api_token_store.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace account {

/// All scopes that endpoints ask for.
std::span<const std::string_view> known_scopes();

struct NewApiToken {
  std::string name;
  std::vector<std::string> scopes;
  std::optional<core::Timestamp> expires_at;
};

class ApiTokens {
 public:
  ApiTokens(db::Pump& pump, const core::Clock& clock) : pump_(pump), clock_(clock) {}

  struct Made {
    ApiToken token;
    std::string secret;  ///< shown once
  };
  /// Throws invalid_input "validation_failed" for an unknown scope or an end in the past.
  Made make(const Caller& caller, NewApiToken wanted, db::Deadline deadline);
  std::vector<ApiToken> list(const Caller& caller, db::Deadline deadline);
  /// Throws not_found "api_token.not_found".
  void revoke(const Caller& caller, const core::Uuid& id, db::Deadline deadline);

 private:
  db::Pump& pump_;
  const core::Clock& clock_;
};

}  // namespace account
