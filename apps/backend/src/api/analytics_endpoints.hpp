#pragma once
// POST /api/analytics/events.

#include "api/endpoint.hpp"

#include "account/account.hpp"
#include "account/rate_limiter.hpp"
#include "analytics/intake.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace api {

struct AnalyticsParts {
  analytics::Intake& intake;
  account::RateLimiter& limits;
  /// Whom the request's credential names, if it is a good one: Gate::find_caller.
  std::function<std::optional<account::Caller>(const http::Request&)> find_caller;
};

/// The parts must outlive the endpoints.
std::vector<Endpoint> analytics_endpoints(const AnalyticsParts& parts);

}  // namespace api
