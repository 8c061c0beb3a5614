#include "terrain/child_process.hpp"

#include "core/error.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>
#include <sys/wait.h>
#include <utility>

namespace terrain {
namespace {

using core::Error;
using core::ErrorKind;

constexpr std::size_t kMaxErr = 16 * 1024;

class Pipe {
 public:
  Pipe() {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0) {
      throw Error(ErrorKind::internal, "internal", "A pipe cannot be made.", std::strerror(errno));
    }
  }
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  int read_end() const { return ends_[0]; }
  int write_end() const { return ends_[1]; }
  void close_end(std::size_t which) {
    if (ends_[which] >= 0) ::close(std::exchange(ends_[which], -1));
  }

 private:
  std::array<int, 2> ends_ = {-1, -1};
};

/// A started child; killed and reaped if nobody waited for it.
class Child {
 public:
  Child(const std::vector<std::string>& argv, const Pipe& out, const Pipe& err) {
    std::vector<char*> arguments;
    for (const auto& argument : argv) arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out.write_end(), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, err.write_end(), STDERR_FILENO);
    const int failure = ::posix_spawnp(&pid_, arguments[0], &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failure == 0) return;
    pid_ = -1;
    throw Error(ErrorKind::unavailable, "terrain.program_missing",
                "The program " + argv[0] + " cannot be started: " + std::strerror(failure) +
                    ". Importing rasters needs GDAL's command line programs (package gdal-bin).");
  }
  ~Child() {
    if (pid_ < 0) return;
    ::kill(pid_, SIGKILL);
    wait();
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  int wait() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  pid_t pid_ = -1;
};

/// Appends what is there; false at the end of the stream.
bool drain(int fd, std::string& into) {
  std::array<char, 64 * 1024> block;
  const auto got = ::read(fd, block.data(), block.size());
  if (got < 0) return errno == EINTR || errno == EAGAIN;
  into.append(block.data(), static_cast<std::size_t>(got));
  return got > 0;
}

void read_both(const Pipe& out, const Pipe& err, std::chrono::milliseconds timeout, std::size_t max_out,
               const std::string& program, ChildOutput& result) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  std::array<pollfd, 2> waiting = {{{out.read_end(), POLLIN, 0}, {err.read_end(), POLLIN, 0}}};
  std::string discarded;
  while (waiting[0].fd >= 0 || waiting[1].fd >= 0) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    const int ready =
        left.count() <= 0 ? 0 : ::poll(waiting.data(), waiting.size(), static_cast<int>(left.count()));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) {
      throw Error(ErrorKind::deadline, "terrain.program_timeout",
                  program + " did not finish within " + std::to_string(timeout.count() / 1000) + " s.");
    }
    if (waiting[0].revents != 0 && !drain(waiting[0].fd, result.out)) waiting[0].fd = -1;
    if (waiting[1].revents != 0) {
      discarded.clear();
      auto& into = result.err.size() < kMaxErr ? result.err : discarded;
      if (!drain(waiting[1].fd, into)) waiting[1].fd = -1;
    }
    if (result.out.size() > max_out) {
      throw Error(ErrorKind::too_large, "terrain.program_output", program + " printed more than expected.");
    }
  }
}

}  // namespace

ChildOutput run_child(const std::vector<std::string>& argv, std::chrono::milliseconds timeout,
                      std::size_t max_out) {
  Pipe out;
  Pipe err;
  Child child(argv, out, err);
  out.close_end(1);
  err.close_end(1);
  ChildOutput result;
  read_both(out, err, timeout, max_out, argv[0], result);
  result.err.resize(std::min(result.err.size(), kMaxErr));
  result.exit_code = child.wait();
  return result;
}

}  // namespace terrain
