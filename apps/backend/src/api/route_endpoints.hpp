#pragma once
// /api/routes: create, read, list, delete, assessment, profile, what-if.

#include <vector>

#include "api/endpoint.hpp"
#include "route/route_service.hpp"

namespace api {

/// `service` must outlive the endpoints.
std::vector<Endpoint> route_endpoints(route::RouteService& service);

}  // namespace api
