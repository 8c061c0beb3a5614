#pragma once
// What takes usage events in (api) and sends them on (worker).

#include "api/analytics_endpoints.hpp"
#include "app/options.hpp"
#include "core/clock.hpp"
#include "db/pool.hpp"
#include "db/pump.hpp"
#include "jobs/runner.hpp"
#include "net/http_client.hpp"

#include "account/keyring.hpp"
#include "account/rate_limiter.hpp"
#include "analytics/intake.hpp"
#include "analytics/sender.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace app {

/// For the api. `keys` and `limits` must outlive it.
class AnalyticsIntake {
 public:
  using FindCaller = std::function<std::optional<account::Caller>(const http::Request&)>;
  AnalyticsIntake(db::Pump& pump, const core::Clock& clock, const Options& options,
                  const account::KeyRing& keys, account::RateLimiter& limits, FindCaller find_caller);

  std::vector<api::Endpoint> endpoints();

 private:
  analytics::Intake intake_;
  account::RateLimiter& limits_;
  FindCaller find_caller_;
};

/// For the worker.
class AnalyticsRelay {
 public:
  AnalyticsRelay(db::Pool& pool, const core::Clock& clock, const Options& options);

  void register_kinds(jobs::Runner& runner);

 private:
  const core::Clock& clock_;
  net::HttpClient client_;
  analytics::Sender sender_;
};

}  // namespace app
