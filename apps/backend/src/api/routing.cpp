#include "api/routing.hpp"

#include "api/app_links.hpp"
#include "api/openapi.hpp"
#include "api/problem.hpp"
#include "api/reference_page.hpp"
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

/// A text that is printed once and revalidated by clients.
http::RouteOptions printed_once(std::string content, std::string content_type, std::string cache_control) {
  const auto text = std::make_shared<const std::string>(std::move(content));
  const auto etag = http::strong_etag(core::sha256_hex(*text).substr(0, 32));
  http::RouteOptions options;
  options.fast = [text, etag, type = std::move(content_type), cache = std::move(cache_control)](
                     const http::Request& request) -> std::optional<http::Response> {
    if (auto same = http::not_modified(request, etag, cache)) return same;
    http::Response response;
    response.content_type = type;
    response.body = http::Body(text);
    return std::move(response).set("ETag", etag).set("Cache-Control", cache);
  };
  return options;
}

/// openapi.json, and the reference made of the same table. The page links by relative paths only, so that a
/// host of its own may show it at / (the edge rewrites / to /docs/); the second path of the document is what
/// its link means there.
void add_documentation(http::Router& router, std::span<const Endpoint> endpoints,
                       const std::string& version) {
  for (const auto* path : {"/api/openapi.json", "/docs/api/openapi.json"})
    router.add(http::Method::get, path,
               printed_once(openapi_json(endpoints, version), "application/json", "no-cache"));
  const auto page = reference_page(endpoints, version);
  const auto headers = std::make_shared<const http::DefaultHeaders>(http::DefaultHeaders::for_pages(
      page.content_security_policy, "geolocation=(), camera=(), microphone=()"));
  auto options = printed_once(page.html, "text/html; charset=utf-8", "no-cache");
  options.default_headers = headers;
  router.add(http::Method::get, "/docs", options);
  // "/docs/" itself; a tail is how the router names a path that ends with a slash.
  options.fast = [page_of = options.fast](const http::Request& request) -> std::optional<http::Response> {
    if (request.path_param("rest").empty()) return page_of(request);
    return http::problem_response(404, "not_found", "There is no such page.", request.request_id());
  };
  router.add(http::Method::get, "/docs/{rest*}", std::move(options));
}

/// Apple fetches it without following redirects, and keeps what it gets for hours.
void add_app_links(http::Router& router, const std::vector<std::string>& ios_app_ids) {
  for (const auto* path : {"/.well-known/apple-app-site-association", "/apple-app-site-association"}) {
    http::RouteOptions options;
    if (ios_app_ids.empty()) {
      options.fast = [](const http::Request& request) -> std::optional<http::Response> {
        return http::problem_response(404, "not_found", "No app is configured here.", request.request_id());
      };
    } else {
      options = printed_once(app_site_association(ios_app_ids), "application/json", "public, max-age=3600");
    }
    router.add(http::Method::get, path, std::move(options));
  }
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
  add_documentation(*router, endpoints, options.version);
  add_app_links(*router, options.ios_app_ids);
  if (options.web) add_web(*router, options.web);
  return router;
}

}  // namespace api
