#pragma once
// The HTTP/1.1 server: sockets, limits, deadlines, and the way out.
//
// io threads parse, guard, answer fast routes and move bytes; handlers run on the bounded pool that is passed
// in. A request that can not be taken is answered 503 with Retry-After at once, never queued without bound.

#include "core/clock.hpp"
#include "core/thread_pool.hpp"
#include "http/ip_address.hpp"
#include "http/metrics.hpp"
#include "http/response.hpp"
#include "http/router.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace http {

struct Limits {
  /// Request line and header fields together; more is 431.
  std::size_t head_bytes = 8192;
  std::size_t header_fields = 100;
  std::size_t default_body_bytes = 256 << 10;
  /// Request bodies held in memory at one time by all connections; more is 503.
  std::size_t total_body_bytes = std::size_t{256} << 20;
  std::size_t connections = 4096;
  /// Per peer address, unless it is a trusted proxy.
  std::size_t connections_per_peer = 256;
  std::size_t requests_per_connection = 10000;
  /// Requests handed to the pool and not yet answered.
  std::size_t in_flight = 512;
  /// Read and dropped after an answer that closes, so that the client gets to see the answer.
  std::size_t drain_bytes = 64 << 10;
};

struct Deadlines {
  using Duration = std::chrono::milliseconds;
  /// From the first byte of a request (or from accept) to the end of its header; never extended by more
  /// bytes.
  Duration header = std::chrono::seconds(10);
  Duration first_body_byte = std::chrono::seconds(10);
  /// The body has this long plus one second per 16 KiB received.
  Duration body = std::chrono::seconds(30);
  Duration handler = std::chrono::seconds(30);
  /// Without progress while writing; over this long in all, at least 1 KiB/s.
  Duration write = std::chrono::seconds(30);
  Duration keep_alive = std::chrono::seconds(75);
  Duration drain = std::chrono::seconds(1);
  /// How often deadlines are looked at: their resolution. Also the pulse behind Server::last_tick().
  Duration tick = std::chrono::milliseconds(100);
};

struct ServerOptions {
  /// Tells the servers of one process apart in the metrics.
  std::string name = "api";
  std::string address = "127.0.0.1";
  /// 0: the system chooses; see Server::port().
  std::uint16_t port = 0;
  std::size_t io_threads = 1;
  /// Host names that are answered, lower-case, without port. Loopback names and addresses always are.
  std::vector<std::string> allowed_hosts = {};
  /// For listeners that only machines of ours reach (/metrics).
  bool any_host = false;
  TrustedProxies trusted_proxies = {};
  Limits limits = {};
  Deadlines deadlines = {};
  DefaultHeaders default_headers = DefaultHeaders::for_api();
  /// Send Strict-Transport-Security also when no trusted proxy said https.
  bool always_hsts = false;
  bool access_log = true;
  /// Key of the client address's hash in the access log; random per process when empty.
  std::string log_ip_key = {};
};

class Server {
 public:
  /// `pool`, `clock` and `metrics` must outlive the server. Throws core::Error(invalid_input) for bad
  /// options.
  Server(ServerOptions options, std::shared_ptr<const Router> router, core::ThreadPool& pool,
         const core::Clock& clock, MetricsRegistry& metrics);
  /// stop().
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Binds, listens and starts the threads. Throws core::Error(unavailable, "http.listen_failed") with the
  /// system's reason, e.g. when the port is taken.
  void start();
  /// The port bound, after start().
  std::uint16_t port() const;

  /// From now on draining() is true, so that /readyz can say 503; everything is served as before. Any thread.
  void announce_drain();
  bool draining() const;
  /// announce_drain(), keeps serving for `delay`, stops to accept, closes idle connections, answers with
  /// "Connection: close", and waits at most `grace` for the rest. True when nothing was cut off. Blocks; a
  /// call of stop() ends it early.
  bool drain(std::chrono::milliseconds delay, std::chrono::milliseconds grace);
  /// Closes what is left and joins the threads. Handlers still running on the pool finish unheard.
  void stop();

  /// The oldest pulse of the io threads and the accepting one: older than 10 s means one is stuck (/livez).
  std::chrono::steady_clock::time_point last_tick() const;
  std::size_t connections() const;
  /// Requests handed to the pool and not yet answered.
  std::size_t in_flight() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace http
