#include "app/storage_rows.hpp"

#include "app/storage_settings.hpp"

#include <array>

namespace app {
namespace {

using core::ConfigRow;
using core::ConfigType;
namespace role = core::config_role;

constexpr unsigned kRoles = role::kApi | role::kWorker | role::kStorage;
constexpr std::string_view kGroup = "Object storage";
constexpr std::array<std::string_view, 2> kDrivers = {"database", "s3"};
constexpr std::array<std::string_view, 2> kSchemes = {"https", "http"};

constexpr auto kRows = std::to_array<ConfigRow>({
    {.name = "STORAGE_DRIVER",
     .type = ConfigType::enumeration,
     .fallback = "database",
     .roles = kRoles,
     .group = kGroup,
     .help = "Where avatars and exports lie: in Postgres, so that one dump holds everything, or in a bucket. "
             "`aspectavy storage migrate` moves them.",
     .choices = kDrivers},
    {.name = "STORAGE_MAX_BYTES",
     .type = ConfigType::size,
     .roles = kRoles,
     .group = kGroup,
     .help = "Largest object; when empty 1MiB in Postgres, where 16MiB is the most, and 32MiB in a bucket.",
     .example = "1MiB",
     .min = 1 << 10,
     .max = 256LL << 20},
    {.name = "S3_ENDPOINT",
     .type = ConfigType::url,
     .refuse_placeholder = true,
     .roles = kRoles,
     .group = kGroup,
     .help =
         "Origin of the S3 server, nothing behind it. Clients fetch exports from there, so they must reach "
         "it too. S3_* count where STORAGE_DRIVER is s3, and for `aspectavy storage migrate`.",
     .example = "https://s3.example.com",
     .choices = kSchemes,
     .check = must_be_origin},
    {.name = "S3_REGION",
     .fallback = "us-east-1",
     .roles = kRoles,
     .group = kGroup,
     .help = "Region that signatures name. Servers of one's own mostly take the default.",
     .max = 64},
    {.name = "S3_BUCKET",
     .roles = kRoles,
     .group = kGroup,
     .help = "Bucket, which must exist and stay private.",
     .example = "aspectavy",
     .check = must_be_bucket_name},
    {.name = "S3_ACCESS_KEY_ID",
     .refuse_placeholder = true,
     .roles = kRoles,
     .group = kGroup,
     .help = "Key that may list the bucket and get, put and delete its objects.",
     .max = 128},
    {.name = "S3_SECRET_ACCESS_KEY",
     .secret = true,
     .refuse_placeholder = true,
     .roles = kRoles,
     .group = kGroup,
     .help = "The key's secret."},
    {.name = "S3_FORCE_PATH_STYLE",
     .type = ConfigType::boolean,
     .fallback = "off",
     .roles = kRoles,
     .group = kGroup,
     .help = "`on`: https://host/bucket/key, as MinIO and its like want it; `off`: https://bucket.host/key."},
});

}  // namespace

std::span<const core::ConfigRow> storage_rows() { return kRows; }

}  // namespace app
