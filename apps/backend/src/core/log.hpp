#pragma once
// Structured logging: one JSON object a line on standard error.
//
// Never log a location, a secret, a body or an e-mail address. Log an error once, where it is handled.

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace core {

enum class LogLevel { trace, debug, info, warn, error, silent };

/// Accepts "trace", "debug", "info", "warn", "error", "silent"; false for anything else.
bool parse_log_level(std::string_view text, LogLevel* level);

/// Process-wide threshold. Safe to call while other threads log (SIGHUP re-reads it).
void set_log_level(LogLevel level);
bool log_enabled(LogLevel level);

/// Name and value of one member of a log line.
struct LogField {
  using Value = std::variant<std::string_view, std::int64_t, double, bool>;

  LogField(std::string_view field_name, std::string_view text) : name(field_name), value(text) {}
  LogField(std::string_view field_name, const char* text) : name(field_name), value(std::string_view(text)) {}
  LogField(std::string_view field_name, const std::string& text)
      : name(field_name), value(std::string_view(text)) {}
  LogField(std::string_view field_name, std::same_as<bool> auto truth) : name(field_name), value(truth) {}
  template <std::integral T>
  requires(!std::same_as<T, bool>) LogField(std::string_view field_name, T number)
      : name(field_name), value(static_cast<std::int64_t>(number)) {}
  LogField(std::string_view field_name, std::floating_point auto number)
      : name(field_name), value(static_cast<double>(number)) {}

  std::string_view name;
  Value value;
};

/// Writes {"time":…,"level":…,"event":…,<fields>}. `event` is a stable dotted name: "http.request".
void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});

/// The same for fields gathered at run time.
void log_fields(LogLevel level, std::string_view event, std::span<const LogField> fields);

inline void log_debug(std::string_view event, std::initializer_list<LogField> fields = {}) {
  log(LogLevel::debug, event, fields);
}
inline void log_info(std::string_view event, std::initializer_list<LogField> fields = {}) {
  log(LogLevel::info, event, fields);
}
inline void log_warn(std::string_view event, std::initializer_list<LogField> fields = {}) {
  log(LogLevel::warn, event, fields);
}
inline void log_error(std::string_view event, std::initializer_list<LogField> fields = {}) {
  log(LogLevel::error, event, fields);
}

}  // namespace core
