#include "app/account_rows.hpp"

#include "app/account_settings.hpp"
#include "app/setting_checks.hpp"

#include <array>

namespace app {
namespace {

using core::ConfigNeed;
using core::ConfigRow;
using core::ConfigType;
namespace role = core::config_role;

constexpr unsigned kBoth = role::kApi | role::kWorker;
constexpr std::string_view kGroup = "Accounts";
constexpr std::string_view kApps = "Apps";
constexpr std::array<std::string_view, 2> kModes = {"verify_first", "instant"};
constexpr std::array<std::string_view, 2> kSchemes = {"https", "http"};

constexpr auto kRows = std::to_array<ConfigRow>({
    {.name = "SESSION_SECRET",
     .fallback = "for local use only: everybody knows this secret",
     .need = ConfigNeed::when_deployed,
     .secret = true,
     .refuse_placeholder = true,
     .roles = kBoth,
     .group = kGroup,
     .help = "Keys of forms, sealed mails and counters are made of it. To replace it put the new one before "
             "the old, "
             "comma between, for 30 days. `openssl rand -hex 32`.",
     .to_fill_in = true,
     .min = 32,
     .check = must_be_session_secrets},
    {.name = "PUBLIC_APP_URL",
     .type = ConfigType::url,
     .fallback = "http://127.0.0.1:3001",
     .need = ConfigNeed::when_deployed,
     .refuse_placeholder = true,
     .roles = kBoth,
     .group = kGroup,
     .help = "Where people open the companion and the sign-in pages; links in mails begin with it.",
     .example = "https://app.example.com",
     .to_fill_in = true,
     .choices = kSchemes,
     .check = must_be_web_origin},
    {.name = "SESSION_COOKIE_DOMAIN",
     .refuse_placeholder = true,
     .roles = role::kApi,
     .group = kGroup,
     .help = "Domain whose hosts share the session cookie, when app and api have hosts of their own. Empty: "
             "one host.",
     .example = "example.com",
     .check = must_be_host_name},
    {.name = "APP_ALLOWED_ORIGINS",
     .type = ConfigType::list,
     .refuse_placeholder = true,
     .roles = role::kApi,
     .group = kGroup,
     .help = "Origins beside the api's own whose pages may call it with a person's cookie.",
     .example = "https://app.example.com",
     .max = 20,
     .check = must_be_web_origin},
    {.name = "REGISTRATION_MODE",
     .type = ConfigType::enumeration,
     .fallback = "instant",
     .deployed_fallback = "verify_first",
     .roles = kBoth,
     .group = kGroup,
     .help = "`verify_first`: usable after the mailed link, shows nobody which addresses are known. "
             "`instant`: at once.",
     .choices = kModes},
    {.name = "REGISTRATION_INVITE_ONLY",
     .type = ConfigType::boolean,
     .fallback = "off",
     .roles = kBoth,
     .group = kGroup,
     .help = "`on`: registering needs an invitation of somebody who has an account."},
    {.name = "PASSWORD_ARGON2_MEMORY_KIB",
     .type = ConfigType::integer,
     .fallback = "65536",
     .roles = kBoth,
     .group = kGroup,
     .help = "Memory of a password's hash (Argon2id). As many hashes run at once as there are cores.",
     .min = 12288,
     .max = 4194304},
    {.name = "PASSWORD_ARGON2_TIME",
     .type = ConfigType::integer,
     .fallback = "2",
     .roles = kBoth,
     .group = kGroup,
     .help = "Passes over that memory. Passwords are hashed anew at the next sign-in.",
     .min = 1,
     .max = 20},
    {.name = "REQUESTS_PER_10_SECONDS",
     .type = ConfigType::integer,
     .fallback = "300",
     .roles = role::kApi,
     .group = "HTTP",
     .help =
         "Requests of one address (IPv6: /64) in any 10 seconds to this process; more are 429. 0: no limit.",
     .min = 0,
     .max = 1000000},
    {.name = "DEMO_SIGN_IN",
     .type = ConfigType::boolean,
     .fallback = "off",
     .roles = role::kApi,
     .group = kGroup,
     .help = "`on`: the sign-in page opens the demo's account without a password. Only where APP_ENV is "
             "local or test."},
    {.name = "APP_UNIVERSAL_LINK_HOST",
     .refuse_placeholder = true,
     .roles = kBoth,
     .group = kApps,
     .help = "Host of links that open the iOS app; another one than PUBLIC_APP_URL's, or Safari stays in the "
             "browser.",
     .example = "go.example.com",
     .check = must_be_host_name},
    {.name = "IOS_APP_STORE_URL",
     .type = ConfigType::url,
     .roles = role::kApi,
     .group = kApps,
     .help = "Page of the iOS app in the App Store.",
     .example = "https://apps.apple.com/app/id1234567890",
     .choices = kSchemes},
    {.name = "IOS_MINIMUM_VERSION",
     .roles = role::kApi,
     .group = kApps,
     .help =
         "Older versions of the app are answered client_upgrade_required, except where data would be lost.",
     .example = "2.3",
     .check = must_be_version},
    {.name = "IOS_RECOMMENDED_VERSION",
     .roles = role::kApi,
     .group = kApps,
     .help = "Older versions are told in /api/client-config that there is a newer one.",
     .example = "2.4",
     .check = must_be_version},
});

}  // namespace

std::span<const core::ConfigRow> account_rows() { return kRows; }

}  // namespace app
