#include "app/mail_rows.hpp"

#include "app/mail_settings.hpp"
#include "app/setting_checks.hpp"

#include <array>

namespace app {
namespace {

using core::ConfigRow;
using core::ConfigType;
namespace role = core::config_role;

constexpr unsigned kBoth = role::kApi | role::kWorker;
constexpr std::string_view kGroup = "Mail";
constexpr std::array<std::string_view, 3> kModes = {"smtp", "log", "preview"};
constexpr std::array<std::string_view, 3> kTls = {"starttls", "implicit", "none"};

constexpr auto kRows = std::to_array<ConfigRow>({
    {.name = "MAIL_MODE",
     .type = ConfigType::enumeration,
     .fallback = "log",
     .deployed_fallback = "smtp",
     .roles = kBoth,
     .group = kGroup,
     .help = "`smtp`; `log`: a line in the worker's log instead, with the link only in local and test; "
             "`preview`: readable at /api/dev/mail, only in local and test and on a loopback API_ADDRESS.",
     .choices = kModes},
    {.name = "MAIL_FROM",
     .fallback = "no-reply@aspectavy.invalid",
     .refuse_placeholder = true,
     .roles = kBoth,
     .group = kGroup,
     .help = "Sender of mails and address for bounces. Of the domain of PUBLIC_APP_URL, or filters object.",
     .example = "no-reply@example.com",
     .to_fill_in = true,
     .check = must_be_mail_address},
    {.name = "MAIL_FROM_NAME",
     .fallback = "AspectAvy",
     .roles = kBoth,
     .group = kGroup,
     .help = "Name beside it.",
     .max = 100,
     .check = must_be_one_line},
    {.name = "SMTP_HOST",
     .refuse_placeholder = true,
     .roles = role::kWorker,
     .group = kGroup,
     .help = "Server that takes our mail. SMTP_* count where MAIL_MODE is smtp.",
     .example = "smtp.example.com",
     .to_fill_in = true,
     .check = must_be_host_name},
    {.name = "SMTP_PORT",
     .type = ConfigType::port,
     .roles = role::kWorker,
     .group = kGroup,
     .help = "Its port; when empty 587 for starttls, 465 for implicit, 25 for none.",
     .example = "587"},
    {.name = "SMTP_TLS",
     .type = ConfigType::enumeration,
     .fallback = "starttls",
     .roles = role::kWorker,
     .group = kGroup,
     .help = "`starttls` and `implicit` never fall back; `none` in staging and production only to a private "
             "address.",
     .choices = kTls},
    {.name = "SMTP_USER",
     .refuse_placeholder = true,
     .roles = role::kWorker,
     .group = kGroup,
     .help = "Login; none when empty.",
     .max = 256,
     .check = must_be_one_line},
    {.name = "SMTP_PASSWORD",
     .secret = true,
     .refuse_placeholder = true,
     .roles = role::kWorker,
     .group = kGroup,
     .help = "Its password."},
    {.name = "SMTP_HELLO",
     .roles = role::kWorker,
     .group = kGroup,
     .help = "Name we greet with; the domain of MAIL_FROM when empty.",
     .example = "app.example.com",
     .check = must_be_host_name},
    {.name = "SMTP_TIMEOUT_SECONDS",
     .type = ConfigType::duration,
     .fallback = "60",
     .roles = role::kWorker,
     .group = kGroup,
     .help = "How long handing over one mail may take.",
     .min = 5,
     .max = 75},
    {.name = "SMTP_CA_FILE",
     .type = ConfigType::path,
     .roles = role::kWorker,
     .group = kGroup,
     .help = "Certificates (PEM) that the server's is checked against; the system's when empty.",
     .example = "/etc/aspectavy/smtp-ca.pem"},
});

}  // namespace

std::span<const core::ConfigRow> mail_rows() { return kRows; }

}  // namespace app
