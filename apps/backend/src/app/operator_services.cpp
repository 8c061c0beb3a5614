#include "app/operator_services.hpp"

#include "app/admin_tree.hpp"

namespace app {

OperatorServices::OperatorServices(AccountServices& accounts, const AccountSettings& settings, db::Pool& pool,
                                   db::Pump& pump, const core::Clock& clock)
    : clock_(clock),
      auth_({.pool = pool,
             .pump = pump,
             .clock = clock,
             .keys = accounts.keys(),
             .passwords = accounts.passwords(),
             .limits = accounts.limits(),
             .recovery_codes = recovery_codes_}),
      admin_({.pool = pool,
              .clock = clock,
              .keys = accounts.keys(),
              .passwords = accounts.passwords(),
              .recovery_codes = recovery_codes_}),
      users_(pool, clock),
      jobs_(pool, clock),
      health_(pool, clock),
      audit_(pool),
      gate_(auth_, accounts.gate(), clock, settings.gate.cookie.is_secure) {}

std::vector<api::Endpoint> OperatorServices::endpoints() {
  return api::admin_endpoints({.gate = gate_,
                               .auth = auth_,
                               .operators = admin_,
                               .users = users_,
                               .jobs = jobs_,
                               .health = health_,
                               .audit = audit_,
                               .clock = clock_},
                              describe_admin_commands());
}

}  // namespace app
