#pragma once
// Overrides and their history in Postgres. Named SQL, no decisions. Every change writes its history in the
// same statement.

#include "core/ids.hpp"
#include "core/time.hpp"
#include "db/executor.hpp"

#include "overrides/override.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace overrides {

/// Makes changes of one person's overrides wait for each other until the transaction ends. False: there is no
/// such person.
bool lock_person(db::Executor& db, const core::Uuid& user_id);
void lock_people(db::Executor& db, std::span<const core::Uuid> user_ids);

std::optional<Override> find_override(db::Executor& db, const core::Uuid& user_id, std::string_view zone_key);
/// By zone key.
std::vector<Override> list_overrides(db::Executor& db, const core::Uuid& user_id);
/// For the worker, which acts for everybody: `limit` of them by id, those after `after`.
std::vector<Override> list_of_everybody(db::Executor& db, const core::Uuid& after, int limit);

/// Stores it in place of the person's override of that zone, if there is one; returns its revision. The
/// person must be locked.
int put_override(db::Executor& db, const Override& override);

/// Removes the person's override of the zone. False: there was none.
bool delete_override(db::Executor& db, const core::Uuid& user_id, std::string_view zone_key,
                     std::string_view official, core::Timestamp now);

/// The end of an override by itself.
struct Lapse {
  core::Uuid override_id;
  Standing cause = Standing::ended;
  std::string official;  ///< JSON: the official values now
};
/// Removes those that are still there; returns how many.
std::int64_t record_lapses(db::Executor& db, std::span<const Lapse> lapses, core::Timestamp now);

struct HistoryEntry {
  std::int64_t id = 0;
  core::Timestamp at{};
  std::string action;                ///< put, delete, lapsed
  std::optional<std::string> cause;  ///< of a lapse: ended, new_forecast
  Override override;                 ///< `revision` is that of the change, `official` that of the moment `at`
};
/// Newest first; those before entry `before`.
std::vector<HistoryEntry> list_history(db::Executor& db, const core::Uuid& user_id,
                                       std::optional<std::int64_t> before, int limit);

std::span<const db::Query> queries();

}  // namespace overrides
