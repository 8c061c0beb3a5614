#include "app/analytics_settings.hpp"

#include "app/database_settings.hpp"
#include "net/http_client.hpp"

#include "analytics/aptabase.hpp"

namespace app {
namespace {

constexpr std::string_view kSelfHosted = "A-SH-";

void fault(core::LoadedConfig& loaded, std::string_view setting, std::string message) {
  loaded.faults.push_back({std::string(setting), "invalid_setting", std::move(message)});
}

std::string_view name_of(std::string_view host) {
  if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
  return host.substr(0, host.find(':'));
}

}  // namespace

std::string must_be_aptabase_key(std::string_view text) {
  return analytics::is_app_key(text)
             ? ""
             : "a key such as A-EU-0123456789: A, the region (EU, US, DEV or SH), ten digits";
}

void check_analytics(core::LoadedConfig& loaded, bool deployed) {
  const auto& config = loaded.config;
  const bool has_host = config.has("APTABASE_HOST");
  const auto host = config.optional_text("APTABASE_HOST").value_or("");
  if (has_host && deployed && host.starts_with("http://") && !is_near_host(name_of(net::host_header(host))))
    fault(loaded, "APTABASE_HOST", "must be https:// for a host that is no private address");
  const auto key = config.secret("APTABASE_APP_KEY");
  if (key.empty()) return;
  const bool is_self_hosted = key.reveal().starts_with(kSelfHosted);
  if (is_self_hosted && !has_host)
    fault(loaded, "APTABASE_HOST", "must be set for a key A-SH-… (got nothing)");
  if (!is_self_hosted && has_host)
    fault(loaded, "APTABASE_HOST", "must be left empty unless the key is A-SH-…");
}

AnalyticsSettings read_analytics(const core::Config& config) {
  AnalyticsSettings settings;
  settings.app_key = config.secret("APTABASE_APP_KEY");
  if (settings.app_key.empty()) return settings;
  const auto host = config.optional_text("APTABASE_HOST").value_or("");
  settings.url = analytics::events_url(settings.app_key.reveal(), host).value_or("");
  return settings;
}

}  // namespace app
