#include "worker/drop_legacy_passwords.hpp"

#include "core/log.hpp"

#include "account/legacy_accounts.hpp"
#include "account/legacy_store.hpp"

namespace worker {

jobs::JobKind drop_legacy_passwords(const core::Clock& clock, std::optional<core::Day> last_day) {
  const auto run = [&clock, last_day](jobs::JobContext&) -> jobs::Effect {
    if (!account::is_after(last_day, clock.now())) return {};
    return [](db::Transaction& tx) {
      const auto dropped = account::drop_legacy_passwords(tx);
      if (dropped > 0) core::log_info("account.legacy_passwords_dropped", {{"count", dropped}});
    };
  };
  return {.run = run, .deadline = std::chrono::minutes(5), .args_version = 1};
}

jobs::PeriodicSpec drop_legacy_passwords_schedule() {
  jobs::PeriodicSpec spec;
  spec.name = kDropLegacyPasswords;
  spec.kind = kDropLegacyPasswords;
  spec.period = std::chrono::hours(1);
  return spec;
}

}  // namespace worker
