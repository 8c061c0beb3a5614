#pragma once
// /api/routes: create, read, list, delete, assessment, profile, what-if.

#include "api/endpoint.hpp"
#include "route/route_service.hpp"

#include <vector>

namespace api {

/// `service` must outlive the endpoints.
std::vector<Endpoint> route_endpoints(route::RouteService& service);

}  // namespace api
