#pragma once
// The listening socket and the thread that accepts from it. Internal.

#include "http/ip_address.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>

namespace http {

class Listener {
 public:
  /// Takes an accepted socket; called on the listener's thread.
  using OnAccept = std::function<void(int socket, const IpAddress& peer)>;

  /// Binds and listens. Throws core::Error(unavailable, "http.listen_failed") with the system's reason, or
  /// invalid_input for an address that is none.
  Listener(const std::string& address, std::uint16_t port, OnAccept on_accept);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  std::uint16_t port() const { return port_; }
  void start();
  /// Accepts what the system has queued already, then closes. Safe to call twice.
  void stop();
  /// When the accepting thread was last seen.
  std::chrono::steady_clock::time_point last_tick() const {
    return last_tick_.load(std::memory_order_relaxed);
  }

 private:
  void run();
  /// False when accepting must pause: the process is out of sockets.
  bool accept_all();

  OnAccept on_accept_;
  int socket_ = -1;
  int wake_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<std::chrono::steady_clock::time_point> last_tick_{std::chrono::steady_clock::now()};
  std::thread thread_;
};

}  // namespace http
