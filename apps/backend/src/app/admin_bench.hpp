#pragma once
// What a command of operators works with: the database, the services, and who acts.

#include "app/options.hpp"
#include "core/clock.hpp"
#include "db/pool.hpp"

#include "account/keyring.hpp"
#include "account/password.hpp"
#include "operators/audit_admin.hpp"
#include "operators/job_admin.hpp"
#include "operators/operator_admin.hpp"
#include "operators/ops_health.hpp"
#include "operators/recovery_codes.hpp"
#include "operators/user_admin.hpp"

#include <memory>
#include <string>

namespace app {

class AdminBench {
 public:
  /// Reads the worker's settings. Throws core::Error(invalid_input, "config.invalid").
  AdminBench();

  /// With every scope: whoever may reach the database so could do anything to it. The deadline starts now.
  operators::Act act() const;

  operators::UserAdmin& users() { return users_; }
  operators::JobAdmin& jobs() { return jobs_; }
  operators::OpsHealth& health() { return health_; }
  operators::AuditAdmin& audit() { return audit_; }
  operators::OperatorAdmin& operator_accounts();

 private:
  /// Only some commands hash: making ready for it takes a tenth of a second.
  struct Credentials {
    explicit Credentials(AdminBench& bench);
    account::KeyRing keys;
    account::PasswordHasher passwords;
    operators::RecoveryCodes recovery_codes;
    operators::OperatorAdmin admin;
  };

  const Options options_;
  const std::unique_ptr<core::Clock> clock_;
  db::Pool pool_;
  operators::UserAdmin users_;
  operators::JobAdmin jobs_;
  operators::OpsHealth health_;
  operators::AuditAdmin audit_;
  std::unique_ptr<Credentials> credentials_;
};

/// The name of the OS user that this process runs as, "uid 1000" where it has none.
std::string os_user();

}  // namespace app
