#include "app/database_settings.hpp"

#include "core/error.hpp"
#include "db/dsn.hpp"
#include "http/ip_address.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

namespace app {
namespace {

constexpr std::string_view kUrl = "DATABASE_URL";

struct Part {
  std::string_view setting;
  std::string_view parameter;
};
constexpr std::array kParts = {Part{"PGHOST", "host"},
                               Part{"PGPORT", "port"},
                               Part{"PGUSER", "user"},
                               Part{"PGPASSWORD", "password"},
                               Part{"PGDATABASE", "dbname"},
                               Part{"PGSSLMODE", "sslmode"},
                               Part{"PGSSLROOTCERT", "sslrootcert"}};

/// libpq's own modes that do not insist on TLS.
constexpr std::array<std::string_view, 3> kWeakModes = {"disable", "allow", "prefer"};

void fault(core::LoadedConfig& loaded, std::string_view setting, std::string message) {
  loaded.faults.push_back({std::string(setting), "invalid_setting", std::move(message)});
}

std::string value_of(const core::Config& config, std::string_view setting) {
  if (!config.has(setting)) return {};
  if (setting == "PGPASSWORD") return config.secret(setting).reveal();
  if (setting == "PGPORT") return std::to_string(config.port(setting));
  return config.text(setting);
}

std::optional<db::Dsn> parsed_url(core::LoadedConfig& loaded) {
  try {
    return db::Dsn::parse(loaded.config.secret(kUrl));
  } catch (const core::Error& error) {
    fault(loaded, kUrl, "must be an address of Postgres: " + error.public_message());
    return std::nullopt;
  }
}

/// Parts fill in what the address leaves out; where both speak they must say the same.
void add_parts(core::LoadedConfig& loaded, db::Dsn& dsn) {
  for (const auto& part : kParts) {
    const auto value = value_of(loaded.config, part.setting);
    const auto given = dsn.get(part.parameter);
    if (value.empty() || value == given) continue;
    if (given.empty()) {
      dsn.set(part.parameter, value);
    } else {
      fault(loaded, part.setting, "must agree with DATABASE_URL, or be empty (got another value)");
    }
  }
}

void require_parts(core::LoadedConfig& loaded, const db::Dsn& dsn) {
  for (const auto& part : {kParts[2], kParts[4]}) {
    if (dsn.get(part.parameter).empty()) fault(loaded, part.setting, "must be set with PGHOST (got nothing)");
  }
}

void judge_tls(core::LoadedConfig& loaded, db::Dsn& dsn) {
  const auto hosts = dsn.hosts();
  const auto far = std::ranges::find_if_not(hosts, is_near_host);
  if (far == hosts.end()) return;
  const std::string mode(dsn.get("sslmode"));
  if (mode.empty()) {
    dsn.set("sslmode", "require");
    return;
  }
  if (std::ranges::find(kWeakModes, mode) == kWeakModes.end()) return;
  const auto setting = loaded.config.has("PGSSLMODE") ? std::string_view("PGSSLMODE") : kUrl;
  const bool allowed =
      loaded.config.has("DATABASE_ALLOW_PLAINTEXT") && loaded.config.boolean("DATABASE_ALLOW_PLAINTEXT");
  if (mode == "disable" && !allowed) {
    fault(loaded, setting,
          "must not have sslmode disable for " + *far +
              ", which is no private address: the password would travel in the clear. Use require or "
              "verify-full; where the way is protected otherwise, set DATABASE_ALLOW_PLAINTEXT=1");
    return;
  }
  loaded.warnings.push_back(std::string(setting) + ": sslmode " + mode + " does not insist on TLS to " +
                            *far + "; verify-full does");
}

bool has_fault(const core::LoadedConfig& loaded, std::string_view setting) {
  return std::ranges::any_of(loaded.faults, [&](const auto& one) { return one.path == setting; });
}

}  // namespace

bool is_near_host(std::string_view host) {
  static const auto kNear = http::TrustedProxies::parse(
      "127.0.0.0/8, ::1, 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 169.254.0.0/16, fc00::/7, fe80::/10");
  if (host.empty() || host.front() == '/' || host.front() == '@') return true;
  if (const auto address = http::parse_ip(host)) return kNear.contains(*address);
  return host.find('.') == std::string_view::npos;
}

core::Secret database_dsn(core::LoadedConfig& loaded, bool deployed) {
  if (has_fault(loaded, kUrl)) return {};
  db::Dsn dsn;
  if (loaded.config.has(kUrl)) {
    const auto url = parsed_url(loaded);
    if (!url) return {};
    dsn = *url;
    add_parts(loaded, dsn);
  } else if (loaded.config.has("PGHOST")) {
    add_parts(loaded, dsn);
    require_parts(loaded, dsn);
  } else {
    fault(loaded, kUrl, "must be set, or PGHOST with the other parts (got neither)");
  }
  if (deployed) judge_tls(loaded, dsn);
  return loaded.faults.empty() ? dsn.text() : core::Secret();
}

}  // namespace app
