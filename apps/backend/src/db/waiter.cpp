#include "db/waiter.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>

namespace db {

WaitResult PollWaiter::wait(const SocketInterest& interest, Deadline deadline) {
  std::array<pollfd, 2> fds{};
  fds[0].fd = interest.fd;
  fds[0].events = static_cast<short>((interest.read ? POLLIN : 0) | (interest.write ? POLLOUT : 0));
  fds[1].fd = interest.wake_fd;
  fds[1].events = POLLIN;
  const nfds_t count = interest.wake_fd >= 0 ? 2 : 1;
  for (;;) {
    const auto left = std::min<std::chrono::milliseconds::rep>(remaining(deadline).count(),
                                                               std::numeric_limits<int>::max());
    const int ready = ::poll(fds.data(), count, static_cast<int>(left));
    if (ready == 0) return WaitResult::timed_out;
    // An error of poll itself other than EINTR (ENOMEM) shows at the socket: let the caller look there.
    if (ready < 0 && errno == EINTR) continue;
    return ready > 0 && fds[0].revents == 0 ? WaitResult::woken : WaitResult::ready;
  }
}

}  // namespace db
