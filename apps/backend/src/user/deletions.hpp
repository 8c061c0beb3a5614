#pragma once
// A person's wish to be forgotten: at once they are signed out everywhere and get no more messages, and after
// some days of grace, in which the mailed link takes it back, everything of theirs is purged (purger.hpp).
// Whoever is pending cannot sign in: the way back is the link alone (docs/decisions/0110).

#include "core/clock.hpp"
#include "db/pool.hpp"
#include "db/pump.hpp"

#include "account/account.hpp"
#include "account/rate_limiter.hpp"
#include "mail/outbox.hpp"
#include "user/deletion_store.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace user {

/// What the holder of the mailed link may know.
struct PendingDeletion {
  std::string masked_email;  ///< "j***@example.org"
  core::Timestamp requested_at{};
  core::Timestamp purge_at{};
};

class Deletions {
 public:
  struct Parts {
    db::Pool& pool;
    db::Pump& pump;
    const core::Clock& clock;
    account::RateLimiter& limits;
    const mail::Outbox& outbox;
    std::chrono::days grace{7};
  };
  explicit Deletions(Parts parts) : parts_(parts) {}

  std::chrono::days grace() const { return parts_.grace; }

  /// Ends every session, API token, mailed link, device and queued mail of the person, and mails them the
  /// link that cancels. Throws unauthenticated "session_revoked" when the account is not active.
  Deletion request(const core::Uuid& user_id, db::Deadline deadline);

  /// The newest, also one that was cancelled.
  std::optional<Deletion> state(const core::Uuid& user_id, db::Deadline deadline);

  /// By the mailed token. Throws not_found "deletion.not_pending" for any token that cancels nothing (any
  /// more); rate_limited after 30 of those from an address in five minutes.
  PendingDeletion look_up(std::string_view token, const std::string& client_ip, db::Deadline deadline);
  PendingDeletion cancel(std::string_view token, const std::string& client_ip, db::Deadline deadline);

  /// For operators, when the mail did not arrive. Within their transaction. False: nothing is pending.
  static bool cancel_for(db::Executor& db, const core::Uuid& user_id, core::Timestamp now);

 private:
  Deletion require_pending(std::string_view token, const std::string& client_ip, db::Deadline deadline);
  void mail_link(db::Executor& db, const Deletion& deletion, const std::string& token, core::Timestamp now);

  Parts parts_;
};

}  // namespace user
