#include "user/support.hpp"

#include "core/error.hpp"

namespace user {

SupportSummary Support::summary(const core::Uuid& user_id, db::Deadline deadline) {
  db::PumpReader read(pump_, deadline);
  const auto now = clock_.now();
  auto facts = find_support_facts(read, user_id, now);
  if (!facts)
    throw core::Error(core::ErrorKind::unauthenticated, "session_revoked", "The account is no more.");
  return {.at = now, .facts = *std::move(facts), .rows = count_owned(read, user_id)};
}

}  // namespace user
