#include "app/membership_rows.hpp"

#include "app/membership_settings.hpp"

#include <array>

namespace app {
namespace {

using core::ConfigRow;
using core::ConfigType;
namespace role = core::config_role;

constexpr std::string_view kGroup = "Membership";
constexpr std::array<std::string_view, 2> kSchemes = {"https", "http"};

constexpr auto kRows = std::to_array<ConfigRow>({
    {.name = "MEMBERSHIP_WEBHOOK_SECRETS",
     .secret = true,
     .refuse_placeholder = true,
     .roles = role::kApi,
     .group = kGroup,
     .help = "Providers whose events count, and what they sign with: name=secret, between commas; a name "
             "twice while "
             "its secret is replaced.",
     .check = must_be_webhook_secrets},
    {.name = "MEMBERSHIP_PROVIDER_NAME",
     .fallback = "provider",
     .roles = role::kApi,
     .group = kGroup,
     .help = "The name under which the answers of MEMBERSHIP_PROVIDER_URL count; the one of its events.",
     .check = must_be_provider_name},
    {.name = "MEMBERSHIP_PROVIDER_URL",
     .type = ConfigType::url,
     .refuse_placeholder = true,
     .roles = role::kApi,
     .group = kGroup,
     .help =
         "Asked for a person's state on refresh; the person's id comes behind. Nobody is asked when empty.",
     .example = "https://billing.example.com/memberships",
     .choices = kSchemes},
    {.name = "MEMBERSHIP_PROVIDER_SECRET",
     .secret = true,
     .refuse_placeholder = true,
     .roles = role::kApi,
     .group = kGroup,
     .help = "Signs questions and answers; as many as there are between commas, the first signs.",
     .check = must_be_provider_secrets},
    {.name = "MEMBERSHIP_BUDDY_PASSES",
     .type = ConfigType::integer,
     .fallback = "3",
     .roles = role::kApi,
     .group = kGroup,
     .help = "Buddy passes that a member may issue within 365 days.",
     .min = 0,
     .max = 100},
    {.name = "MEMBERSHIP_BUDDY_DAYS",
     .type = ConfigType::integer,
     .fallback = "30",
     .roles = role::kApi,
     .group = kGroup,
     .help = "Days of membership that a buddy pass gives.",
     .min = 1,
     .max = 366},
});

}  // namespace

std::span<const core::ConfigRow> membership_rows() { return kRows; }

}  // namespace app
