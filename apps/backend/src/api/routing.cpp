#include "api/routing.hpp"

#include "api/openapi.hpp"
#include "api/problem.hpp"
#include "core/hash.hpp"
#include "http/conditional.hpp"
#include "http/problem.hpp"

#include <array>
#include <utility>

namespace api {
namespace {

constexpr const char* kPagePolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
constexpr const char* kPagePermissions = "geolocation=(self), camera=(), microphone=()";

/// Paths that the companion's own script tells apart: all of them are its index page.
constexpr std::array kPageRoutes = {"/", "/routes/{id}", "/forecasts/{id}", "/about"};

void add_openapi(http::Router& router, std::span<const Endpoint> endpoints, const std::string& version) {
  const auto text = std::make_shared<const std::string>(openapi_json(endpoints, version));
  const auto etag = http::strong_etag(core::sha256_hex(*text).substr(0, 32));
  http::RouteOptions options;
  options.fast = [text, etag](const http::Request& request) -> std::optional<http::Response> {
    if (auto same = http::not_modified(request, etag, "no-cache")) return same;
    return http::Response::json(http::Body(text)).set("ETag", etag).set("Cache-Control", "no-cache");
  };
  router.add(http::Method::get, "/api/openapi.json", std::move(options));
}

void add_web(http::Router& router, const std::shared_ptr<const http::StaticFiles>& web) {
  const auto headers = std::make_shared<const http::DefaultHeaders>(
      http::DefaultHeaders::for_pages(kPagePolicy, kPagePermissions));
  const auto add = [&](std::string_view pattern, http::FastHandler fast) {
    http::RouteOptions options;
    options.fast = std::move(fast);
    options.default_headers = headers;
    router.add(http::Method::get, pattern, std::move(options));
  };
  const auto missing = [](const http::Request& request) {
    return http::problem_response(404, "not_found", "There is no such file.", request.request_id());
  };
  for (const auto* pattern : kPageRoutes) {
    add(pattern, [web, missing](const http::Request& request) -> std::optional<http::Response> {
      auto found = web->find(request, "index.html");
      return found ? std::move(found) : missing(request);
    });
  }
  add("/{file*}", [web, missing](const http::Request& request) -> std::optional<http::Response> {
    auto found = web->find(request);
    return found ? std::move(found) : missing(request);
  });
}

}  // namespace

std::vector<Endpoint> served(std::vector<Endpoint> endpoints, bool local_owner) {
  std::erase_if(endpoints,
                [&](const Endpoint& endpoint) { return endpoint.access == Access::owner && !local_owner; });
  return endpoints;
}

std::shared_ptr<const http::Router> make_router(std::span<const Endpoint> endpoints,
                                                const RoutingOptions& options) {
  http::RouterOptions router_options;
  router_options.error_mapper = problem_for;
  auto router = std::make_shared<http::Router>(std::move(router_options));
  for (const auto& endpoint : endpoints) {
    http::RouteOptions route;
    route.handler = endpoint.handler;
    route.fast = endpoint.fast;
    route.body_limit = endpoint.body_limit;
    router->add(http::parse_method(endpoint.method), endpoint.path, std::move(route));
  }
  add_openapi(*router, endpoints, options.version);
  if (options.web) add_web(*router, options.web);
  return router;
}

}  // namespace api
