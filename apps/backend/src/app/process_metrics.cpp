#include "app/process_metrics.hpp"

#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

namespace app {
namespace {

using http::Sample;
using http::SampleKind;

std::string text_of(const char* path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Seconds since 1970 at which the machine was started.
std::optional<double> boot_time() {
  constexpr std::string_view kMark = "\nbtime ";
  const auto text = text_of("/proc/stat");
  const auto found = text.find(kMark);
  if (found == std::string::npos) return std::nullopt;
  long long seconds = 0;
  const auto* from = text.data() + found + kMark.size();
  if (std::from_chars(from, text.data() + text.size(), seconds).ec != std::errc{}) return std::nullopt;
  return static_cast<double>(seconds);
}

double ticks_per_second() { return static_cast<double>(::sysconf(_SC_CLK_TCK)); }

std::optional<double> open_files() {
  std::error_code error;
  std::size_t count = 0;
  for (std::filesystem::directory_iterator at("/proc/self/fd", error), end; !error && at != end;
       at.increment(error))
    ++count;
  if (error || count == 0) return std::nullopt;
  // The folder itself is open while it is read.
  return static_cast<double>(count - 1);
}

std::optional<double> of_stat(const std::function<double(const ProcStat&)>& read) {
  const auto stat = parse_proc_stat(text_of("/proc/self/stat"));
  return stat ? std::optional(read(*stat)) : std::nullopt;
}

void add(http::MetricsRegistry& metrics, std::string_view name, std::string_view help, SampleKind kind,
         std::function<std::optional<double>()> read) {
  metrics.collect(name, help, kind, [read = std::move(read)] {
    const auto value = read();
    return value ? std::vector<Sample>{{{}, *value}} : std::vector<Sample>{};
  });
}

}  // namespace

std::optional<ProcStat> parse_proc_stat(std::string_view text) {
  const auto name_end = text.rfind(')');
  if (name_end == std::string_view::npos) return std::nullopt;
  // Field 3, the state, comes first now: proc(5) counts from 1.
  std::istringstream fields{std::string(text.substr(name_end + 1))};
  std::vector<std::string> values;
  for (std::string value; fields >> value;) values.push_back(std::move(value));
  constexpr std::size_t kFirst = 3, kUser = 14, kSystem = 15, kStart = 22, kResident = 24;
  if (values.size() <= kResident - kFirst) return std::nullopt;
  ProcStat stat;
  const auto read = [&values](std::size_t field, auto& into) {
    const auto& value = values[field - kFirst];
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), into);
    return error == std::errc{} && end == value.data() + value.size();
  };
  if (!read(kUser, stat.user_ticks) || !read(kSystem, stat.system_ticks) || !read(kStart, stat.start_ticks) ||
      !read(kResident, stat.resident_pages))
    return std::nullopt;
  return stat;
}

void add_process_metrics(http::MetricsRegistry& metrics) {
  add(metrics, "process_resident_memory_bytes", "Memory of this process that is in RAM.", SampleKind::gauge,
      [] {
        const auto page_bytes = static_cast<double>(::sysconf(_SC_PAGESIZE));
        return of_stat(
            [&](const ProcStat& stat) { return static_cast<double>(stat.resident_pages) * page_bytes; });
      });
  add(metrics, "process_cpu_seconds_total", "Processor time that this process has used.", SampleKind::counter,
      [] {
        return of_stat([](const ProcStat& stat) {
          return static_cast<double>(stat.user_ticks + stat.system_ticks) / ticks_per_second();
        });
      });
  add(metrics, "process_open_fds", "Open file descriptors.", SampleKind::gauge, open_files);
  add(metrics, "process_start_time_seconds", "When this process was started, in seconds since 1970.",
      SampleKind::gauge, [booted = boot_time()]() -> std::optional<double> {
        if (!booted) return std::nullopt;
        return of_stat([&](const ProcStat& stat) {
          return *booted + static_cast<double>(stat.start_ticks) / ticks_per_second();
        });
      });
}

}  // namespace app
