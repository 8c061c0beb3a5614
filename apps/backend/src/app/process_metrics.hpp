#pragma once
// What the kernel says about this process, under the names that every Prometheus client uses.

#include "http/metrics.hpp"

#include <optional>
#include <string_view>

namespace app {

/// process_resident_memory_bytes, process_cpu_seconds_total, process_open_fds, process_start_time_seconds. A
/// value that /proc does not give is left out.
void add_process_metrics(http::MetricsRegistry& metrics);

/// Fields of /proc/<pid>/stat that are used here, in the kernel's units.
struct ProcStat {
  unsigned long long user_ticks = 0;
  unsigned long long system_ticks = 0;
  unsigned long long start_ticks = 0;  ///< since boot
  long long resident_pages = 0;
};
/// nullopt for a text that is none. The second field may hold spaces and brackets: it is the program's name.
std::optional<ProcStat> parse_proc_stat(std::string_view text);

}  // namespace app
