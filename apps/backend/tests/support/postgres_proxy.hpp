#pragma once
// A TCP proxy before a Postgres, to test what happens when the network misbehaves.

#include "support/postgres.hpp"

#include <atomic>
#include <string>
#include <thread>

namespace support {

class PostgresProxy {
 public:
  explicit PostgresProxy(const PostgresCluster& cluster);
  ~PostgresProxy();
  PostgresProxy(const PostgresProxy&) = delete;
  PostgresProxy& operator=(const PostgresProxy&) = delete;

  std::string dsn(const std::string& database) const;

  /// A black hole: connections stay open and new ones are accepted by the kernel, but no byte passes any
  /// more.
  void freeze() { mode_ = Mode::frozen; }
  /// Closes all connections; bytes pass again on new ones.
  void cut() { mode_ = Mode::cutting; }

 private:
  enum class Mode { passing, frozen, cutting };
  void serve();

  int listener_;
  int port_ = 0;
  int server_port_;
  std::atomic<Mode> mode_{Mode::passing};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace support
