#include "core/log.hpp"

#include "core/json_writer.hpp"
#include "core/time.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>

namespace core {
namespace {

constexpr std::array<std::string_view, 6> kLevelNames = {"trace", "debug", "info", "warn", "error", "silent"};

/// The threshold and the sink are the process's, as standard error is.
std::atomic<LogLevel>& threshold() {
  static std::atomic<LogLevel> level{LogLevel::info};
  return level;
}

spdlog::logger& sink() {
  static const std::shared_ptr<spdlog::logger> logger = [] {
    auto made =
        std::make_shared<spdlog::logger>("aspectavy", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%v");
    made->set_level(spdlog::level::trace);
    return made;
  }();
  return *logger;
}

}  // namespace

bool parse_log_level(std::string_view text, LogLevel* level) {
  const auto found = std::ranges::find(kLevelNames, text);
  if (found == kLevelNames.end()) return false;
  *level = static_cast<LogLevel>(found - kLevelNames.begin());
  return true;
}

void set_log_level(LogLevel level) { threshold().store(level, std::memory_order_relaxed); }

bool log_enabled(LogLevel level) {
  return level >= threshold().load(std::memory_order_relaxed) && level != LogLevel::silent;
}

void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  log_fields(level, event, {fields.begin(), fields.size()});
}

void log_fields(LogLevel level, std::string_view event, std::span<const LogField> fields) {
  if (!log_enabled(level)) return;
  JsonWriter line;
  // The log is about this process in real time, also when the service's clock is frozen.
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  std::string time = format_utc(now);
  const auto millis = static_cast<int>(now.time_since_epoch().count() % 1000);
  time.back() = '.';
  time += static_cast<char>('0' + millis / 100);
  time += static_cast<char>('0' + millis / 10 % 10);
  time += static_cast<char>('0' + millis % 10);
  time += 'Z';
  line.begin_object();
  line.field("time", time);
  line.field("level", kLevelNames[static_cast<std::size_t>(level)]);
  line.field("event", event);
  for (const auto& field : fields) {
    line.key(field.name);
    std::visit([&line](const auto& value) { line.value(value); }, field.value);
  }
  line.end_object();
  sink().log(spdlog::level::info, line.str());
}

}  // namespace core
