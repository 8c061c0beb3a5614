#include "operators/audit_admin.hpp"

namespace operators {

std::vector<audit::Entry> AuditAdmin::list(const Act& act, const audit::Filter& filter, int limit) {
  const auto lease = pool_.acquire(act.deadline);
  db::OnSession on(*lease, act.deadline);
  return audit::list(on, filter, limit);
}

audit::Verification AuditAdmin::verify(const Act& act, const std::optional<audit::Anchor>& anchor) {
  const auto lease = pool_.acquire(act.deadline);
  db::OnSession on(*lease, act.deadline);
  return audit::verify(on, anchor);
}

}  // namespace operators
