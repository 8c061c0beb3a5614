#pragma once
// One log line a request, written by a thread of its own: io threads never wait for the log's file.

#include "http/ip_address.hpp"
#include "http/metrics.hpp"

#include <array>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace http {

/// What the log keeps of a request. No path, no query, no address: the template and a keyed hash instead.
struct AccessEntry {
  std::array<char, 36> request_id{};
  std::string_view method;
  /// Points into the router's table; empty when no route matched.
  std::string_view route;
  int status = 0;
  std::int64_t duration_us = 0;
  std::uint64_t bytes_sent = 0;
  IpAddress client;
  std::string client_request_id;
  std::string app_version;
  std::string user_id;
  std::string session_ref;
};

class AccessLog {
 public:
  /// `ip_key`: key of the address's hash; random when empty. `dropped` counts lines lost to a full queue.
  AccessLog(std::string ip_key, Counter& dropped);
  ~AccessLog();
  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;

  /// Whether record() would write anything: callers skip building the entry otherwise.
  static bool enabled();
  /// Queues the line; drops and counts it when the queue is full.
  void record(AccessEntry entry);
  /// Writes what is queued and ends the thread; later lines are dropped.
  void stop();

 private:
  void run();
  void write(const AccessEntry& entry) const;

  const std::string ip_key_;
  Counter& dropped_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<AccessEntry> queue_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace http
