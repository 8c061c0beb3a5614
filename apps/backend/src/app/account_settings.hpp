#pragma once
// How accounts, their cookies and the apps are set up, out of the settings.

#include "api/gate.hpp"
#include "core/config.hpp"
#include "core/secret.hpp"

#include "account/accounts.hpp"
#include "account/password.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace app {

struct AccountSettings {
  std::vector<core::Secret> session_secrets;  ///< the first makes, all check
  api::GateOptions gate;
  api::FloodLimits floods;
  account::AccountsOptions accounts;
  account::PasswordCost password_cost;
  std::string public_app_url;  ///< "https://app.example.com", no slash behind; links in mails begin with it
  std::string universal_link_host;  ///< empty: links in mails lead to public_app_url
  std::string recommended_version;  ///< of the iOS app
  bool demo_sign_in = false;        ///< the demo's account can be opened without a password
};

/// For ConfigRow::check: what the text must be, or nothing when it is that.
std::string must_be_session_secrets(std::string_view text);
std::string must_be_web_origin(std::string_view text);
std::string must_be_version(std::string_view text);

/// Adds the faults of settings that do not fit each other.
void check_accounts(core::LoadedConfig& loaded, unsigned roles, bool deployed);

AccountSettings read_accounts(const core::Config& config, unsigned roles, bool deployed);

}  // namespace app
