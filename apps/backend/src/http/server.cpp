#include "http/server.hpp"

#include "core/error.hpp"
#include "core/log.hpp"
#include "http/io_loop.hpp"
#include "http/listener.hpp"
#include "http/server_context.hpp"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <thread>

namespace http {
namespace {

// A header must fit a connection's buffer with room to see that it is too large.
constexpr std::size_t kMaxHeadBytes = 15 << 10;

void check(const ServerOptions& options) {
  std::vector<core::FieldError> faults;
  const auto require = [&faults](bool holds, const char* path, const char* message) {
    if (!holds) faults.push_back({path, "out_of_range", message});
  };
  require(options.io_threads >= 1 && options.io_threads <= 64, "io_threads", "io_threads must be 1 to 64");
  require(options.limits.head_bytes <= kMaxHeadBytes, "limits.head_bytes",
          "head_bytes must be at most 15360");
  require(options.deadlines.tick.count() > 0, "deadlines.tick", "tick must be longer than 0");
  if (faults.empty()) return;
  throw core::Error::invalid("invalid_configuration", "The server's options are wrong.", std::move(faults));
}

/// Gauges that read the server as long as it is there.
void watch(const std::shared_ptr<ServerContext>& context, MetricsRegistry& metrics) {
  const Labels labels = {{"server", context->options.name}};
  const auto add = [&](std::string_view name, std::string_view help, double (*read)(const ServerContext&)) {
    metrics.gauge_callback(name, help, labels, [weak = std::weak_ptr(context), read] {
      const auto alive = weak.lock();
      return alive ? read(*alive) : 0;
    });
  };
  add("aspectavy_http_connections", "Connections open.",
      [](const ServerContext& server) { return static_cast<double>(server.connections.count()); });
  add("aspectavy_http_in_flight", "Requests handed to the pool and not yet answered.",
      [](const ServerContext& server) { return static_cast<double>(server.in_flight.load()); });
  add("aspectavy_http_body_bytes", "Request bodies held in memory.",
      [](const ServerContext& server) { return static_cast<double>(server.body_bytes.load()); });
}

}  // namespace

struct Server::State {
  std::shared_ptr<ServerContext> context;
  std::vector<std::unique_ptr<IoLoop>> loops;
  std::vector<std::thread> threads;
  std::unique_ptr<Listener> listener;
  std::uint16_t port = 0;
  std::size_t next_loop = 0;
  std::atomic<bool> stopping{false};
  std::mutex mutex;
  std::condition_variable stopped;

  void on_accept(int socket, const IpAddress& peer) {
    const bool limited = !context->options.trusted_proxies.contains(peer);
    if (!context->connections.try_open(peer, limited)) {
      context->metrics.refused_connections.add();
      close(socket);
      return;
    }
    context->metrics.connections.add();
    loops[next_loop++ % loops.size()]->adopt(socket, peer);
  }
};

Server::Server(ServerOptions options, std::shared_ptr<const Router> router, core::ThreadPool& pool,
               const core::Clock& clock, MetricsRegistry& metrics)
    : state_(std::make_unique<State>()) {
  check(options);
  state_->context =
      std::make_shared<ServerContext>(std::move(options), std::move(router), pool, clock, metrics);
  watch(state_->context, metrics);
}

Server::~Server() { stop(); }

void Server::start() {
  auto& state = *state_;
  const auto& options = state.context->options;
  state.listener = std::make_unique<Listener>(
      options.address, options.port,
      [&state](int socket, const IpAddress& peer) { state.on_accept(socket, peer); });
  state.port = state.listener->port();
  for (std::size_t i = 0; i < options.io_threads; ++i) {
    state.loops.push_back(std::make_unique<IoLoop>(state.context));
  }
  for (const auto& loop : state.loops) {
    state.threads.emplace_back([&loop = *loop] { loop.run(); });
    pthread_setname_np(state.threads.back().native_handle(), "http-io");
  }
  state.listener->start();
  core::log_info("http.listening", {{"address", options.address}, {"port", state.port}});
}

std::uint16_t Server::port() const { return state_->port; }

void Server::announce_drain() { state_->context->draining = true; }

bool Server::draining() const { return state_->context->draining; }

bool Server::drain(std::chrono::milliseconds delay, std::chrono::milliseconds grace) {
  auto& state = *state_;
  announce_drain();
  {
    std::unique_lock lock(state.mutex);
    state.stopped.wait_for(lock, delay, [&state] { return state.stopping.load(); });
    if (state.stopping || !state.listener) return state.context->connections.count() == 0;
    state.listener->stop();
  }
  state.context->closing = true;
  for (const auto& loop : state.loops) loop->begin_closing();
  return state.context->connections.wait_none(grace, state.stopping);
}

void Server::stop() {
  auto& state = *state_;
  {
    const std::lock_guard lock(state.mutex);
    state.stopping = true;
    if (state.listener) state.listener->stop();
  }
  state.stopped.notify_all();
  state.context->connections.wake();
  for (const auto& loop : state.loops) loop->close_all();
  for (auto& thread : state.threads) {
    if (thread.joinable()) thread.join();
  }
  state.context->access_log.stop();
}

std::chrono::steady_clock::time_point Server::last_tick() const {
  auto oldest = std::chrono::steady_clock::now();
  for (const auto& loop : state_->loops) oldest = std::min(oldest, loop->last_tick());
  // While it drains it accepts nothing any more.
  if (state_->listener && !state_->context->closing) oldest = std::min(oldest, state_->listener->last_tick());
  return oldest;
}

std::size_t Server::connections() const { return state_->context->connections.count(); }

std::size_t Server::in_flight() const { return state_->context->in_flight; }

}  // namespace http
