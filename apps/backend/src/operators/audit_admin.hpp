#pragma once
// The audit as operators read it.

#include "db/pool.hpp"

#include "operators/operator.hpp"

#include <optional>
#include <vector>

namespace operators {

class AuditAdmin {
 public:
  explicit AuditAdmin(db::Pool& pool) : pool_(pool) {}

  /// Newest first.
  std::vector<audit::Entry> list(const Act& act, const audit::Filter& filter, int limit);
  audit::Verification verify(const Act& act, const std::optional<audit::Anchor>& anchor);

 private:
  db::Pool& pool_;
};

}  // namespace operators
