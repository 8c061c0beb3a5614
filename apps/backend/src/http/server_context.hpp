#pragma once
// What all connections of one server share. Internal to http/.

#include "http/access_log.hpp"
#include "http/request_ids.hpp"
#include "http/request_reader.hpp"
#include "http/router.hpp"
#include "http/server.hpp"

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace http {

/// Requests by route, method and status class, and their durations. Series appear with the first request, so
/// that a large route table does not fill every scrape with zeros.
class RequestMetrics {
 public:
  RequestMetrics(MetricsRegistry& registry, const Router& router);
  /// `route` may be null: no route matched.
  void record(const Route* route, int status, double seconds);

  Counter& connections;
  Counter& refused_connections;
  Counter& rejected_requests;
  Counter& timeouts;
  Counter& dropped_log_lines;

 private:
  struct Slot {
    std::array<std::atomic<Counter*>, 6> by_class{};
    std::atomic<Histogram*> seconds{nullptr};
  };

  MetricsRegistry& registry_;
  const Router& router_;
  std::vector<Slot> slots_;
};

/// Open connections, in all and by peer. The mutex is taken once per connection's life, at each end.
class ConnectionCount {
 public:
  ConnectionCount(std::size_t limit, std::size_t limit_per_peer)
      : limit_(limit), limit_per_peer_(limit_per_peer) {}
  /// False when a limit is reached. `limited_peer`: the peer's own limit counts too.
  bool try_open(const IpAddress& peer, bool limited_peer);
  void close(const IpAddress& peer);
  std::size_t count() const;
  /// Waits until none is open, `cancelled` is set (see wake), or the time is over. True when none is open.
  bool wait_none(std::chrono::milliseconds timeout, const std::atomic<bool>& cancelled);
  /// Makes wait_none look at `cancelled`.
  void wake();

 private:
  const std::size_t limit_;
  const std::size_t limit_per_peer_;
  mutable std::mutex mutex_;
  std::condition_variable ended_;
  std::size_t open_ = 0;
  std::map<IpAddress, std::size_t> by_peer_;
};

struct ServerContext {
  ServerContext(ServerOptions server_options, std::shared_ptr<const Router> server_router,
                core::ThreadPool& request_pool, const core::Clock& system_clock, MetricsRegistry& registry);

  const ServerOptions options;
  const std::shared_ptr<const Router> router;
  const ReadPolicy policy;
  core::ThreadPool& pool;
  const core::Clock& clock;
  RequestMetrics metrics;
  AccessLog access_log;
  ConnectionCount connections;
  /// Told to /readyz.
  std::atomic<bool> draining{false};
  /// Answers close their connections.
  std::atomic<bool> closing{false};
  std::atomic<std::size_t> in_flight{0};
  std::atomic<std::size_t> body_bytes{0};
};

/// What the conversations of one io thread share.
struct LoopScratch {
  RequestIds ids;
  /// "Date: …\r\n", renewed by the loop's pulse.
  std::string date_line;
};

/// Runs a handler; what it throws becomes the error mapper's answer, or a bare 500.
Response run_handler(const Router& router, const Handler& handler, const Request& request);
/// The same for a handler that may have no answer.
std::optional<Response> run_fast(const Router& router, const FastHandler& handler, const Request& request);

}  // namespace http
