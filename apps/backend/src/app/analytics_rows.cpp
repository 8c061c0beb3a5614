#include "app/analytics_rows.hpp"

#include "app/analytics_settings.hpp"
#include "app/storage_settings.hpp"

#include <array>

namespace app {
namespace {

using core::ConfigRow;
using core::ConfigType;
namespace role = core::config_role;

constexpr unsigned kRoles = role::kApi | role::kWorker;
constexpr std::string_view kGroup = "Analytics";
constexpr std::array<std::string_view, 2> kSchemes = {"https", "http"};

constexpr auto kRows = std::to_array<ConfigRow>({
    {.name = "APTABASE_APP_KEY",
     .secret = true,
     .refuse_placeholder = true,
     .roles = kRoles,
     .group = kGroup,
     .help = "Key of the Aptabase app that usage events are relayed to, another one than any other "
             "installation's. "
             "When empty, events are checked and discarded, and nothing is sent.",
     .check = must_be_aptabase_key},
    {.name = "APTABASE_HOST",
     .type = ConfigType::url,
     .refuse_placeholder = true,
     .roles = kRoles,
     .group = kGroup,
     .help = "Origin of a self-hosted Aptabase; only with a key A-SH-….",
     .example = "https://aptabase.example.com",
     .choices = kSchemes,
     .check = must_be_origin},
});

}  // namespace

std::span<const core::ConfigRow> analytics_rows() { return kRows; }

}  // namespace app
