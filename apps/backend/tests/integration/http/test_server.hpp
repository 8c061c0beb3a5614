#pragma once
// A server on a free port with a small route table: what the integration tests talk to.

#include "core/clock.hpp"
#include "core/thread_pool.hpp"
#include "http/conditional.hpp"
#include "http/metrics.hpp"
#include "http/router.hpp"
#include "http/server.hpp"

#include <poll.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>

namespace raw {

/// Holds threads until it is opened.
class Gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void pass() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  /// Blocks until `count` threads have come to the gate.
  void wait_for(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  int waiting_ = 0;
};

/// Looks again every millisecond until `holds`; ends the test run if that never comes true.
template <typename Condition>
void await(Condition&& holds) {
  for (int i = 0; i < 20000; ++i) {
    if (holds()) return;
    poll(nullptr, 0, 1);
  }
  throw std::runtime_error("a condition that was waited for did not come true");
}

inline http::ServerOptions test_options() {
  http::ServerOptions options;
  options.allowed_hosts = {"x", "api.example.org"};
  options.access_log = false;
  options.deadlines.tick = std::chrono::milliseconds(10);
  options.deadlines.drain = std::chrono::milliseconds(500);
  return options;
}

struct TestServer {
  explicit TestServer(http::ServerOptions options = test_options(), std::size_t threads = 2,
                      std::size_t queue = 64)
      : pool("test-req", threads, queue),
        server(std::move(options), std::make_shared<const http::Router>(routes()), pool, clock, metrics) {
    server.start();
  }
  ~TestServer() {
    gate.open();
    server.stop();
  }

  std::uint16_t port() const { return server.port(); }

  /// Any path below /fast, /echo (POST), /a (POST and GET: what the server understood), /hold (waits for the
  /// gate), /big, /etag, /throws, /guarded (POST, refuses before the body).
  http::Router routes() {
    http::RouterOptions router_options;
    router_options.error_mapper = [](const std::exception& error, const http::Request&) {
      return http::Response::text(std::string("mapped: ") + error.what(), 500);
    };
    http::Router router(std::move(router_options));
    const auto describe = [this](const http::Request& request) {
      handled.fetch_add(1);
      return http::Response::text(std::string(http::to_string(request.method())) + " body=" +
                                  std::string(request.body()) + " ip=" + to_string(request.client_ip()) +
                                  " auth=" + std::string(request.header("authorization").value_or("-")) +
                                  " id=" + std::string(request.request_id()));
    };
    const auto fast = [](const http::Request&) -> std::optional<http::Response> {
      return http::Response::json("{\"status\":\"ok\"}");
    };
    router.add(http::Method::get, "/fast", {.fast = fast});
    router.add(http::Method::get, "/a", {.handler = describe});
    router.add(http::Method::post, "/a", {.handler = describe});
    router.add(http::Method::put, "/small", {.handler = describe, .body_limit = 10});
    router.add(
        http::Method::post, "/echo",
        {.handler =
             [](const http::Request& request) { return http::Response::text(std::string(request.body())); },
         .body_limit = 1 << 20});
    router.add(http::Method::get, "/items/{id}", {.handler = [](const http::Request& request) {
                 return http::Response::text(std::string(request.path_param("id")));
               }});
    router.add(http::Method::get, "/hold", {.handler = [this](const http::Request&) {
                 gate.pass();
                 return http::Response::text("held");
               }});
    router.add(http::Method::get, "/big", {.handler = [](const http::Request&) {
                 return http::Response::text(std::string(8 << 20, 'b'));
               }});
    router.add(http::Method::get, "/etag", {.handler = [](const http::Request& request) {
                 if (auto same = http::not_modified(request, "\"v1\"", "private, no-cache", "Origin"))
                   return *same;
                 return http::Response::json("{}").set("ETag", "\"v1\"");
               }});
    router.add(http::Method::get, "/throws", {.handler = [](const http::Request&) -> http::Response {
                 throw std::runtime_error("broken");
               }});
    router.add(
        http::Method::post, "/guarded",
        {.handler = describe, .admit = [](const http::Request& request) -> std::optional<http::Response> {
           if (request.header("authorization")) return std::nullopt;
           return http::Response::text("who are you", 401);
         }});
    return router;
  }

  core::SystemClock clock;
  http::MetricsRegistry metrics;
  Gate gate;
  std::atomic<int> handled{0};
  core::ThreadPool pool;
  http::Server server;
};

}  // namespace raw
