#include "app/membership_settings.hpp"

#include "app/database_settings.hpp"
#include "core/text.hpp"
#include "net/http_client.hpp"

#include "membership/signature.hpp"

#include <algorithm>
#include <vector>

namespace app {
namespace {

std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    const auto part = core::trimmed(text.substr(0, comma));
    if (!part.empty()) parts.push_back(part);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return parts;
}

bool is_strong(std::string_view secret) {
  return membership::is_strong_secret(core::Secret(std::string(secret)));
}

bool is_provider_name(std::string_view name) {
  return membership::is_source_name(name) && name != membership::kBuddyPass;
}

std::string_view name_of(std::string_view host) {
  if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
  return host.substr(0, host.find(':'));
}

void fault(core::LoadedConfig& loaded, std::string_view setting, std::string message) {
  loaded.faults.push_back({std::string(setting), "invalid_setting", std::move(message)});
}

}  // namespace

std::string must_be_webhook_secrets(std::string_view text) {
  const auto parts = parts_of(text);
  const bool good = !parts.empty() && std::ranges::all_of(parts, [](std::string_view part) {
    const auto equals = part.find('=');
    return equals != std::string_view::npos && is_provider_name(part.substr(0, equals)) &&
           is_strong(part.substr(equals + 1));
  });
  return good ? ""
              : "name=secret, between commas: names of a–z, 0–9 and _ other than buddy_pass, secrets of at "
                "least 24 bytes";
}

std::string must_be_provider_secrets(std::string_view text) {
  const auto parts = parts_of(text);
  return !parts.empty() && std::ranges::all_of(parts, is_strong)
             ? ""
             : "secrets of at least 24 bytes, between commas";
}

std::string must_be_provider_name(std::string_view text) {
  return is_provider_name(text) ? "" : "1 to 32 of a–z, 0–9 and _, other than buddy_pass";
}

void check_membership(core::LoadedConfig& loaded, bool deployed) {
  const auto& config = loaded.config;
  if (!config.has("MEMBERSHIP_PROVIDER_URL")) return;
  if (!config.has("MEMBERSHIP_PROVIDER_SECRET") &&
      config.source("MEMBERSHIP_PROVIDER_SECRET") == core::ConfigSource::unset)
    fault(loaded, "MEMBERSHIP_PROVIDER_SECRET", "must be set with MEMBERSHIP_PROVIDER_URL (got nothing)");
  const auto& url = config.text("MEMBERSHIP_PROVIDER_URL");
  if (url.find_first_of("?#@") != std::string::npos)
    fault(loaded, "MEMBERSHIP_PROVIDER_URL", "must have no query, fragment or user");
  else if (deployed && url.starts_with("http://") && !is_near_host(name_of(net::host_header(url))))
    fault(loaded, "MEMBERSHIP_PROVIDER_URL", "must be https:// for a host that is no private address");
}

MembershipSettings read_membership(const core::Config& config) {
  MembershipSettings settings;
  const auto webhook_secrets = config.secret("MEMBERSHIP_WEBHOOK_SECRETS");
  for (const auto part : parts_of(webhook_secrets.reveal())) {
    const auto equals = part.find('=');
    settings.webhook_secrets[std::string(part.substr(0, equals))].emplace_back(
        std::string(part.substr(equals + 1)));
  }
  settings.provider.name = config.text("MEMBERSHIP_PROVIDER_NAME");
  settings.provider.url = config.optional_text("MEMBERSHIP_PROVIDER_URL").value_or("");
  if (settings.provider.url.ends_with('/')) settings.provider.url.pop_back();
  const auto provider_secrets = config.secret("MEMBERSHIP_PROVIDER_SECRET");
  for (const auto part : parts_of(provider_secrets.reveal()))
    settings.provider.secrets.emplace_back(std::string(part));
  settings.buddy_passes = {.passes_per_year = static_cast<int>(config.integer("MEMBERSHIP_BUDDY_PASSES")),
                           .days = static_cast<int>(config.integer("MEMBERSHIP_BUDDY_DAYS"))};
  return settings;
}

}  // namespace app
