#include "app/mail_settings.hpp"

#include "app/database_settings.hpp"
#include "http/ip_address.hpp"

#include <algorithm>

namespace app {
namespace {

namespace role = core::config_role;

void fault(core::LoadedConfig& loaded, std::string_view setting, std::string message) {
  loaded.faults.push_back({std::string(setting), "invalid_setting", std::move(message)});
}

bool says(const core::Config& config, std::string_view name, std::string_view value) {
  return config.has(name) && config.text(name) == value;
}

bool is_given(const core::LoadedConfig& loaded, std::string_view name) {
  // Given but not acceptable has been said.
  return loaded.config.has(name) ||
         std::ranges::find(loaded.faults, name, &core::FieldError::path) != loaded.faults.end();
}

void check_preview(core::LoadedConfig& loaded, unsigned roles, bool deployed) {
  const auto& config = loaded.config;
  if (deployed) {
    fault(loaded, "MAIL_MODE", "must not be preview unless APP_ENV is local or test: it shows sign-in links");
    return;
  }
  if ((roles & role::kApi) == 0 || !config.has("API_ADDRESS")) return;
  const auto address = http::parse_ip(config.text("API_ADDRESS"));
  if (!address || !address->is_loopback())
    fault(loaded, "MAIL_MODE",
          "must not be preview unless API_ADDRESS is a loopback address: it shows sign-in links");
}

void check_smtp(core::LoadedConfig& loaded, bool deployed) {
  const auto& config = loaded.config;
  if (!is_given(loaded, "SMTP_HOST"))
    fault(loaded, "SMTP_HOST", "must be set where MAIL_MODE is smtp (got nothing)");
  if (config.has("MAIL_FROM") && config.source("MAIL_FROM") == core::ConfigSource::fallback)
    fault(loaded, "MAIL_FROM", "must be set where MAIL_MODE is smtp (got nothing)");
  if (deployed && says(config, "SMTP_TLS", "none") && config.has("SMTP_HOST") &&
      !is_near_host(config.text("SMTP_HOST")))
    fault(loaded, "SMTP_TLS", "must be starttls or implicit for a host that is no private address");
  if (config.has("SMTP_USER") == config.secret("SMTP_PASSWORD").empty())
    fault(loaded, "SMTP_PASSWORD", "must be set together with SMTP_USER, or both left empty");
}

net::SmtpOptions read_smtp(const core::Config& config, const mail::Address& from) {
  net::SmtpOptions smtp;
  smtp.host = config.optional_text("SMTP_HOST").value_or("");
  const auto& tls = config.text("SMTP_TLS");
  smtp.tls = tls == "implicit" ? net::SmtpTls::implicit
             : tls == "none"   ? net::SmtpTls::none
                               : net::SmtpTls::starttls;
  smtp.port = tls == "implicit" ? 465 : tls == "none" ? 25 : 587;
  if (config.has("SMTP_PORT")) smtp.port = config.port("SMTP_PORT");
  smtp.user = config.optional_text("SMTP_USER").value_or("");
  smtp.password = config.secret("SMTP_PASSWORD");
  smtp.hello = config.optional_text("SMTP_HELLO").value_or(std::string(from.domain()));
  smtp.total_timeout = config.duration("SMTP_TIMEOUT_SECONDS");
  smtp.connect_timeout = std::min(smtp.connect_timeout, smtp.total_timeout);
  smtp.ca_file = config.optional_text("SMTP_CA_FILE").value_or("");
  return smtp;
}

}  // namespace

std::string must_be_mail_address(std::string_view text) {
  return mail::parse_address(text) ? "" : "a plain mail address such as no-reply@example.com";
}

std::string must_be_one_line(std::string_view text) {
  const bool good =
      std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  return good ? "" : "a text without line ends and other control characters";
}

void check_mail(core::LoadedConfig& loaded, unsigned roles, bool deployed) {
  if ((roles & (role::kApi | role::kWorker)) == 0) return;
  if (says(loaded.config, "MAIL_MODE", "preview")) check_preview(loaded, roles, deployed);
  if (says(loaded.config, "MAIL_MODE", "log") && deployed)
    loaded.warnings.emplace_back("MAIL_MODE is log: nobody gets any mail");
  if (says(loaded.config, "MAIL_MODE", "smtp") && (roles & role::kWorker) != 0) check_smtp(loaded, deployed);
}

MailSettings read_mail(const core::Config& config, unsigned roles) {
  MailSettings settings;
  const auto& mode = config.text("MAIL_MODE");
  if (mode == "smtp") settings.mode = mail::Mode::smtp;
  if (mode == "preview") settings.mode = mail::Mode::preview;
  settings.from = {.address = *mail::parse_address(config.text("MAIL_FROM")),
                   .name = config.text("MAIL_FROM_NAME")};
  if ((roles & role::kWorker) != 0) settings.smtp = read_smtp(config, settings.from.address);
  return settings;
}

}  // namespace app
