#include "overrides/override_store.hpp"

#include "core/error.hpp"
#include "core/json.hpp"
#include "forecast/overlay_json.hpp"

#include <array>

namespace overrides {
namespace {

constexpr db::Query kLockPeople{
    "override.lock_people",
    "SELECT id FROM app_user WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE"};

constexpr db::Query kFind{"override.find",
                          "SELECT * FROM forecast_override WHERE user_id = $1 AND zone_key = $2"};

constexpr db::Query kList{"override.list",
                          "SELECT * FROM forecast_override WHERE user_id = $1 ORDER BY zone_key"};

constexpr db::Query kListOfEverybody{"override.list_of_everybody",
                                     "SELECT * FROM forecast_override WHERE id > $1 ORDER BY id LIMIT $2"};

constexpr db::Query kPut{"override.put", R"sql(
  WITH saved AS (
    INSERT INTO forecast_override AS known (id, user_id, zone_key, zone_name, provider, revision, reason,
                                            base_forecast_id, known_forecasts, danger, lowers, set_at, ends_at, official)
    VALUES ($1, $2, $3, $4, $5,
            (SELECT coalesce(max(revision), 0) + 1 FROM forecast_override_history
             WHERE user_id = $2 AND zone_key = $3),
            $6, $7, $8, $9, $10, $11, $12, $13)
    ON CONFLICT (user_id, zone_key) DO UPDATE SET
      id = excluded.id, zone_name = excluded.zone_name, provider = excluded.provider, revision = excluded.revision,
      reason = excluded.reason, base_forecast_id = excluded.base_forecast_id,
      known_forecasts = excluded.known_forecasts, danger = excluded.danger, lowers = excluded.lowers,
      set_at = excluded.set_at, ends_at = excluded.ends_at, official = excluded.official
    WHERE known.user_id = $2
    RETURNING *)
  INSERT INTO forecast_override_history (user_id, at, action, override_id, zone_key, zone_name, provider, revision,
                                         reason, base_forecast_id, danger, lowers, set_at, ends_at, official)
  SELECT user_id, set_at, 'put', id, zone_key, zone_name, provider, revision, reason, base_forecast_id, danger, lowers,
         set_at, ends_at, official
  FROM saved
  RETURNING revision)sql"};

constexpr db::Query kDelete{"override.delete", R"sql(
  WITH gone AS (DELETE FROM forecast_override WHERE user_id = $1 AND zone_key = $2 RETURNING *)
  INSERT INTO forecast_override_history (user_id, at, action, override_id, zone_key, zone_name, provider, revision,
                                         reason, base_forecast_id, danger, lowers, set_at, ends_at, official)
  SELECT user_id, $4, 'delete', id, zone_key, zone_name, provider, revision + 1, reason, base_forecast_id, danger,
         lowers, set_at, ends_at, $3
  FROM gone)sql"};

constexpr db::Query kLapse{"override.lapse", R"sql(
  WITH lapsing AS (SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[]) AS lapse (override_id, cause, official_now)),
  gone AS (
    DELETE FROM forecast_override USING lapsing WHERE id = lapsing.override_id
    RETURNING forecast_override.*, lapsing.cause, lapsing.official_now)
  INSERT INTO forecast_override_history (user_id, at, action, cause, override_id, zone_key, zone_name, provider,
                                         revision, reason, base_forecast_id, danger, lowers, set_at, ends_at, official)
  SELECT user_id, $4, 'lapsed', cause, id, zone_key, zone_name, provider, revision + 1, reason, base_forecast_id,
         danger, lowers, set_at, ends_at, official_now
  FROM gone)sql"};

constexpr db::Query kHistory{"override.history", R"sql(
  SELECT * FROM forecast_override_history
  WHERE user_id = $1 AND ($2::bigint IS NULL OR id < $2) ORDER BY id DESC LIMIT $3)sql"};

constexpr std::array kQueries = {kLockPeople, kFind,   kList,  kListOfEverybody,
                                 kPut,        kDelete, kLapse, kHistory};

forecast::Overlay danger_from(std::string_view json) {
  const auto document = core::JsonDocument::parse(json);
  if (auto danger = forecast::overlay_from_json(document.root())) return *std::move(danger);
  throw core::Error(core::ErrorKind::internal, "override.stored_unreadable",
                    "A stored override cannot be read.");
}

/// What an override and an entry of its history have in common.
Override read_common(const db::Row& row) {
  Override read;
  read.user_id = row.get<core::Uuid>("user_id");
  read.zone_key = row.get<std::string>("zone_key");
  read.zone_name = row.get<std::string>("zone_name");
  read.provider = row.get<std::string>("provider");
  read.revision = row.get<std::int32_t>("revision");
  read.reason = row.get<std::string>("reason");
  read.base_forecast_id = row.get<core::Uuid>("base_forecast_id");
  read.danger = danger_from(row.get<std::string_view>("danger"));
  read.lowers = row.get<bool>("lowers");
  read.set_at = row.get<core::Timestamp>("set_at");
  read.ends_at = row.get<core::Timestamp>("ends_at");
  read.official = row.get<std::string>("official");
  return read;
}

Override read_override(const db::Row& row) {
  auto read = read_common(row);
  read.id = row.get<core::Uuid>("id");
  read.known_forecasts = row.get<std::string>("known_forecasts");
  return read;
}

std::vector<Override> read_all(const db::Rows& rows) {
  std::vector<Override> all;
  all.reserve(rows.size());
  for (const auto row : rows) all.push_back(read_override(row));
  return all;
}

}  // namespace

