#include "route/route_store.hpp"

#include "db/query.hpp"
#include "geo/line_codec.hpp"

#include <array>
#include <ranges>

namespace route {
namespace {

constexpr db::Query kInsertRoute{"route.insert", R"sql(
  WITH made AS (
    INSERT INTO route (id, owner_id, name, line, point_count, length_m, extent, idempotency_key, request_sha256,
                       created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, box(point($7, $8), point($9, $10)), $11, $12, $13, $13)
    ON CONFLICT DO NOTHING
    RETURNING id)
  SELECT enqueue_job('route.compile', 'compile', 50, NULL, 5, 1, jsonb_build_object('routeId', id),
                     'route.compile:' || id) AS job_id
  FROM made)sql"};

constexpr db::Query kFindRoute{"route.find", R"sql(
  SELECT *, assessed_seq IS NULL AND compile_has_failed(id) AS compile_failed,
         overrides_stand(owner_id, assessed_override_ids) AS overrides_stand
  FROM route WHERE id = $1 AND owner_id = $2)sql",
                               db::ResultFormat::binary};

constexpr db::Query kFindRouteByKey{"route.find_by_key", R"sql(
  SELECT *, assessed_seq IS NULL AND compile_has_failed(id) AS compile_failed,
         overrides_stand(owner_id, assessed_override_ids) AS overrides_stand
  FROM route WHERE owner_id = $1 AND idempotency_key = $2)sql",
                                    db::ResultFormat::binary};

// For the compile itself, which does not ask how the one before ended.
constexpr db::Query kFindRouteOfAnyOwner{"route.find_of_any_owner", R"sql(
  SELECT *, false AS compile_failed, overrides_stand(owner_id, assessed_override_ids) AS overrides_stand
  FROM route WHERE id = $1)sql",
                                         db::ResultFormat::binary};

constexpr db::Query kListRoutes{"route.list",
                                R"sql(
  SELECT id, owner_id, name, length_m, revision, created_at, updated_at, deleted_at, request_sha256, idempotency_key,
         assessed_seq, assessed_grade, assessed_official_grade, assessed_basis, assessed_at, assessed_valid_from,
         assessed_valid_until, conditions_changed, assessed_seq IS NULL AND compile_has_failed(id) AS compile_failed,
         overrides_stand(owner_id, assessed_override_ids) AS overrides_stand
  FROM route WHERE owner_id = $1 AND deleted_at IS NULL ORDER BY created_at DESC, id LIMIT $2)sql",
                                db::ResultFormat::binary};

constexpr db::Query kEraseRoute{"route.erase", R"sql(
  WITH erased AS (
    UPDATE route SET deleted_at = $3, updated_at = $3, name = '', line = '', extent = box(point(0, 0), point(0, 0)),
                     assessed_seq = NULL, assessed_grade = NULL, assessed_official_grade = NULL,
                     assessed_override_ids = NULL, assessed_basis = NULL, assessed_at = NULL,
                     assessed_valid_from = NULL, assessed_valid_until = NULL, revision = revision + 1
    WHERE id = $1 AND owner_id = $2 AND deleted_at IS NULL
    RETURNING id), history AS (
    DELETE FROM route_assessment USING erased WHERE route_id = erased.id)
  SELECT id FROM erased)sql"};

// What a compile committed while the statement above waited for the route's lock is not in its snapshot;
// after it, nothing more can be appended.
constexpr db::Query kSweepErased{"route.sweep_erased", R"sql(
  DELETE FROM route_assessment USING route
  WHERE route_id = $1 AND route.id = route_id AND route.owner_id = $2 AND route.deleted_at IS NOT NULL)sql"};

constexpr db::Query kLatestAssessment{"route.latest_assessment", R"sql(
  SELECT seq, computed_at, valid_from, valid_until, grade, official_grade, basis, inputs_sha256, body, changes
  FROM route_assessment WHERE route_id = $1 ORDER BY seq DESC LIMIT 1)sql"};

