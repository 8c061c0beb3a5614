#pragma once
// Dead letters in operators' hands: what is changed leaves an audit entry in the same transaction.

#include "core/clock.hpp"
#include "db/pool.hpp"
#include "jobs/inspect.hpp"

#include "operators/operator.hpp"

#include <optional>
#include <vector>

namespace operators {

class JobAdmin {
 public:
  JobAdmin(db::Pool& pool, const core::Clock& clock) : pool_(pool), clock_(clock) {}

  /// Newest first.
  std::vector<jobs::DiscardedJob> list(const Act& act, int limit, std::optional<jobs::JobId> before = {});
  /// Due at once, with fresh attempts. False when there is no such dead letter, or another job of its key
  /// waits.
  bool retry(const Act& act, jobs::JobId id);
  /// Deletes it. False when there is no such dead letter.
  bool discard(const Act& act, jobs::JobId id);

 private:
  bool change(const Act& act, jobs::JobId id, std::string_view action,
              bool (*work)(db::Executor&, jobs::JobId));

  db::Pool& pool_;
  const core::Clock& clock_;
};

}  // namespace operators
