#include "app/account_services.hpp"

#include "api/app_links.hpp"
#include "api/client_config.hpp"
#include "app/demo_account.hpp"
#include "core/text.hpp"

#include "account/mail_sealer.hpp"
#include "hosted/pages.hpp"

#include <algorithm>
#include <iterator>
#include <thread>

namespace app {
namespace {

/// More at once would only make each slower and take more memory.
std::size_t hashing_threads() { return std::max(1u, std::thread::hardware_concurrency()); }

account::AccountsOptions accounts_options(const AccountSettings& settings) {
  auto options = settings.accounts;
  const auto scheme_end = settings.public_app_url.find("://");
  if (scheme_end != std::string::npos)
    options.context_words.push_back(settings.public_app_url.substr(scheme_end + 3));
  return options;
}

}  // namespace

AccountServices::AccountServices(const AccountSettings& settings, db::Pool& pool, db::Pump& pump,
                                 const core::Clock& clock,
                                 const std::optional<account::FirebaseOptions>& legacy)
    : settings_(settings),
      clock_(clock),
      keys_(settings.session_secrets),
      passwords_(settings.password_cost, hashing_threads()),
      limits_(pump, keys_, clock),
      legacy_(legacy
                  ? std::optional<account::FirebaseAccounts>(std::in_place, pool, clock, passwords_, *legacy)
                  : std::nullopt),
      accounts_({.pool = pool,
                 .pump = pump,
                 .clock = clock,
                 .keys = keys_,
                 .passwords = passwords_,
                 .limits = limits_,
                 .legacy = legacy_ ? &*legacy_ : nullptr},
                accounts_options(settings)),
      outbox_(account::mail_sealer(keys_)),
      links_({.pool = pool,
              .pump = pump,
              .clock = clock,
              .keys = keys_,
              .limits = limits_,
              .accounts = accounts_,
              .outbox = outbox_}),
      api_tokens_(pump, clock),
      invites_(pump, clock),
      authenticator_(pump, clock),
      floods_(settings.floods),
      gate_(authenticator_, floods_, settings.gate) {}

std::vector<api::Endpoint> AccountServices::endpoints() {
  api::AuthServices services{.accounts = accounts_,
                             .links = links_,
                             .api_tokens = api_tokens_,
                             .invites = invites_,
                             .keys = keys_,
                             .gate = gate_,
                             .clock = clock_};
  if (settings_.demo_sign_in) services.demo_user = kDemoUser;
  auto endpoints = api::auth_endpoints(services);
  auto config = api::client_config_endpoints(settings_.gate.app, settings_.recommended_version, clock_);
  std::move(config.begin(), config.end(), std::back_inserter(endpoints));
  return endpoints;
}

void AccountServices::add_pages(http::Router& router, user::Deletions& deletions) {
  hosted::PageOptions options{.is_secure = settings_.gate.cookie.is_secure,
                              .invite_only = settings_.accounts.invite_only,
                              .public_url = settings_.public_app_url,
                              .app_link_host = core::lower_ascii(settings_.universal_link_host),
                              .app_store_id = api::app_store_id(settings_.gate.app.store_url)};
  if (settings_.demo_sign_in) options.demo_user = kDemoUser;
  hosted::add_pages(router, {.accounts = accounts_,
                             .links = links_,
                             .keys = keys_,
                             .gate = gate_,
                             .clock = clock_,
                             .deletions = &deletions,
                             .options = std::move(options)});
}

}  // namespace app
