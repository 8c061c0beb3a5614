#pragma once
// Operators as the api serves them.

#include "api/admin_endpoints.hpp"
#include "api/operator_gate.hpp"
#include "app/account_services.hpp"
#include "core/clock.hpp"
#include "db/pool.hpp"
#include "db/pump.hpp"

#include "operators/recovery_codes.hpp"

#include <vector>

namespace app {

/// Members borrow from each other: not movable.
class OperatorServices {
 public:
  /// All must outlive it.
  OperatorServices(AccountServices& accounts, const AccountSettings& settings, db::Pool& pool, db::Pump& pump,
                   const core::Clock& clock);
  OperatorServices(const OperatorServices&) = delete;
  OperatorServices& operator=(const OperatorServices&) = delete;

  std::vector<api::Endpoint> endpoints();

 private:
  const core::Clock& clock_;
  operators::RecoveryCodes recovery_codes_;
  operators::OperatorAuth auth_;
  operators::OperatorAdmin admin_;
  operators::UserAdmin users_;
  operators::JobAdmin jobs_;
  operators::OpsHealth health_;
  operators::AuditAdmin audit_;
  api::OperatorGate gate_;
};

}  // namespace app
