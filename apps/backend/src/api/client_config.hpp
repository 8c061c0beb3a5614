#pragma once
// GET /api/client-config: which versions of the app are served. Apps ask at start, and go on without an
// answer.

#include "api/endpoint.hpp"
#include "api/gate.hpp"
#include "core/clock.hpp"

#include <string>
#include <vector>

namespace api {

/// `clock` must outlive the endpoint.
std::vector<Endpoint> client_config_endpoints(const AppGate& app, const std::string& recommended_version,
                                              const core::Clock& clock);

}  // namespace api
