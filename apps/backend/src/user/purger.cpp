#include "user/purger.hpp"

#include "core/error.hpp"
#include "core/log.hpp"

#include "user/deletion_store.hpp"
#include "user/owned_store.hpp"

#include <optional>
#include <vector>

namespace user {
namespace {

constexpr int kRowsABatch = 1000;

bool stays(const OwnedTable& table) { return table.on_purge == OnPurge::keep; }

/// The account itself and what a foreign key takes along are removed by the same statement.
bool goes_last(const OwnedTable& table) { return table.on_purge == OnPurge::with_person; }

core::Error interrupted() {
  return {core::ErrorKind::unavailable, "unavailable", "The purge was interrupted; it goes on later."};
}

/// With the rows that are left to go with the account on record.
void finish(db::Transaction& tx, const core::Uuid& user_id, core::Timestamp now) {
  for (const auto& count : count_owned(tx, user_id)) {
    if (count.rows == 0 || stays(*count.table)) continue;
    if (!goes_last(*count.table)) throw interrupted();
    note_removed(tx, user_id, count.table->table, count.rows);
  }
  finish_purge(tx, user_id, now);
}

}  // namespace

std::function<void(db::Transaction&)> Purger::run(const core::Uuid& user_id, core::Timestamp now,
                                                  const std::stop_token& stop, db::Deadline deadline) {
  bool is_due = false;
  std::optional<mail::Address> address;
  pool_.transact(deadline, [&](db::Transaction& tx) {
    is_due = begin_purge(tx, user_id, now);
    const auto deletion = find_deletion(tx, user_id);
    // Who comes back with a restored backup has been told before.
    if (deletion && deletion->purge_started_at) address = mail::parse_address(deletion->email);
  });
  if (!is_due) return {};
  remove_objects(user_id, deadline);
  remove_rows(user_id, stop, deadline);
  return [outbox = &outbox_, user_id, now, address](db::Transaction& tx) {
    finish(tx, user_id, now);
    if (address) outbox->enqueue(tx, {.kind = mail::MailKind::deletion_done, .to = *address}, now);
    core::log_info("user.purged", {{"user_id", core::to_string(user_id)}});
  };
}

void Purger::remove_objects(const core::Uuid& user_id, db::Deadline deadline) {
  std::vector<storage::Key> keys;
  {
    const auto lease = pool_.acquire(deadline);
    db::OnSession db(*lease, deadline);
    keys = list_objects(db, user_id);
  }
  for (const auto& key : keys) store_.remove(key, deadline);
}

void Purger::remove_rows(const core::Uuid& user_id, const std::stop_token& stop, db::Deadline deadline) {
  for (const auto& table : owned_tables()) {
    if (stays(table) || goes_last(table)) continue;
    std::int64_t removed = 0;
    do {
      if (stop.stop_requested()) throw interrupted();
      pool_.transact(deadline, [&](db::Transaction& tx) {
        removed = purge_batch(tx, table, user_id, kRowsABatch);
        if (removed > 0) note_removed(tx, user_id, table.table, removed);
      });
    } while (removed > 0);
  }
}

}  // namespace user
