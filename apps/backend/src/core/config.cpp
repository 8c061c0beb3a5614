#include "core/config.hpp"

#include "core/config_text.hpp"
#include "core/config_value.hpp"
#include "core/files.hpp"

#include <unistd.h>

#include <algorithm>

extern "C" char** environ;

namespace core {
namespace {

constexpr std::string_view kFileSuffix = "_FILE";
constexpr std::size_t kMaxSecretFileBytes = 64u << 10;

[[noreturn]] void misuse(std::string_view name, const char* why) {
  throw Error(ErrorKind::internal, "config.misuse", "The settings were misused.",
              std::string(name) + ": " + why);
}

/// Unset and empty are the same: Compose passes on what nobody set as an empty text.
std::optional<std::string> given(const Environment& environment, std::string_view name) {
  const auto found = environment.find(name);
  if (found == environment.end() || found->second.empty()) return std::nullopt;
  return found->second;
}

}  // namespace

const ConfigRow* find_setting(std::span<const ConfigRow> table, std::string_view name) {
  const auto found = std::ranges::find_if(table, [name](const ConfigRow& row) {
    if (row.name == name) return true;
    return may_stand_in_file(row) && name.ends_with(kFileSuffix) &&
           name.substr(0, name.size() - kFileSuffix.size()) == row.name;
  });
  return found == table.end() ? nullptr : &*found;
}

bool may_stand_in_file(const ConfigRow& row) { return row.secret && row.roles != config_role::kCompose; }

bool is_deployed(const Environment& environment) {
  const auto app_env = given(environment, "APP_ENV");
  return app_env == "staging" || app_env == "production";
}

std::string_view fallback_of(const ConfigRow& row, bool deployed) {
  return deployed && !row.deployed_fallback.empty() ? row.deployed_fallback : row.fallback;
}

std::string unknown_name_warning(std::span<const ConfigRow> table, const std::string& name) {
  const ConfigRow* nearest = nullptr;
  std::size_t least = std::max<std::size_t>(2, name.size() / 4) + 1;
  for (const auto& row : table) {
    const auto distance = edit_distance(name, row.name);
    if (distance >= least) continue;
    least = distance;
    nearest = &row;
  }
  std::string text = name + " is no known setting and is ignored";
  if (nearest != nullptr) text += "; did you mean " + std::string(nearest->name) + "?";
  return text;
}

/// Fills a Config row by row and keeps the faults.
class ConfigLoader {
 public:
  ConfigLoader(const Environment& environment, const ConfigFileReader& read_file, bool deployed)
      : environment_(environment), read_file_(read_file), deployed_(deployed) {}

  void load(const ConfigRow& row) {
    auto& entry = loaded.config.entries_[row.name];
    entry.row = &row;
    if (!take_text(row, entry)) return;
    if (deployed_ && row.refuse_placeholder && is_placeholder(row, entry.raw)) {
      fault(row, "must be your own value, not the placeholder of an example" + got(row, entry.raw));
      return;
    }
    auto parsed = parse_setting(row, entry.raw);
    if (parsed.ok()) {
      entry.value = std::move(parsed.value);
    } else {
      fault(row, parsed.must_be + got(row, entry.raw));
    }
  }

  LoadedConfig loaded;

 private:
  bool take_text(const ConfigRow& row, Config::Entry& entry) {
    const auto direct = given(environment_, row.name);
    const std::string file_name = std::string(row.name) + std::string(kFileSuffix);
    const auto path = may_stand_in_file(row) ? given(environment_, file_name) : std::nullopt;
    if (direct && path) {
      fault(row, "must be given by " + std::string(row.name) + " or by " + file_name + " (got both)");
      return false;
    }
    if (direct) {
      entry.raw = *direct;
      entry.source = ConfigSource::environment;
      return true;
    }
    if (path) return take_file(row, file_name, *path, entry);
    const bool needed =
        row.need == ConfigNeed::always || (row.need == ConfigNeed::when_deployed && deployed_);
    if (needed) {
      fault(row, "must be set (got nothing)");
      return false;
    }
    const auto fallback = fallback_of(row, deployed_);
    if (fallback.empty()) return false;
    entry.raw = fallback;
    entry.source = ConfigSource::fallback;
    return true;
  }

  bool take_file(const ConfigRow& row, const std::string& file_name, const std::string& path,
                 Config::Entry& entry) {
    try {
      entry.raw = read_file_(path);
    } catch (const Error& error) {
      fault(row, "must stand in the file that " + file_name + " names (got: " + error.public_message() + ")");
      return false;
    }
    if (entry.raw.ends_with('\n')) entry.raw.pop_back();
    if (entry.raw.ends_with('\r')) entry.raw.pop_back();
    if (entry.raw.empty()) {
      fault(row, "must be set (got an empty file from " + file_name + ")");
      return false;
    }
    entry.source = ConfigSource::file;
    return true;
  }

