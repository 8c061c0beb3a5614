#pragma once
// Runs a program to its end, without a shell.

#include <chrono>
#include <span>
#include <string>
#include <vector>

namespace terrain {

struct ChildOutput {
  std::string out;
  std::string err;    ///< at most its first 16 KiB
  int exit_code = 0;  ///< 128 + signal if a signal ended it
};

/// Runs argv[0], looked up in PATH, with closed standard input. Throws core::Error: unavailable
/// "terrain.program_missing" if it cannot be started; deadline "terrain.program_timeout" (the child is
/// killed) after `timeout`; too_large if it prints more than `max_out` bytes.
ChildOutput run_child(const std::vector<std::string>& argv, std::chrono::milliseconds timeout,
                      std::size_t max_out = std::size_t{16} << 20);

}  // namespace terrain
