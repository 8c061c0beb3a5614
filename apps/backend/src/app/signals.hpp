#pragma once
// SIGTERM, SIGINT and SIGHUP as values: taken by one thread, never by a handler.

#include <chrono>
#include <functional>

namespace app {

/// Blocks the three signals for the calling thread and all threads started after it: make it first.
class Signals {
 public:
  Signals();

  /// Returns when SIGTERM or SIGINT has come. SIGHUP calls `on_hangup`; `every_second` is called once a
  /// second.
  void wait_for_stop(const std::function<void()>& on_hangup, const std::function<void()>& every_second);

  /// Waits that long at most. True as soon as SIGTERM or SIGINT has come; SIGHUP is ignored.
  bool stop_comes_within(std::chrono::milliseconds time);

  /// From now on a further SIGTERM or SIGINT ends the process at once with exit code 1.
  void exit_on_next();
};

}  // namespace app
