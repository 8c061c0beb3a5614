#include "app/signals.hpp"

#include "app/exit_code.hpp"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <thread>

namespace app {
namespace {

sigset_t handled_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGHUP);
  return set;
}

}  // namespace

Signals::Signals() {
  const auto set = handled_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  // A client that hangs up while we write is an error of that connection, not of the process.
  std::signal(SIGPIPE, SIG_IGN);
}

void Signals::wait_for_stop(const std::function<void()>& on_hangup,
                            const std::function<void()>& every_second) {
  const auto set = handled_signals();
  const timespec second{1, 0};
  for (;;) {
    const int signal = sigtimedwait(&set, nullptr, &second);
    if (signal == SIGTERM || signal == SIGINT) return;
    if (signal == SIGHUP) {
      on_hangup();
    } else {
      every_second();
    }
  }
}

bool Signals::stop_comes_within(std::chrono::milliseconds time) {
  const auto set = handled_signals();
  const auto until = std::chrono::steady_clock::now() + time;
  for (;;) {
    const auto left =
        std::max(until - std::chrono::steady_clock::now(), std::chrono::steady_clock::duration(0));
    const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
    const timespec wait{static_cast<time_t>(seconds.count()),
                        static_cast<long>(std::chrono::nanoseconds(left - seconds).count())};
    const int signal = sigtimedwait(&set, nullptr, &wait);
    if (signal == SIGTERM || signal == SIGINT) return true;
    if (signal < 0 && errno == EAGAIN) return false;
  }
}

void Signals::exit_on_next() {
  std::thread([] {
    const auto set = handled_signals();
    int signal = 0;
    while (sigwait(&set, &signal) == 0 && signal == SIGHUP) continue;
    _exit(kExitFailure);
  }).detach();
}

}  // namespace app
