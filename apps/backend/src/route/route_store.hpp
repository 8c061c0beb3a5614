#pragma once
// Routes and assessments in Postgres. Named SQL, no decisions: rules live in route_service.

#include "core/ids.hpp"
#include "db/executor.hpp"
#include "geo/position.hpp"
#include "route/route.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace route {

/// What an insert needs beside the route itself.
struct NewRoute {
  const Route& route;
  std::string_view encoded_line;
  geo::BoundingBox extent;
  std::optional<std::string_view> idempotency_key;
  std::string_view request_sha256;  ///< 32 raw bytes
};

/// Inserts the route and its compile job in one statement. False when its id, or its idempotency key for this
/// owner, exists already: nothing was written then.
bool insert_route(db::Executor& db, const NewRoute& route);

/// A route as stored, also a deleted one.
struct RouteRow {
  Route route;  ///< line empty when deleted
  bool deleted = false;
  std::string request_sha256;
  std::optional<std::string> idempotency_key;
  /// The newest stored assessment's facts; none before the first compile.
  std::optional<int> assessed_seq;
  /// Never assessed, and not going to be: its compile is a dead letter.
  bool compile_failed = false;
  std::string assessed_grade;
  std::optional<std::string> assessed_official_grade;  ///< where the grade rests on overrides
  bool overrides_stand = true;                         ///< each override it rests on is still there
  /// Counts the changes of forecasts and overrides that touched the route.
  int conditions_changed = 0;
  std::string assessed_basis;
  core::Timestamp assessed_at{};
  core::Timestamp valid_from{};
  core::Timestamp valid_until{};

  /// The newest stored assessment may be shown at `now` by a process that grades on `own_basis`.
  bool holds_at(core::Timestamp now, std::string_view own_basis) const {
    return assessed_seq.has_value() && assessed_basis == own_basis && overrides_stand && valid_from <= now &&
           now < valid_until;
  }
};

std::optional<RouteRow> find_route(db::Executor& db, const core::Uuid& owner_id, const core::Uuid& id);
std::optional<RouteRow> find_route_by_key(db::Executor& db, const core::Uuid& owner_id, std::string_view key);
/// For the worker, which acts for every owner.
std::optional<RouteRow> find_route_of_any_owner(db::Executor& db, const core::Uuid& id);

/// Newest first; `limit` rows, without their lines: many long ones would not fit into memory.
std::vector<RouteRow> list_routes(db::Executor& db, const core::Uuid& owner_id, int limit);

/// Erases a route's content and its assessments, leaves the tombstone. False when there is no such route, or
/// it was erased before; whatever an interrupted erasure left behind is removed then.
bool erase_route(db::Executor& db, const core::Uuid& owner_id, const core::Uuid& id, core::Timestamp now);

std::optional<StoredAssessment> latest_assessment(db::Executor& db, const core::Uuid& route_id);

/// What of a route's row an answer was begun with.
struct AppendGuard {
  std::optional<core::Timestamp> valid_until;  ///< of the answer that stood; none: there was none
  int conditions_changed = 0;
};
/// Read before overrides and conditions are looked up.
AppendGuard guard_of(const RouteRow& row);

/// Appends an assessment and makes it the route's newest. False when another one with this seq was stored in
/// the meantime, the route is gone, or is no longer as `guard` says (a forecast has come, an override was
/// changed): nothing was written then.
bool append_assessment(db::Executor& db, const core::Uuid& route_id, int route_revision,
                       const StoredAssessment& assessment, const AppendGuard& guard);

/// Ends the validity of the stored answer of every live route whose extent meets one of `extents`, and
/// enqueues a compile job for it unless one waits already. Returns how many were enqueued.
std::int64_t enqueue_compiles(db::Executor& db, std::span<const geo::BoundingBox> extents);

/// An area in which one person's routes are touched.
struct OwnedExtent {
  core::Uuid owner_id;
  geo::BoundingBox extent;
};
/// The same for routes of these owners only.
std::int64_t enqueue_compiles_of_owners(db::Executor& db, std::span<const OwnedExtent> extents);

/// Enqueues a compile job for routes without an answer that holds and without a job that will make one, at
/// most `limit`.
std::int64_t enqueue_outdated(db::Executor& db, core::Timestamp now, int limit);

/// The same for routes whose newest answer rests on another basis.
std::int64_t enqueue_of_other_basis(db::Executor& db, std::string_view own_basis, core::Timestamp now,
                                    int limit);

std::span<const db::Query> queries();

}  // namespace route
