#pragma once
// Forgetting a person: everything that the registry of owned tables names, and what lies in object storage.

#include "db/pool.hpp"
#include "db/transaction.hpp"

#include "mail/outbox.hpp"
#include "storage/store.hpp"

#include <functional>
#include <stop_token>

namespace user {

class Purger {
 public:
  Purger(db::Pool& pool, storage::Store& store, const mail::Outbox& outbox)
      : pool_(pool), store_(store), outbox_(outbox) {}

  /// Removes objects, then rows in batches, each in a transaction of its own that also adds to the
  /// tombstone's account; an interrupted purge goes on where it was. Returns the last step, which removes the
  /// account itself and must run in a transaction of the caller's; empty when there is nothing to do: the
  /// deletion was cancelled. Throws core::Error(unavailable) when it is told to stop, or something was added
  /// meanwhile.
  std::function<void(db::Transaction&)> run(const core::Uuid& user_id, core::Timestamp now,
                                            const std::stop_token& stop, db::Deadline deadline);

 private:
  void remove_objects(const core::Uuid& user_id, db::Deadline deadline);
  void remove_rows(const core::Uuid& user_id, const std::stop_token& stop, db::Deadline deadline);

  db::Pool& pool_;
  storage::Store& store_;
  const mail::Outbox& outbox_;
};

}  // namespace user