constexpr db::Query kAppendAssessment{"route.append_assessment", R"sql(
  WITH target AS (
    SELECT id FROM route
    WHERE id = $1 AND deleted_at IS NULL AND assessed_valid_until IS NOT DISTINCT FROM $11 AND conditions_changed = $13
    FOR UPDATE), appended AS (
    INSERT INTO route_assessment (route_id, seq, route_revision, computed_at, valid_from, valid_until, grade,
                                  inputs_sha256, body, changes, basis, official_grade)
    SELECT id, $2, $3, $4, $5, $6, $7, $8, $9, $10, $12, $14 FROM target
    ON CONFLICT DO NOTHING
    RETURNING route_id)
  UPDATE route SET assessed_seq = $2, assessed_grade = $7, assessed_at = $4, assessed_valid_from = $5,
                   assessed_valid_until = $6, assessed_basis = $12, assessed_official_grade = $14,
                   assessed_override_ids = $15
  FROM appended WHERE route.id = appended.route_id)sql"};

// The stored answers rest on a forecast that is no longer the newest: in the commit that makes it so they
// stop to hold, whenever the jobs are run, and what is in the making is not stored. Always in the order of
// ids, as everything that enqueues several.
constexpr db::Query kEnqueueCompiles{"route.enqueue_compiles", R"sql(
  WITH touched AS MATERIALIZED (
    SELECT DISTINCT route.id
    FROM unnest($1::float8[], $2::float8[], $3::float8[], $4::float8[]) AS area (west, south, east, north)
    JOIN route ON route.extent && box(point(west, south), point(east, north)) AND route.deleted_at IS NULL),
  outdated AS (
    UPDATE route SET assessed_valid_until = assessed_valid_from, conditions_changed = conditions_changed + 1
    FROM touched WHERE route.id = touched.id)
  SELECT count(enqueue_job('route.compile', 'compile', 100, NULL, 5, 1, jsonb_build_object('routeId', id),
                           'route.compile:' || id)) AS enqueued
  FROM (SELECT id FROM touched ORDER BY id) AS in_order)sql"};

constexpr db::Query kEnqueueCompilesOfOwners{"route.enqueue_compiles_of_owners", R"sql(
  WITH touched AS MATERIALIZED (
    SELECT DISTINCT route.id
    FROM unnest($1::float8[], $2::float8[], $3::float8[], $4::float8[], $5::uuid[])
      AS area (west, south, east, north, owner_id)
    JOIN route ON route.owner_id = area.owner_id AND route.extent && box(point(west, south), point(east, north))
      AND route.deleted_at IS NULL),
  outdated AS (
    UPDATE route SET assessed_valid_until = assessed_valid_from, conditions_changed = conditions_changed + 1
    FROM touched WHERE route.id = touched.id)
  SELECT count(enqueue_job('route.compile', 'compile', 50, NULL, 5, 1, jsonb_build_object('routeId', id),
                           'route.compile:' || id)) AS enqueued
  FROM (SELECT id FROM touched ORDER BY id) AS in_order)sql"};

// Only what nobody works on: asking again would give a job that keeps failing fresh attempts for ever. One
// that has failed for good rests until $3.
constexpr db::Query kEnqueueOutdated{"route.enqueue_outdated", R"sql(
  WITH outdated AS MATERIALIZED (
    SELECT id FROM route
    WHERE deleted_at IS NULL AND (assessed_valid_until <= $1 OR assessed_valid_until IS NULL)
      AND nobody_compiles(id, $3)
    ORDER BY assessed_valid_until LIMIT $2)
  SELECT count(enqueue_job('route.compile', 'compile', 120, NULL, 5, 1, jsonb_build_object('routeId', id),
                           'route.compile:' || id)) AS enqueued
  FROM (SELECT id FROM outdated ORDER BY id) AS in_order)sql"};

// Two ranges of an index that holds, as a rule, one value: where nothing is to do, nothing is read.
constexpr db::Query kEnqueueOfOtherBasis{"route.enqueue_of_other_basis", R"sql(
  WITH other AS MATERIALIZED (
    SELECT id FROM route
    WHERE deleted_at IS NULL AND (assessed_basis < $1 OR assessed_basis > $1)
      AND nobody_compiles(id, $3) LIMIT $2)
  SELECT count(enqueue_job('route.compile', 'compile', 110, NULL, 5, 1, jsonb_build_object('routeId', id),
                           'route.compile:' || id)) AS enqueued
  FROM (SELECT id FROM other ORDER BY id) AS in_order)sql"};

