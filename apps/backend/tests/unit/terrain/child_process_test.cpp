#include "terrain/child_process.hpp"

#include "core/error.hpp"

#include <gtest/gtest.h>

namespace {

using namespace terrain;
using std::chrono::milliseconds;

TEST(ChildProcess, ReturnsOutputErrorsAndExitCode) {
  const auto answer = run_child({"sh", "-c", "echo out; echo err >&2; exit 3"}, milliseconds(30'000));
  EXPECT_EQ(answer.out, "out\n");
  EXPECT_EQ(answer.err, "err\n");
  EXPECT_EQ(answer.exit_code, 3);
}

TEST(ChildProcess, ArgumentsAreNotReadByAShell) {
  EXPECT_EQ(run_child({"printf", "%s", "$(id); `id` * ' \""}, milliseconds(30'000)).out,
            "$(id); `id` * ' \"");
}

TEST(ChildProcess, StandardInputIsEmpty) { EXPECT_EQ(run_child({"cat"}, milliseconds(30'000)).out, ""); }

TEST(ChildProcess, LargeOutputOnBothStreamsDoesNotBlock) {
  const auto answer =
      run_child({"sh", "-c",
                 "i=0; while [ $i -lt 3000 ]; do printf '%0200d' 1; printf '%0200d' 2 >&2; i=$((i+1)); done"},
                milliseconds(60'000));
  EXPECT_EQ(answer.out.size(), 600'000U);
  EXPECT_EQ(answer.err.size(), 16U * 1024);
}

std::string code_of(const std::vector<std::string>& argv, milliseconds timeout, std::size_t max_out) {
  try {
    run_child(argv, timeout, max_out);
  } catch (const core::Error& error) {
    return error.code();
  }
  return "";
}

TEST(ChildProcess, FailuresHaveNames) {
  EXPECT_EQ(code_of({"no-such-program-anywhere"}, milliseconds(1000), 10), "terrain.program_missing");
  EXPECT_EQ(code_of({"cat", "/dev/zero"}, milliseconds(60'000), 1000), "terrain.program_output");
  EXPECT_EQ(code_of({"tail", "-f", "/dev/null"}, milliseconds(50), 1000), "terrain.program_timeout");
}

}  // namespace
