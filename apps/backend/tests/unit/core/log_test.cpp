#include "core/log.hpp"

#include "core/json.hpp"
#include "core/time.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <thread>
#include <vector>

namespace core {
namespace {

/// What `action` writes to standard error, as lines.
std::vector<std::string> lines_of(const auto& action) {
  testing::internal::CaptureStderr();
  action();
  const std::string text = testing::internal::GetCapturedStderr();
  std::vector<std::string> lines;
  for (std::size_t from = 0; from < text.size();) {
    const auto end = std::min(text.find('\n', from), text.size());
    lines.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return lines;
}

class Log : public testing::Test {
 protected:
  ~Log() override { set_log_level(LogLevel::info); }
};

TEST_F(Log, WritesOneJsonObjectALine) {
  const auto lines = lines_of([] {
    log_info("http.request", {{"status", 200},
                              {"ms", 1.5},
                              {"route", "a \"b\"\n"},
                              {"ok", true},
                              {"bad", std::numeric_limits<double>::infinity()}});
  });
  ASSERT_EQ(lines.size(), 1u);
  const auto document = JsonDocument::parse(lines[0]);
  const auto root = document.root();
  EXPECT_EQ(root["level"].string(), "info");
  EXPECT_EQ(root["event"].string(), "http.request");
  EXPECT_EQ(root["status"].integer(), 200);
  EXPECT_EQ(root["ms"].number(), 1.5);
  EXPECT_EQ(root["route"].string(), "a \"b\"\n");
  EXPECT_EQ(root["ok"].boolean(), true);
  EXPECT_TRUE(root["bad"].is_null());
  const auto time = root["time"].string();
  ASSERT_TRUE(time.has_value());
  EXPECT_TRUE(parse_time(*time).has_value()) << *time;
  EXPECT_EQ(time->size(), std::string_view("2026-01-02T03:04:05.678Z").size());
}

TEST_F(Log, KeepsToTheThreshold) {
  const auto write_all = [] {
    log_debug("d");
    log_info("i");
    log_warn("w");
    log_error("e");
  };
  struct Case {
    const char* level;
    std::size_t lines;
  };
  for (const auto& [name, count] :
       std::vector<Case>{{"trace", 4}, {"debug", 4}, {"info", 3}, {"warn", 2}, {"error", 1}, {"silent", 0}}) {
    LogLevel level{};
    ASSERT_TRUE(parse_log_level(name, &level));
    set_log_level(level);
    EXPECT_EQ(lines_of(write_all).size(), count) << name;
  }
  LogLevel level = LogLevel::warn;
  EXPECT_FALSE(parse_log_level("loud", &level));
  EXPECT_EQ(level, LogLevel::warn);
  set_log_level(LogLevel::silent);
  EXPECT_FALSE(log_enabled(LogLevel::silent));
}

TEST_F(Log, KeepsLinesOfThreadsWhole) {
  const auto lines = lines_of([] {
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([] {
        for (int k = 0; k < 100; ++k) log_info("test", {{"text", std::string(200, 'x')}});
      });
    }
    for (auto& thread : threads) thread.join();
  });
  ASSERT_EQ(lines.size(), 400u);
  for (const auto& line : lines) EXPECT_NO_THROW(JsonDocument::parse(line)) << line;
}

}  // namespace
}  // namespace core