constexpr std::array kQueries = {kInsertRoute,
                                 kFindRoute,
                                 kFindRouteByKey,
                                 kFindRouteOfAnyOwner,
                                 kListRoutes,
                                 kEraseRoute,
                                 kSweepErased,
                                 kLatestAssessment,
                                 kAppendAssessment,
                                 kEnqueueCompiles,
                                 kEnqueueCompilesOfOwners,
                                 kEnqueueOutdated,
                                 kEnqueueOfOtherBasis};

/// A compile that failed for good is tried again after this, when a newer forecast comes, or by hand.
constexpr auto kFailedCompileRests = std::chrono::hours(6);

/// All but the line.
RouteRow read_facts(const db::Row& row) {
  RouteRow result;
  auto& route = result.route;
  route.id = row.get<core::Uuid>("id");
  route.owner_id = row.get<core::Uuid>("owner_id");
  route.name = row.get<std::string>("name");
  route.length_m = row.get<double>("length_m");
  route.revision = row.get<std::int32_t>("revision");
  route.created_at = row.get<core::Timestamp>("created_at");
  route.updated_at = row.get<core::Timestamp>("updated_at");
  result.deleted = !row.is_null("deleted_at");
  result.request_sha256 = row.get<std::string_view>("request_sha256");
  result.idempotency_key = row.get<std::optional<std::string>>("idempotency_key");
  result.compile_failed = row.get<bool>("compile_failed");
  result.conditions_changed = row.get<std::int32_t>("conditions_changed");
  result.overrides_stand = row.get<bool>("overrides_stand");
  result.assessed_seq = row.get<std::optional<std::int32_t>>("assessed_seq");
  if (result.assessed_seq) {
    result.assessed_grade = row.get<std::string>("assessed_grade");
    result.assessed_official_grade = row.get<std::optional<std::string>>("assessed_official_grade");
    result.assessed_basis = row.get<std::string>("assessed_basis");
    result.assessed_at = row.get<core::Timestamp>("assessed_at");
    result.valid_from = row.get<core::Timestamp>("assessed_valid_from");
    result.valid_until = row.get<core::Timestamp>("assessed_valid_until");
  }
  return result;
}

RouteRow read_row(const db::Row& row) {
  auto result = read_facts(row);
  auto& route = result.route;
  if (!result.deleted) route.line = geo::decode_line(row.get<std::string_view>("line"));
  route.line.name = route.name;
  return result;
}

std::optional<RouteRow> read_first(const db::Rows& rows) {
  if (const auto row = rows.first()) return read_row(*row);
  return std::nullopt;
}

}  // namespace

bool insert_route(db::Executor& db, const NewRoute& made) {
  const auto& route = made.route;
  const auto rows =
      db.run(kInsertRoute,
             {route.id, route.owner_id, route.name, db::bytes(made.encoded_line), route.line.points.size(),
              route.length_m, made.extent.west_deg, made.extent.south_deg, made.extent.east_deg,
              made.extent.north_deg, made.idempotency_key, db::bytes(made.request_sha256), route.created_at});
  return !rows.empty();
}

std::optional<RouteRow> find_route(db::Executor& db, const core::Uuid& owner_id, const core::Uuid& id) {
  return read_first(db.run(kFindRoute, {id, owner_id}));
}

std::optional<RouteRow> find_route_by_key(db::Executor& db, const core::Uuid& owner_id,
                                          std::string_view key) {
  return read_first(db.run(kFindRouteByKey, {owner_id, key}));
}

std::optional<RouteRow> find_route_of_any_owner(db::Executor& db, const core::Uuid& id) {
  return read_first(db.run(kFindRouteOfAnyOwner, {id}));
}

std::vector<RouteRow> list_routes(db::Executor& db, const core::Uuid& owner_id, int limit) {
  const auto rows = db.run(kListRoutes, {owner_id, limit});
  std::vector<RouteRow> result;
  result.reserve(rows.size());
  for (const auto row : rows) result.push_back(read_facts(row));
  return result;
}

bool erase_route(db::Executor& db, const core::Uuid& owner_id, const core::Uuid& id, core::Timestamp now) {
  const bool erased = !db.run(kEraseRoute, {id, owner_id, now}).empty();
  db.run(kSweepErased, {id, owner_id});
  return erased;
}

