#pragma once
// From the endpoint table to the router.

#include "api/endpoint.hpp"
#include "api/gate.hpp"
#include "http/router.hpp"
#include "http/static_files.hpp"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace api {

struct RoutingOptions {
  /// Stands before every endpoint; must outlive the router. Null only where all endpoints are for everyone.
  const Gate* gate = nullptr;
  /// The web companion's files; may be null.
  std::shared_ptr<const http::StaticFiles> web;
  std::string version;
  /// Adds pages that are no endpoints; may be empty.
  std::function<void(http::Router&)> add_pages;
  std::vector<std::string> ios_app_ids;  ///< apps that may open our links; none: no such file is served
};

/// Also adds GET /api/openapi.json and the reference for people at /docs, both printed once, the file by
/// which iOS finds its app, and the web companion with its client-side routes.
std::shared_ptr<const http::Router> make_router(std::span<const Endpoint> endpoints,
                                                const RoutingOptions& options);

}  // namespace api
