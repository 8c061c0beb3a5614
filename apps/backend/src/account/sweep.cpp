#include "account/sweep.hpp"

#include "core/log.hpp"

#include "account/rate_store.hpp"
#include "account/sweep_store.hpp"
#include "mail/outbox_store.hpp"

namespace account {

Swept sweep(db::Executor& db, core::Timestamp now, const Retention& retention, int limit) {
  Swept swept;
  swept.links = prune_links(db, now - retention.links, limit);
  swept.mail_requests = prune_mail_requests(db, now - retention.mail_requests, limit);
  swept.mails = mail::prune_outbox(db, now - retention.mails, limit);
  swept.sessions = prune_sessions(db, now - retention.sessions, limit);
  swept.counters = prune_counts(db, now - retention.counters);
  swept.slots = prune_slots(db, now - retention.slots, limit);
  return swept;
}

jobs::JobKind sweep_kind(const core::Clock& clock) {
  const auto run = [&clock](jobs::JobContext&) -> jobs::Effect {
    return [now = clock.now()](db::Transaction& tx) {
      const auto swept = sweep(tx, now);
      core::log_info("account.swept", {{"links", swept.links},
                                       {"mail_requests", swept.mail_requests},
                                       {"mails", swept.mails},
                                       {"sessions", swept.sessions},
                                       {"counters", swept.counters}});
    };
  };
  return {.run = run, .deadline = std::chrono::minutes(2), .args_version = 1};
}

jobs::PeriodicSpec sweep_schedule() {
  jobs::PeriodicSpec spec;
  spec.name = kSweep;
  spec.kind = kSweep;
  spec.period = std::chrono::hours(1);
  spec.jitter = std::chrono::minutes(10);
  return spec;
}

}  // namespace account
