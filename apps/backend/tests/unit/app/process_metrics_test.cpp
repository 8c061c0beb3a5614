#include "app/process_metrics.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <string>

namespace app {
namespace {

TEST(ProcStat, IsReadBehindANameWithSpacesAndBrackets) {
  const auto stat = parse_proc_stat(
      "4242 (a b) c) S 1 2 3 0 -1 4194560 1 2 3 4 150 50 7 8 20 0 9 0 123456 99999 321 18446744073709551615 "
      "1 1");
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->user_ticks, 150U);
  EXPECT_EQ(stat->system_ticks, 50U);
  EXPECT_EQ(stat->start_ticks, 123456U);
  EXPECT_EQ(stat->resident_pages, 321);
  EXPECT_FALSE(parse_proc_stat(""));
  EXPECT_FALSE(parse_proc_stat("1 (x) S 1 2 3"));
}

double value_of(const std::string& text, const std::string& name) {
  const auto at = text.find("\n" + name + " ");
  return at == std::string::npos ? std::nan("") : std::stod(text.substr(at + name.size() + 2));
}

TEST(ProcessMetrics, SayWhatThisProcessUses) {
  http::MetricsRegistry metrics;
  add_process_metrics(metrics);
  const auto text = metrics.render();
  EXPECT_NE(text.find("# TYPE process_cpu_seconds_total counter"), std::string::npos);
  EXPECT_GT(value_of(text, "process_resident_memory_bytes"), 1e6);
  EXPECT_GE(value_of(text, "process_cpu_seconds_total"), 0);
  EXPECT_GE(value_of(text, "process_open_fds"), 3);
  const auto now = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  EXPECT_NEAR(value_of(text, "process_start_time_seconds"), now, 600);
}

}  // namespace
}  // namespace app
