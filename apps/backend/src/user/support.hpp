#pragma once
// What a person tells who helps them: the state of the account, in numbers and versions. Nothing secret, no
// content.

#include "core/clock.hpp"
#include "db/pump.hpp"

#include "user/owned_store.hpp"
#include "user/support_store.hpp"

#include <string>
#include <vector>

namespace user {

struct SupportSummary {
  core::Timestamp at{};
  SupportFacts facts;
  std::vector<OwnedCount> rows;  ///< of every table of the registry
};

class Support {
 public:
  Support(db::Pump& pump, const core::Clock& clock) : pump_(pump), clock_(clock) {}

  /// Throws unauthenticated "session_revoked" for a person who is no more.
  SupportSummary summary(const core::Uuid& user_id, db::Deadline deadline);

 private:
  db::Pump& pump_;
  const core::Clock& clock_;
};

}  // namespace user
