#pragma once
// /health, /livez, /readyz.

#include "api/endpoint.hpp"
#include "api/readiness.hpp"

#include <chrono>
#include <functional>
#include <vector>

namespace api {

/// `last_tick` gives the oldest pulse of the io threads. `readiness` must outlive the endpoints.
std::vector<Endpoint> health_endpoints(const Readiness& readiness,
                                       std::function<std::chrono::steady_clock::time_point()> last_tick);

}  // namespace api
