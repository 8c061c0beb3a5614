#pragma once
// Memberships and the events of providers in Postgres. Named SQL, no decisions.

#include "core/ids.hpp"
#include "db/executor.hpp"
#include "db/query.hpp"

#include "membership/membership.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace membership {

std::vector<SourceState> find_sources(db::Executor& db, const core::Uuid& user_id);

/// Puts a source's word down unless it has said something later already. False then, and for an unknown
/// person.
bool put_change(db::Executor& db, const core::Uuid& user_id, const Change& change, core::Timestamp now);

struct EventOutcome {
  bool is_new = false;      ///< it had not been taken before
  bool is_known = false;    ///< there is such a person
  bool is_applied = false;  ///< it is the latest word
};
/// The same for an event, which counts once, in one statement.
EventOutcome take_event(db::Executor& db, std::string_view event_id, const core::Uuid& user_id,
                        const Change& change, core::Timestamp now);

/// Forgets events received before `before`; returns how many.
std::int64_t prune_events(db::Executor& db, core::Timestamp before);

std::span<const db::Query> membership_queries();

}  // namespace membership
