#include "api/health_endpoints.hpp"

#include "http/problem.hpp"

namespace api {
namespace {

constexpr auto kStalledAfter = std::chrono::seconds(10);

http::Response health() {
  return http::Response::json(R"({"status":"ok"})").set("Cache-Control", "no-store");
}

Endpoint endpoint(std::string_view path, std::string_view id, std::string_view summary) {
  return {.method = "GET",
          .path = path,
          .id = id,
          .tag = "health",
          .summary = summary,
          .serves_old_apps = true,
          .is_unlimited = true};
}

}  // namespace

std::vector<Endpoint> health_endpoints(const Readiness& readiness,
                                       std::function<std::chrono::steady_clock::time_point()> last_tick) {
  auto minimal = endpoint("/health", "health", "The process answers");
  minimal.replies = {{200, "It does", "Health"}};
  minimal.fast = [](const http::Request&) { return std::optional(health()); };

  auto live = endpoint("/livez", "livez", "The loops of the process turn");
  live.replies = {{200, "They do", "Health"}};
  live.errors = {"unavailable"};
  live.fast = [last_tick =
                   std::move(last_tick)](const http::Request& request) -> std::optional<http::Response> {
    if (std::chrono::steady_clock::now() - last_tick() < kStalledAfter) return health();
    return http::problem_response(503, "unavailable", "A loop of the process is stuck.",
                                  request.request_id());
  };

  auto ready = endpoint("/readyz", "readyz", "The process can do its work, and if not, why");
  ready.replies = {{200, "It can, perhaps with less than all", "Readiness"},
                   {503, "It can not", "Readiness"}};
  ready.fast = [&readiness](const http::Request& request) {
    return std::optional(readiness.answer(request));
  };
  return {std::move(minimal), std::move(live), std::move(ready)};
}

}  // namespace api