std::optional<StoredAssessment> latest_assessment(db::Executor& db, const core::Uuid& route_id) {
  const auto rows = db.run(kLatestAssessment, {route_id});
  const auto row = rows.first();
  if (!row) return std::nullopt;
  return StoredAssessment{.seq = row->get<std::int32_t>("seq"),
                          .computed_at = row->get<core::Timestamp>("computed_at"),
                          .valid_from = row->get<core::Timestamp>("valid_from"),
                          .valid_until = row->get<core::Timestamp>("valid_until"),
                          .grade = row->get<std::string>("grade"),
                          .official_grade = row->get<std::optional<std::string>>("official_grade"),
                          .override_ids = {},
                          .basis = row->get<std::string>("basis"),
                          .inputs_sha256 = row->get<std::string>("inputs_sha256"),
                          .body = row->get<std::string>("body"),
                          .changes = row->get<std::optional<std::string>>("changes")};
}

AppendGuard guard_of(const RouteRow& row) {
  return {.valid_until = row.assessed_seq ? std::optional(row.valid_until) : std::nullopt,
          .conditions_changed = row.conditions_changed};
}

bool append_assessment(db::Executor& db, const core::Uuid& route_id, int route_revision,
                       const StoredAssessment& assessment, const AppendGuard& guard) {
  std::optional<db::ArrayText> override_ids;
  if (!assessment.override_ids.empty())
    override_ids.emplace(std::span<const core::Uuid>(assessment.override_ids));
  const auto rows =
      db.run(kAppendAssessment,
             {route_id, assessment.seq, route_revision, assessment.computed_at, assessment.valid_from,
              assessment.valid_until, assessment.grade, assessment.inputs_sha256, assessment.body,
              assessment.changes, guard.valid_until, assessment.basis, guard.conditions_changed,
              assessment.official_grade, override_ids});
  return rows.affected() == 1;
}

namespace {

/// Boxes as four columns for unnest.
struct BoxColumns {
  explicit BoxColumns(auto&& boxes) {
    for (const geo::BoundingBox& box : boxes) {
      west.push_back(box.west_deg);
      south.push_back(box.south_deg);
      east.push_back(box.east_deg);
      north.push_back(box.north_deg);
    }
  }

  std::vector<double> west;
  std::vector<double> south;
  std::vector<double> east;
  std::vector<double> north;
};

}  // namespace

std::int64_t enqueue_compiles(db::Executor& db, std::span<const geo::BoundingBox> extents) {
  const BoxColumns boxes(extents);
  const db::ArrayText columns[] = {db::ArrayText(boxes.west), db::ArrayText(boxes.south),
                                   db::ArrayText(boxes.east), db::ArrayText(boxes.north)};
  const auto rows = db.run(kEnqueueCompiles, {columns[0], columns[1], columns[2], columns[3]});
  return rows.single().get<std::int64_t>("enqueued");
}

std::int64_t enqueue_compiles_of_owners(db::Executor& db, std::span<const OwnedExtent> extents) {
  const BoxColumns boxes(std::views::transform(extents, &OwnedExtent::extent));
  std::vector<core::Uuid> owners;
  for (const auto& one : extents) owners.push_back(one.owner_id);
  const db::ArrayText columns[] = {db::ArrayText(boxes.west), db::ArrayText(boxes.south),
                                   db::ArrayText(boxes.east), db::ArrayText(boxes.north),
                                   db::ArrayText(std::span<const core::Uuid>(owners))};
  const auto rows =
      db.run(kEnqueueCompilesOfOwners, {columns[0], columns[1], columns[2], columns[3], columns[4]});
  return rows.single().get<std::int64_t>("enqueued");
}

std::int64_t enqueue_outdated(db::Executor& db, core::Timestamp now, int limit) {
  return db.run(kEnqueueOutdated, {now, limit, now - kFailedCompileRests})
      .single()
      .get<std::int64_t>("enqueued");
}

std::int64_t enqueue_of_other_basis(db::Executor& db, std::string_view own_basis, core::Timestamp now,
                                    int limit) {
  return db.run(kEnqueueOfOtherBasis, {own_basis, limit, now - kFailedCompileRests})
      .single()
      .get<std::int64_t>("enqueued");
}

std::span<const db::Query> queries() { return kQueries; }

}  // namespace route
