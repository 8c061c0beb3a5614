#include "app/legacy_services.hpp"

#include "worker/drop_legacy_passwords.hpp"

#include "account/legacy_accounts.hpp"

namespace app {

decltype(account::LinkIssuer::Parts::bring_in) bring_in_legacy(const LegacySettings& settings,
                                                               const core::Clock& clock) {
  if (!settings.firebase) return {};
  return [&clock](db::Executor& db, const mail::Address& address) {
    return account::bring_in_legacy(db, address, clock.now());
  };
}

void register_legacy(jobs::Runner& runner, const LegacySettings& settings, const core::Clock& clock) {
  if (!settings.firebase) return;
  runner.handle(worker::kDropLegacyPasswords,
                worker::drop_legacy_passwords(clock, settings.firebase->drop_after));
  runner.every(worker::drop_legacy_passwords_schedule());
}

}  // namespace app
