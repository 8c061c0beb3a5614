#include "app/setting_checks.hpp"

#include "app/wiring.hpp"
#include "core/error.hpp"
#include "core/files.hpp"
#include "core/text.hpp"
#include "forecast/feed_options.hpp"
#include "forecast/height_book.hpp"
#include "grading/ruleset.hpp"
#include "http/ip_address.hpp"
#include "terrain/store.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <functional>

namespace app {
namespace {

using Faults = std::vector<core::FieldError>;
namespace role = core::config_role;

constexpr std::size_t kMaxHostBytes = 253;

bool is_host_byte(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '.' || c == '-' || c == '_';
}

/// What an error says, with the places inside of the file.
void add_file_fault(std::string_view name, const std::string& file, const core::Error& error,
                    Faults& faults) {
  const auto add = [&](const std::string& what) {
    faults.push_back({std::string(name), "unusable_file", "must name a usable file; " + file + ": " + what});
  };
  for (const auto& inner : error.fields()) add(inner.path + " " + inner.message);
  if (error.fields().empty()) {
    add(error.public_message() + (error.detail().empty() ? "" : " (" + error.detail() + ")"));
  }
}

void try_file(std::string_view name, const std::string& file, const std::function<void()>& use,
              Faults& faults) {
  try {
    use();
  } catch (const core::Error& error) {
    add_file_fault(name, file, error, faults);
  }
}

}  // namespace

std::string must_be_ip_address(std::string_view text) {
  return http::parse_ip(text) ? "" : "an IP address such as 127.0.0.1, 0.0.0.0 or ::1";
}

std::string must_be_address_blocks(std::string_view text) {
  try {
    http::TrustedProxies::parse(text);
    return {};
  } catch (const core::Error&) {
    return "addresses or blocks such as 10.0.0.0/8, between commas";
  }
}

std::string must_be_host_name(std::string_view text) {
  const std::string name = core::lower_ascii(text);
  const bool bracketed = name.starts_with('[') && name.ends_with(']');
  const bool good = bracketed ? http::parse_ip(std::string_view(name).substr(1, name.size() - 2)).has_value()
                              : name.size() <= kMaxHostBytes && std::ranges::all_of(name, is_host_byte);
  return good ? "" : "host names such as api.example.com, without scheme, port or path";
}

std::string must_be_app_id(std::string_view text) {
  constexpr std::size_t kTeamBytes = 10;
  const auto is_team = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
  const auto is_alnum = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  const bool good = text.size() >= kTeamBytes + 2 && text[kTeamBytes] == '.' &&
                    is_alnum(text[kTeamBytes + 1]) &&
                    std::ranges::all_of(text.substr(0, kTeamBytes), is_team) &&
                    std::ranges::all_of(text.substr(kTeamBytes + 1),
                                        [&](char c) { return is_alnum(c) || c == '.' || c == '-'; });
  return good ? ""
              : "ids such as ABCDE12345.com.example.app: the team's ten capitals and digits, a dot, the "
                "bundle's "
                "name";
}

core::LogLevel read_log_level(const std::filesystem::path& file) {
  core::LogLevel level = core::LogLevel::info;
  const auto text = core::read_file(file);
  if (!core::parse_log_level(core::trimmed(text), &level)) {
    throw core::Error(core::ErrorKind::invalid_input, "config.log_level",
                      "it must hold one of trace, debug, info, warn, error, silent");
  }
  return level;
}

void find_contradictions(const core::Config& config, unsigned roles, bool deployed, Faults& faults) {
  if (config.has("LOG_LEVEL_FILE") && config.source("LOG_LEVEL") == core::ConfigSource::environment) {
    faults.push_back({"LOG_LEVEL", "twice", "must be given by LOG_LEVEL or by LOG_LEVEL_FILE, not by both"});
  }
  if (config.has("ASPECTAVY_NOW") && deployed) {
    faults.push_back({"ASPECTAVY_NOW", "not_here", "must not be set unless APP_ENV is local or test"});
  }
  if ((roles & role::kApi) == 0) return;
  // Local mode knows its secrets from the source: nobody may open it to a network by forgetting a variable.
  if (config.source("APP_ENV") == core::ConfigSource::fallback && config.has("API_ADDRESS")) {
    const auto address = http::parse_ip(config.text("API_ADDRESS"));
    if (address && !address->is_loopback()) {
      faults.push_back({"APP_ENV", "required", "must be set where API_ADDRESS is not a loopback address"});
    }
  }
  if (config.has("METRICS_PORT") && config.has("PORT") &&
      config.port("METRICS_PORT") == config.port("PORT")) {
    faults.push_back({"METRICS_PORT", "taken", "must differ from PORT"});
  }
}

void find_unusable_files(const core::Config& config, unsigned roles, Faults& faults) {
  if (const auto file = config.optional_text("LOG_LEVEL_FILE")) {
    try_file(
        "LOG_LEVEL_FILE", *file, [&] { read_log_level(*file); }, faults);
  }
  if ((roles & (role::kApi | role::kWorker)) == 0) return;
  const auto check = [&](std::string_view name, const auto& parse) {
    const auto file = config.optional_text(name);
    if (file)
      try_file(
          name, *file, [&] { parse(core::read_file(*file)); }, faults);
  };
  check("FORECAST_FEEDS", [](const std::string& text) { forecast::parse_feeds(text); });
  check("BAND_HEIGHTS_FILE", [](const std::string& text) { forecast::HeightBook::load(text); });
  check("RULESET_FILE", [](const std::string& text) { grading::parse_ruleset(text); });
  for (const auto& entry : config.list("TERRAIN_STORE")) {
    std::error_code failed;
    const bool is_folder = std::filesystem::is_directory(entry, failed);
    const auto files = is_folder ? terrain_files({entry}) : std::vector<std::filesystem::path>{entry};
    for (const auto& file : files) {
      try_file(
          "TERRAIN_STORE", file, [&] { terrain::Store::open(file); }, faults);
    }
  }
  if ((roles & role::kApi) == 0) return;
  const auto web = config.optional_text("ASPECTAVY_WEB_DIR");
  std::error_code failed;
  if (web && !std::filesystem::is_regular_file(std::filesystem::path(*web) / "index.html", failed)) {
    faults.push_back({"ASPECTAVY_WEB_DIR", "unusable_file",
                      "must name a folder with an index.html (got \"" + *web + "\")"});
  }
}

}  // namespace app
