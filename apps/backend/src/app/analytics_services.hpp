#pragma once
// What takes usage events in (api) and sends them on (worker).

#include "app/account_services.hpp"
#include "app/options.hpp"
#include "core/clock.hpp"
#include "db/pool.hpp"
#include "db/pump.hpp"
#include "jobs/runner.hpp"
#include "net/http_client.hpp"

#include "analytics/intake.hpp"
#include "analytics/sender.hpp"

#include <vector>

namespace app {

/// For the api. All must outlive it.
class AnalyticsIntake {
 public:
  AnalyticsIntake(db::Pump& pump, const core::Clock& clock, const Options& options,
                  AccountServices& accounts);

  std::vector<api::Endpoint> endpoints();

 private:
  analytics::Intake intake_;
  AccountServices& accounts_;
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
