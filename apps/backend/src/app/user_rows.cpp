#include "app/user_rows.hpp"

#include <array>

namespace app {
namespace {

using core::ConfigRow;
using core::ConfigType;

constexpr auto kRows = std::to_array<ConfigRow>({
    {.name = "ACCOUNT_DELETION_GRACE_DAYS",
     .type = ConfigType::integer,
     .fallback = "7",
     .roles = core::config_role::kApi,
     .group = "Accounts",
     .help = "Days between asking for the deletion of an account and its purge, in which the mailed link "
             "keeps it.",
     .min = 1,
     .max = 30},
});

}  // namespace

std::span<const core::ConfigRow> user_rows() { return kRows; }

}  // namespace app