bool lock_person(db::Executor& db, const core::Uuid& user_id) {
  const db::ArrayText ids(std::span(&user_id, 1));
  return !db.run(kLockPeople, {ids}).empty();
}

void lock_people(db::Executor& db, std::span<const core::Uuid> user_ids) {
  const db::ArrayText ids(user_ids);
  db.run(kLockPeople, {ids});
}

std::optional<Override> find_override(db::Executor& db, const core::Uuid& user_id,
                                      std::string_view zone_key) {
  const auto rows = db.run(kFind, {user_id, zone_key});
  if (const auto row = rows.first()) return read_override(*row);
  return std::nullopt;
}

std::vector<Override> list_overrides(db::Executor& db, const core::Uuid& user_id) {
  return read_all(db.run(kList, {user_id}));
}

std::vector<Override> list_of_everybody(db::Executor& db, const core::Uuid& after, int limit) {
  return read_all(db.run(kListOfEverybody, {after, limit}));
}

int put_override(db::Executor& db, const Override& override) {
  const auto danger = forecast::overlay_to_json(override.danger);
  const auto rows =
      db.run(kPut, {override.id, override.user_id, override.zone_key, override.zone_name, override.provider,
                    override.reason, override.base_forecast_id, override.known_forecasts, danger,
                    override.lowers, override.set_at, override.ends_at, override.official});
  return rows.single().get<std::int32_t>("revision");
}

bool delete_override(db::Executor& db, const core::Uuid& user_id, std::string_view zone_key,
                     std::string_view official, core::Timestamp now) {
  return db.run(kDelete, {user_id, zone_key, official, now}).affected() == 1;
}

std::int64_t record_lapses(db::Executor& db, std::span<const Lapse> lapses, core::Timestamp now) {
  std::vector<core::Uuid> ids;
  std::vector<std::string_view> causes;
  std::vector<std::string_view> officials;
  for (const auto& lapse : lapses) {
    ids.push_back(lapse.override_id);
    causes.push_back(to_string(lapse.cause));
    officials.emplace_back(lapse.official);
  }
  const db::ArrayText id_list{std::span<const core::Uuid>(ids)};
  const db::ArrayText cause_list{std::span<const std::string_view>(causes)};
  const db::ArrayText official_list{std::span<const std::string_view>(officials)};
  return db.run(kLapse, {id_list, cause_list, official_list, now}).affected();
}

std::vector<HistoryEntry> list_history(db::Executor& db, const core::Uuid& user_id,
                                       std::optional<std::int64_t> before, int limit) {
  std::vector<HistoryEntry> entries;
  const auto rows = db.run(kHistory, {user_id, before, limit});
  for (const auto row : rows) {
    HistoryEntry entry{.id = row.get<std::int64_t>("id"),
                       .at = row.get<core::Timestamp>("at"),
                       .action = row.get<std::string>("action"),
                       .cause = row.get<std::optional<std::string>>("cause"),
                       .override = read_common(row)};
    entry.override.id = row.get<core::Uuid>("override_id");
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::span<const db::Query> queries() { return kQueries; }

}  // namespace overrides
