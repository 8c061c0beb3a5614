#pragma once
// Overrides in the api process.

#include "api/endpoint.hpp"
#include "core/clock.hpp"
#include "db/pool.hpp"
#include "db/pump.hpp"

#include "overrides/override_service.hpp"

#include <vector>

namespace app {

/// The arguments must outlive it.
class OverrideServices {
 public:
  OverrideServices(db::Pool& pool, db::Pump& pump, const core::Clock& clock,
                   overrides::ConditionsSource conditions);

  std::vector<api::Endpoint> endpoints();

 private:
  overrides::OverrideService service_;
};

}  // namespace app
