#pragma once
// /api/user/forecast-overrides and their history.

#include "api/endpoint.hpp"

#include "overrides/override_service.hpp"

#include <vector>

namespace api {

/// `service` must outlive the endpoints.
std::vector<Endpoint> override_endpoints(overrides::OverrideService& service);

}  // namespace api
