#pragma once
// One io thread's sockets. Asio stays in the .cpp. Internal.

#include "http/ip_address.hpp"
#include "http/server_context.hpp"

#include <chrono>
#include <memory>

namespace http {

struct LoopCore;

class IoLoop {
 public:
  explicit IoLoop(std::shared_ptr<ServerContext> context);
  ~IoLoop();
  IoLoop(const IoLoop&) = delete;
  IoLoop& operator=(const IoLoop&) = delete;

  /// Serves until close_all(), and returns when every connection has ended.
  void run();
  /// Takes over an accepted, counted socket. Any thread; closes it when the loop has ended.
  void adopt(int socket, const IpAddress& peer);
  /// Idle connections close, the others after their answer. Any thread.
  void begin_closing();
  /// Closes every connection and ends run(). Any thread.
  void close_all();
  /// The last pulse.
  std::chrono::steady_clock::time_point last_tick() const;

 private:
  // Shared with tasks on the pool, which outlive the loop when a handler hangs.
  std::shared_ptr<LoopCore> core_;
};

}  // namespace http
