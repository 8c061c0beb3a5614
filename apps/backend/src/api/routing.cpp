#include "api/routing.hpp"

#include "api/app_links.hpp"
#include "api/media_type.hpp"
#include "api/openapi.hpp"
#include "api/problem.hpp"
#include "api/reference_page.hpp"
#include "core/hash.hpp"
#include "http/conditional.hpp"
#include "http/problem.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace api {
namespace {

constexpr const char* kPagePolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
constexpr const char* kPagePermissions = "geolocation=(self), camera=(), microphone=()";

constexpr const char* kOpenApiPath = "/api/openapi.json";

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
  for (const auto* path : {kOpenApiPath, "/docs/api/openapi.json"})
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

Endpoint openapi_endpoint() {
  return {.method = "GET",
          .path = kOpenApiPath,
          .id = "getOpenApi",
          .tag = "description",
          .summary = "This document",
          .replies = {{200, "OpenAPI 3.1", "OpenApi"}, {304, "Not modified", ""}}};
}

/// The limit of the media type that the request says it has; the smallest one for others, which are refused
/// anyway.
std::function<std::size_t(const http::Request&)> limits_by_media_type(const Endpoint& endpoint) {
  const auto limit_of = [&](const Body& body) { return body.limit > 0 ? body.limit : endpoint.body_limit; };
  std::vector<std::pair<std::string, std::size_t>> limits;
  for (const auto& body : endpoint.bodies) limits.emplace_back(body.content_type, limit_of(body));
  if (limits.empty()) return {};
  return [limits = std::move(limits)](const http::Request& request) {
    const auto type = media_type(request);
    const auto found = std::ranges::find(limits, type, &std::pair<std::string, std::size_t>::first);
    if (found != limits.end()) return found->second;
    return std::ranges::min(limits, {}, &std::pair<std::string, std::size_t>::second).second;
  };
}

void add_endpoint(http::Router& router, const Endpoint& endpoint, const Gate& gate) {
  http::RouteOptions route;
  route.handler = gate.guarded(endpoint);
  route.fast = gate.guarded_fast(endpoint);
  if (!endpoint.is_unlimited)
    route.admit = [&gate](const http::Request& request) { return gate.admit(request); };
  route.min_duration = endpoint.min_duration;
  route.body_limit = endpoint.body_limit;
  route.body_limit_of = limits_by_media_type(endpoint);
  router.add(http::parse_method(endpoint.method), endpoint.path, std::move(route));
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

std::shared_ptr<const http::Router> make_router(std::span<const Endpoint> endpoints,
                                                const RoutingOptions& options) {
  const auto& gate = *options.gate;
  http::RouterOptions router_options;
  router_options.error_mapper = problem_for;
  router_options.finish = [&gate](const http::Request& request, http::Response& response) {
    gate.finish(request, response);
  };
  router_options.preflight = [&gate](const http::Request& request, std::string_view allow) {
    return gate.preflight(request, allow);
  };
  auto router = std::make_shared<http::Router>(std::move(router_options));
  // Of the document itself only the description: add_documentation answers it.
  std::vector<Endpoint> described(endpoints.begin(), endpoints.end());
  described.push_back(openapi_endpoint());
  for (const auto& endpoint : endpoints) add_endpoint(*router, endpoint, gate);
  add_documentation(*router, described, options.version);
  add_app_links(*router, options.ios_app_ids);
  if (options.add_pages) options.add_pages(*router);
  if (options.web) add_web(*router, options.web);
  return router;
}

}  // namespace api
