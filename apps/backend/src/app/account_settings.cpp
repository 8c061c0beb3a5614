#include "app/account_settings.hpp"

#include "core/dotted_version.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <compare>

namespace app {
namespace {

namespace role = core::config_role;

constexpr std::size_t kLeastSecret_bytes = 32;

std::vector<std::string> parts_of(std::string_view list) {
  std::vector<std::string> parts;
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    const auto part = core::trimmed(list.substr(0, comma));
    if (!part.empty()) parts.emplace_back(part);
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return parts;
}

void fault(core::LoadedConfig& loaded, std::string_view setting, std::string message) {
  loaded.faults.push_back({std::string(setting), "invalid_setting", std::move(message)});
}

std::string text_or_empty(const core::Config& config, std::string_view name) {
  return config.optional_text(name).value_or("");
}

std::string without_slash(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

void check_password_cost(core::LoadedConfig& loaded) {
  const auto& config = loaded.config;
  if (!config.has("PASSWORD_ARGON2_MEMORY_KIB") || !config.has("PASSWORD_ARGON2_TIME")) return;
  const account::PasswordCost cost{static_cast<std::size_t>(config.integer("PASSWORD_ARGON2_MEMORY_KIB")),
                                   static_cast<unsigned>(config.integer("PASSWORD_ARGON2_TIME"))};
  if (!cost.reaches_floor()) {
    fault(
        loaded, "PASSWORD_ARGON2_MEMORY_KIB",
        "must be at least 47104 with PASSWORD_ARGON2_TIME 1, 19456 with 2, 12288 with more (OWASP ASVS 5.0)");
  }
}

void check_app_versions(core::LoadedConfig& loaded) {
  const auto least = text_or_empty(loaded.config, "IOS_MINIMUM_VERSION");
  const auto recommended = text_or_empty(loaded.config, "IOS_RECOMMENDED_VERSION");
  if (!least.empty() && !loaded.config.has("IOS_APP_STORE_URL"))
    fault(loaded, "IOS_APP_STORE_URL",
          "must be set where IOS_MINIMUM_VERSION is: who is refused must know where to go");
  const auto order = core::compare_versions(recommended, least);
  if (order && std::is_lt(*order))
    fault(loaded, "IOS_RECOMMENDED_VERSION", "must not be below IOS_MINIMUM_VERSION");
}

}  // namespace

std::string must_be_session_secrets(std::string_view text) {
  const auto parts = parts_of(text);
  const bool good = !parts.empty() && std::ranges::all_of(parts, [](const std::string& part) {
    return part.size() >= kLeastSecret_bytes;
  });
  return good ? "" : "secrets of at least 32 characters, the newest first, between commas";
}

std::string must_be_web_origin(std::string_view text) {
  const bool has_scheme = text.starts_with("https://") || text.starts_with("http://");
  const auto host = has_scheme ? text.substr(text.find("://") + 3) : std::string_view{};
  const bool good = !host.empty() && host.find_first_of("/?#@*") == std::string_view::npos &&
                    core::lower_ascii(text) == text;
  return good ? "" : "origins such as https://app.example.com, in lower case, nothing behind";
}

std::string must_be_version(std::string_view text) {
  return core::compare_versions(text, text) ? "" : "a version such as 2.10.3";
}

void check_accounts(core::LoadedConfig& loaded, unsigned roles, bool deployed) {
  if ((roles & role::kApi) == 0) return;
  const auto& config = loaded.config;
  check_password_cost(loaded);
  check_app_versions(loaded);
  if (deployed && config.has("PUBLIC_APP_URL") && !config.text("PUBLIC_APP_URL").starts_with("https://"))
    fault(loaded, "PUBLIC_APP_URL", "must be https:// in staging and production");
  if (deployed && config.has("DEMO_SIGN_IN") && config.boolean("DEMO_SIGN_IN"))
    fault(loaded, "DEMO_SIGN_IN", "must be off in staging and production: anybody could sign in");
}

AccountSettings read_accounts(const core::Config& config, unsigned roles, bool deployed) {
  AccountSettings settings;
  for (auto& part : parts_of(config.secret("SESSION_SECRET").reveal()))
    settings.session_secrets.emplace_back(std::move(part));
  settings.public_app_url = without_slash(text_or_empty(config, "PUBLIC_APP_URL"));
  settings.universal_link_host = text_or_empty(config, "APP_UNIVERSAL_LINK_HOST");
  settings.password_cost = {static_cast<std::size_t>(config.integer("PASSWORD_ARGON2_MEMORY_KIB")),
                            static_cast<unsigned>(config.integer("PASSWORD_ARGON2_TIME"))};
  settings.accounts.registration = config.text("REGISTRATION_MODE") == "instant"
                                       ? account::RegistrationMode::instant
                                       : account::RegistrationMode::verify_first;
  settings.accounts.invite_only = config.boolean("REGISTRATION_INVITE_ONLY");
  if ((roles & role::kApi) == 0) return settings;
  settings.gate.cookie.domain = text_or_empty(config, "SESSION_COOKIE_DOMAIN");
  settings.gate.cookie.is_secure =
      deployed || !settings.gate.cookie.domain.empty() || settings.public_app_url.starts_with("https://");
  settings.gate.allowed_origins = config.list("APP_ALLOWED_ORIGINS");
  settings.gate.app = {text_or_empty(config, "IOS_MINIMUM_VERSION"),
                       text_or_empty(config, "IOS_APP_STORE_URL")};
  settings.recommended_version = text_or_empty(config, "IOS_RECOMMENDED_VERSION");
  settings.floods.burst = static_cast<int>(config.integer("REQUESTS_PER_10_SECONDS"));
  settings.demo_sign_in = config.boolean("DEMO_SIGN_IN");
  return settings;
}

}  // namespace app
