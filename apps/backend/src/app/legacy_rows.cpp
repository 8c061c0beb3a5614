#include "app/legacy_rows.hpp"

#include <array>

namespace app {
namespace {

using core::ConfigRow;
using core::ConfigType;
namespace role = core::config_role;

constexpr unsigned kRoles = role::kApi | role::kWorker;
constexpr std::string_view kGroup = "Legacy accounts";

constexpr auto kRows = std::to_array<ConfigRow>({
    {.name = "LEGACY_FIREBASE_ENABLED",
     .type = ConfigType::boolean,
     .fallback = "off",
     .roles = kRoles,
     .group = kGroup,
     .help = "Lets people in whom `aspectavy admin legacy import` brought along from Firebase; the "
             "parameters below "
             "are those of its console."},
    {.name = "LEGACY_FIREBASE_SIGNER_KEY",
     .secret = true,
     .refuse_placeholder = true,
     .roles = kRoles,
     .group = kGroup,
     .help = "base64_signer_key."},
    {.name = "LEGACY_FIREBASE_SALT_SEPARATOR",
     .fallback = "Bw==",
     .roles = kRoles,
     .group = kGroup,
     .help = "base64_salt_separator."},
    {.name = "LEGACY_FIREBASE_ROUNDS",
     .type = ConfigType::integer,
     .fallback = "8",
     .roles = kRoles,
     .group = kGroup,
     .help = "rounds.",
     .min = 1,
     .max = 8},
    {.name = "LEGACY_FIREBASE_MEM_COST",
     .type = ConfigType::integer,
     .fallback = "14",
     .roles = kRoles,
     .group = kGroup,
     .help = "mem_cost.",
     .min = 1,
     .max = 14},
    {.name = "LEGACY_FIREBASE_DROP_AFTER",
     .type = ConfigType::day,
     .roles = kRoles,
     .group = kGroup,
     .help = "Last day, UTC, on which the passwords count. Then they are deleted; who has not come goes by a "
             "mailed "
             "link.",
     .example = "2027-12-31"},
});

}  // namespace

std::span<const core::ConfigRow> legacy_rows() { return kRows; }

}  // namespace app
