#pragma once
// How a session waits for its socket. The session itself never blocks: it asks libpq what it wants next and
// hands the waiting to this interface, so that an event loop can take the place of poll.

#include "db/deadline.hpp"

namespace db {

struct SocketInterest {
  int fd = -1;
  bool read = false;
  bool write = false;
  /// A second descriptor whose readability ends the wait (an eventfd of the caller), or -1.
  int wake_fd = -1;
};

enum class WaitResult { ready, woken, timed_out };

class Waiter {
 public:
  virtual ~Waiter() = default;
  /// Returns when the socket is ready, wake_fd is readable, or the deadline has passed.
  virtual WaitResult wait(const SocketInterest& interest, Deadline deadline) = 0;
};

/// poll(2). Stateless: one object may serve all sessions.
class PollWaiter final : public Waiter {
 public:
  WaitResult wait(const SocketInterest& interest, Deadline deadline) override;
};

}  // namespace db
