#include "http/server_context.hpp"

#include "core/log.hpp"
#include "http/problem.hpp"

namespace http {
namespace {

constexpr std::string_view kRequests = "aspectavy_http_requests_total";
constexpr std::string_view kSeconds = "aspectavy_http_request_duration_seconds";
constexpr std::array<const char*, 6> kClasses = {"other", "1xx", "2xx", "3xx", "4xx", "5xx"};

std::vector<double> duration_bounds() {
  return {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};
}

Response internal_error(const Request& request) {
  return problem_response(500, "internal",
                          "The server failed to answer; the request id helps to find out why.",
                          request.request_id());
}

/// Calls a Handler or a FastHandler; what it throws becomes an answer.
template <typename AnyHandler>
std::optional<Response> answer_or_map(const Router& router, const AnyHandler& handler,
                                      const Request& request) {
  try {
    return handler(request);
  } catch (const std::exception& error) {
    if (router.options().error_mapper) return router.options().error_mapper(error, request);
    core::log_error("http.handler_failed", {{"request_id", request.request_id()}, {"error", error.what()}});
    return internal_error(request);
  } catch (...) {
    core::log_error("http.handler_failed",
                    {{"request_id", request.request_id()}, {"error", "not an exception"}});
    return internal_error(request);
  }
}

}  // namespace

RequestMetrics::RequestMetrics(MetricsRegistry& registry, const Router& router)
    : connections(registry.counter("aspectavy_http_connections_total", "Connections accepted.")),
      refused_connections(registry.counter("aspectavy_http_connections_refused_total",
                                           "Connections closed at once because a limit was reached.")),
      rejected_requests(registry.counter("aspectavy_http_requests_rejected_total",
                                         "Requests refused by the guard before routing.")),
      timeouts(registry.counter("aspectavy_http_timeouts_total", "Requests that ran into a deadline.")),
      dropped_log_lines(registry.counter("aspectavy_http_access_log_dropped_total",
                                         "Access log lines lost because the log could not keep up.")),
      registry_(registry),
      router_(router),
      slots_(router.routes().size() + 1) {}

void RequestMetrics::record(const Route* route, int status, double seconds) {
  const std::size_t index = route == nullptr ? router_.routes().size() : route->index;
  const auto status_class = static_cast<std::size_t>(status >= 100 && status < 600 ? status / 100 : 0);
  Slot& slot = slots_[index];
  Counter* counter = slot.by_class[status_class].load(std::memory_order_acquire);
  Histogram* histogram = slot.seconds.load(std::memory_order_acquire);
  if (counter == nullptr || histogram == nullptr) {
    Labels labels = {{"route", route == nullptr ? "" : route->pattern},
                     {"method", route == nullptr ? "" : std::string(to_string(route->method))}};
    histogram = &registry_.histogram(kSeconds, "Time from a request's first byte to its answer's last.",
                                     duration_bounds(), labels);
    labels.emplace_back("status", kClasses[status_class]);
    counter = &registry_.counter(kRequests, "Requests answered.", labels);
    slot.seconds.store(histogram, std::memory_order_release);
    slot.by_class[status_class].store(counter, std::memory_order_release);
  }
  counter->add();
  histogram->observe(seconds);
}

bool ConnectionCount::try_open(const IpAddress& peer, bool limited_peer) {
  const std::lock_guard lock(mutex_);
  if (open_ >= limit_) return false;
  auto& of_peer = by_peer_[peer];
  if (limited_peer && of_peer >= limit_per_peer_) return false;
  ++of_peer;
  ++open_;
  return true;
}

void ConnectionCount::close(const IpAddress& peer) {
  {
    const std::lock_guard lock(mutex_);
    --open_;
    const auto of_peer = by_peer_.find(peer);
    if (--of_peer->second == 0) by_peer_.erase(of_peer);
  }
  ended_.notify_all();
}

std::size_t ConnectionCount::count() const {
  const std::lock_guard lock(mutex_);
  return open_;
}

void ConnectionCount::wake() {
  { const std::lock_guard lock(mutex_); }
  ended_.notify_all();
}

bool ConnectionCount::wait_none(std::chrono::milliseconds timeout, const std::atomic<bool>& cancelled) {
  std::unique_lock lock(mutex_);
  ended_.wait_for(lock, timeout, [&] { return open_ == 0 || cancelled.load(); });
  return open_ == 0;
}

ServerContext::ServerContext(ServerOptions server_options, std::shared_ptr<const Router> server_router,
                             core::ThreadPool& request_pool, const core::Clock& system_clock,
                             MetricsRegistry& registry)
    : options(std::move(server_options)),
      router(std::move(server_router)),
      policy{HostPolicy(options.allowed_hosts, options.any_host), options.trusted_proxies,
             options.limits.header_fields},
      pool(request_pool),
      clock(system_clock),
      metrics(registry, *router),
      access_log(options.log_ip_key, metrics.dropped_log_lines),
      connections(options.limits.connections, options.limits.connections_per_peer) {}

Response run_handler(const Router& router, const Handler& handler, const Request& request) {
  return *answer_or_map(router, handler, request);
}

std::optional<Response> run_fast(const Router& router, const FastHandler& handler, const Request& request) {
  return answer_or_map(router, handler, request);
}

}  // namespace http
