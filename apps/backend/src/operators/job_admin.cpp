#include "operators/job_admin.hpp"

#include "operators/admin_event.hpp"

namespace operators {

std::vector<jobs::DiscardedJob> JobAdmin::list(const Act& act, int limit, std::optional<jobs::JobId> before) {
  const auto lease = pool_.acquire(act.deadline);
  db::OnSession on(*lease, act.deadline);
  return jobs::discarded(on, limit, before);
}

bool JobAdmin::retry(const Act& act, jobs::JobId id) {
  return change(act, id, "jobs.retry", jobs::retry_discarded);
}

bool JobAdmin::discard(const Act& act, jobs::JobId id) {
  return change(act, id, "jobs.discard", jobs::remove_discarded);
}

bool JobAdmin::change(const Act& act, jobs::JobId id, std::string_view action,
                      bool (*work)(db::Executor&, jobs::JobId)) {
  bool changed = false;
  pool_.transact(act.deadline, [&](db::Transaction& tx) {
    changed = work(tx, id);
    if (changed) audit::append(tx, event_of(act, action, "job", std::to_string(id)), clock_.now());
  });
  return changed;
}

}  // namespace operators
