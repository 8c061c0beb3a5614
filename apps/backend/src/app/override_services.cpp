#include "app/override_services.hpp"

#include "api/override_endpoints.hpp"
#include "route/override_link.hpp"

#include <utility>

namespace app {

OverrideServices::OverrideServices(db::Pool& pool, db::Pump& pump, const core::Clock& clock,
                                   overrides::ConditionsSource conditions)
    : service_({.pool = pool,
                .pump = pump,
                .clock = clock,
                .conditions = std::move(conditions),
                .on_change = route::queue_routes_of}) {}

std::vector<api::Endpoint> OverrideServices::endpoints() { return api::override_endpoints(service_); }

}  // namespace app
