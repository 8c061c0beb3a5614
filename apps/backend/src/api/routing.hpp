#pragma once
// From the endpoint table to the router.

#include "api/endpoint.hpp"
#include "http/router.hpp"
#include "http/static_files.hpp"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace api {

struct RoutingOptions {
  /// False outside local and test: endpoints with Access::owner are then not served (404), nor documented.
  bool local_owner = false;
  /// The web companion's files; may be null.
  std::shared_ptr<const http::StaticFiles> web;
  std::string version;
  std::vector<std::string> ios_app_ids;  ///< apps that may open our links; none: no such file is served
};

/// What of `endpoints` this process serves.
std::vector<Endpoint> served(std::vector<Endpoint> endpoints, bool local_owner);

/// Also adds GET /api/openapi.json and the reference for people at /docs, both printed once, the file by
/// which iOS finds its app, and the web companion with its client-side routes.
std::shared_ptr<const http::Router> make_router(std::span<const Endpoint> endpoints,
                                                const RoutingOptions& options);

}  // namespace api
