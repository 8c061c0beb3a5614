#pragma once
// /api/auth: registering, signing in and out, sessions, links and codes by mail, tokens of scripts,
// invitations.

#include "api/endpoint.hpp"
#include "api/gate.hpp"
#include "core/clock.hpp"

#include "account/accounts.hpp"
#include "account/api_tokens.hpp"
#include "account/invites.hpp"
#include "account/links.hpp"

#include <optional>
#include <vector>

namespace api {

/// What the endpoints use; everything must outlive them.
struct AuthServices {
  account::Accounts& accounts;
  account::Links& links;
  account::ApiTokens& api_tokens;
  account::Invites& invites;
  const account::KeyRing& keys;
  const Gate& gate;
  const core::Clock& clock;
  /// Whose account anybody may open; only where the demo is shown.
  std::optional<core::Uuid> demo_user = {};
};

std::vector<Endpoint> auth_endpoints(const AuthServices& services);

/// Parts of auth_endpoints, by subject.
std::vector<Endpoint> session_endpoints(const AuthServices& services);
std::vector<Endpoint> link_endpoints(const AuthServices& services);
std::vector<Endpoint> api_token_endpoints(const AuthServices& services);
std::vector<Endpoint> invite_endpoints(const AuthServices& services);

}  // namespace api
