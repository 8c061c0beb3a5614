#pragma once
// Settings from environment variables: one table of rows drives reading, checking, showing and documenting.
//
// The table itself belongs to app/. Loading never throws and never stops at the first fault: the caller may
// add faults of its own (settings that contradict each other) and then calls require_valid() once.

#include "core/error.hpp"
#include "core/secret.hpp"
#include "core/time.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace core {

/// What a setting's text means. Accepted: `duration` "90", "30s", "15m", "12h", "7d" (seconds without a
/// unit); `size` "1048576", "64KiB", "20MiB", "1GiB"; `boolean` true/false, yes/no, on/off, 1/0; `list` items
/// between commas, trimmed, each kept once; `port` 1–65535; `day` YYYY-MM-DD; `instant` YYYY-MM-DDThh:mm:ssZ.
enum class ConfigType {
  text,
  url,
  integer,
  boolean,
  duration,
  size,
  enumeration,
  list,
  port,
  path,
  day,
  instant,
};

/// Who reads a setting: a mask.
namespace config_role {
inline constexpr unsigned kApi = 1;
inline constexpr unsigned kWorker = 2;
inline constexpr unsigned kMigrate = 4;
inline constexpr unsigned kCli = 8;
/// `aspectavy storage`, which reads the database as migrate does.
inline constexpr unsigned kStorage = 32;
inline constexpr unsigned kAll = 15 | kStorage;
/// Compose and the scripts beside it, never the program: such rows are known, documented and checked in
/// files.
inline constexpr unsigned kCompose = 16;
}  // namespace config_role

/// When a setting must be given; "deployed" is APP_ENV staging or production.
enum class ConfigNeed { optional, when_deployed, always };

struct ConfigRow {
  std::string_view name;
  ConfigType type = ConfigType::text;
  std::string_view fallback = {};           ///< used when unset and not needed; empty: then there is no value
  std::string_view deployed_fallback = {};  ///< in its place when deployed, unless empty
  ConfigNeed need = ConfigNeed::optional;
  bool secret = false;              ///< never shown; may also be given by a file that NAME_FILE names
  bool refuse_placeholder = false;  ///< when deployed, texts such as "change-me" or the example are faults
  unsigned roles = config_role::kAll;
  std::string_view group = {};
  std::string_view help = {};
  std::string_view example = {};
  std::string_view local_value = {};  ///< written out in the example for local
  bool to_fill_in = false;  ///< stands ready in the examples of deployments, although it may be left empty
  /// Bytes of a text, url or path; items of a list; else of the number itself.
  std::optional<std::int64_t> min = {};
  std::optional<std::int64_t> max = {};
  std::span<const std::string_view> choices = {};  ///< of an enumeration; the schemes of a url
  /// What a text, or an item of a list, must be ("an IP address"); empty when it is that.
  std::string (*check)(std::string_view) = nullptr;
};

using Environment = std::map<std::string, std::string, std::less<>>;

/// The environment of this process.
Environment process_environment();

/// Reads the file that NAME_FILE names; core::read_file in production.
using ConfigFileReader = std::function<std::string(const std::string& path)>;
std::string read_config_file(const std::string& path);

enum class ConfigSource { unset, fallback, environment, file };

/// The values of one table for one role. Asking for a name that is not in the table or with another type is a
/// programming error: core::Error(internal, "config.misuse"). So is asking for a setting without a value,
/// except through the optional getters.
class Config {
 public:
  bool has(std::string_view name) const;

  const std::string& text(std::string_view name) const;  ///< text, url, enumeration, path; not of secrets
  Secret secret(std::string_view name) const;            ///< empty if unset
  std::int64_t integer(std::string_view name) const;
  bool boolean(std::string_view name) const;
  std::chrono::seconds duration(std::string_view name) const;
  std::size_t size(std::string_view name) const;
  std::uint16_t port(std::string_view name) const;
  const std::vector<std::string>& list(std::string_view name) const;  ///< empty if unset
  Day day(std::string_view name) const;
  Timestamp instant(std::string_view name) const;

  std::optional<std::string> optional_text(std::string_view name) const;
  std::optional<std::int64_t> optional_integer(std::string_view name) const;
  std::optional<Day> optional_day(std::string_view name) const;
  std::optional<Timestamp> optional_instant(std::string_view name) const;

  ConfigSource source(std::string_view name) const;

  using Value =
      std::variant<std::monostate, std::string, std::int64_t, bool, std::vector<std::string>, Day, Timestamp>;

 private:
  friend class ConfigLoader;
  friend std::string render_settings(std::span<const ConfigRow>, const Config&);
  struct Entry {
    const ConfigRow* row = nullptr;
    ConfigSource source = ConfigSource::unset;
    std::string raw;
    Value value;
  };
  const Entry& entry(std::string_view name) const;
  template <typename T>
  const T& value(std::string_view name, std::initializer_list<ConfigType> types) const;

  std::map<std::string_view, Entry> entries_;
};

struct LoadedConfig {
  Config config;
  std::vector<FieldError> faults;     ///< path: the setting's name
  std::vector<std::string> warnings;  ///< unknown ASPECTAVY_* and APP_* names, with the nearest known one

  /// Throws core::Error(invalid_input, "config.invalid") with all faults, if there are any.
  void require_valid() const;
};

/// The row that reads `name`, also by its NAME_FILE form; null when there is none.
const ConfigRow* find_setting(std::span<const ConfigRow> table, std::string_view name);
/// NAME_FILE may name a file that holds it.
bool may_stand_in_file(const ConfigRow& row);
/// "NAME is no known setting and is ignored; did you mean …?"
std::string unknown_name_warning(std::span<const ConfigRow> table, const std::string& name);

/// APP_ENV says staging or production.
bool is_deployed(const Environment& environment);

/// What is used when nothing is given.
std::string_view fallback_of(const ConfigRow& row, bool deployed);

/// Reads the rows of `role` (a mask). An empty value counts as unset. `table` must outlive the result.
/// APP_ENV of the same table decides whether this is a deployment.
LoadedConfig load_config(std::span<const ConfigRow> table, const Environment& environment, unsigned role,
                         const ConfigFileReader& read_file = read_config_file);

/// "config error: NAME: must be … (got …)", a line for each fault.
std::string config_error_lines(const std::vector<FieldError>& faults);

}  // namespace core