  static std::string got(const ConfigRow& row, std::string_view text) {
    if (row.secret) return " (got " + std::to_string(text.size()) + " bytes)";
    return " (got \"" + printable_setting(text) + "\")";
  }

  void fault(const ConfigRow& row, std::string message) {
    loaded.faults.push_back({std::string(row.name), "invalid_setting", std::move(message)});
  }

  const Environment& environment_;
  const ConfigFileReader& read_file_;
  bool deployed_;
};

Environment process_environment() {
  Environment environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

std::string read_config_file(const std::string& path) { return read_file(path, kMaxSecretFileBytes); }

LoadedConfig load_config(std::span<const ConfigRow> table, const Environment& environment, unsigned role,
                         const ConfigFileReader& read_file) {
  ConfigLoader loader(environment, read_file, is_deployed(environment));
  for (const auto& row : table) {
    if ((row.roles & role) != 0) loader.load(row);
  }
  for (const auto& [name, value] : environment) {
    const bool ours = name.starts_with("ASPECTAVY_") || name.starts_with("APP_");
    if (ours && find_setting(table, name) == nullptr)
      loader.loaded.warnings.push_back(unknown_name_warning(table, name));
  }
  return std::move(loader.loaded);
}

void LoadedConfig::require_valid() const {
  if (!faults.empty()) throw Error::invalid("config.invalid", "Settings are missing or wrong.", faults);
}

std::string config_error_lines(const std::vector<FieldError>& faults) {
  std::string text;
  for (const auto& fault : faults) text += "config error: " + fault.path + ": " + fault.message + "\n";
  return text;
}

const Config::Entry& Config::entry(std::string_view name) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) misuse(name, "not a setting of this role");
  return found->second;
}

template <typename T>
const T& Config::value(std::string_view name, std::initializer_list<ConfigType> types) const {
  const auto& found = entry(name);
  if (std::ranges::find(types, found.row->type) == types.end()) misuse(name, "asked for as another type");
  const auto* content = std::get_if<T>(&found.value);
  if (content == nullptr) misuse(name, "has no value");
  return *content;
}

bool Config::has(std::string_view name) const { return entry(name).value.index() != 0; }

const std::string& Config::text(std::string_view name) const {
  if (entry(name).row->secret) misuse(name, "is a secret");
  return value<std::string>(name,
                            {ConfigType::text, ConfigType::url, ConfigType::enumeration, ConfigType::path});
}

Secret Config::secret(std::string_view name) const {
  if (!entry(name).row->secret) misuse(name, "is no secret");
  if (!has(name)) return {};
  return Secret(value<std::string>(name, {ConfigType::text, ConfigType::url, ConfigType::path}));
}

std::int64_t Config::integer(std::string_view name) const {
  return value<std::int64_t>(name, {ConfigType::integer});
}

bool Config::boolean(std::string_view name) const { return value<bool>(name, {ConfigType::boolean}); }

std::chrono::seconds Config::duration(std::string_view name) const {
  return std::chrono::seconds{value<std::int64_t>(name, {ConfigType::duration})};
}

std::size_t Config::size(std::string_view name) const {
  return static_cast<std::size_t>(value<std::int64_t>(name, {ConfigType::size}));
}

std::uint16_t Config::port(std::string_view name) const {
  return static_cast<std::uint16_t>(value<std::int64_t>(name, {ConfigType::port}));
}

const std::vector<std::string>& Config::list(std::string_view name) const {
  static const std::vector<std::string> kNothing;
  if (entry(name).row->type == ConfigType::list && !has(name)) return kNothing;
  return value<std::vector<std::string>>(name, {ConfigType::list});
}

Day Config::day(std::string_view name) const { return value<Day>(name, {ConfigType::day}); }

Timestamp Config::instant(std::string_view name) const {
  return value<Timestamp>(name, {ConfigType::instant});
}

std::optional<std::string> Config::optional_text(std::string_view name) const {
  return has(name) ? std::optional(text(name)) : std::nullopt;
}

std::optional<std::int64_t> Config::optional_integer(std::string_view name) const {
  return has(name) ? std::optional(integer(name)) : std::nullopt;
}

std::optional<Day> Config::optional_day(std::string_view name) const {
  return has(name) ? std::optional(day(name)) : std::nullopt;
}

std::optional<Timestamp> Config::optional_instant(std::string_view name) const {
  return has(name) ? std::optional(instant(name)) : std::nullopt;
}

ConfigSource Config::source(std::string_view name) const { return entry(name).source; }

}  // namespace core
