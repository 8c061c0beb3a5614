#include "db/migrator.hpp"

#include "core/hash.hpp"
#include "core/log.hpp"
#include "db/backoff.hpp"
#include "embedded/db_migrations.hpp"

#include <algorithm>
#include <charconv>
#include <thread>
#include <utility>

namespace db {
namespace {

using std::chrono::milliseconds;

// "aspectav" in ASCII: one lock per database, unlikely to be anyone else's.
constexpr Query kLock{"db.migrate_lock", "SELECT pg_advisory_lock(7021238688203109750)"};
constexpr Query kLockTimeout{"db.migrate_lock_timeout", "SELECT set_config('lock_timeout', $1, false)"};
constexpr Query kPresent{"db.migrate_present",
                         "SELECT to_regclass('schema_migration') IS NOT NULL AS present"};
constexpr Query kApplied{
    "db.migrate_applied",
    "SELECT number, min_compatible_app_schema, sha256 FROM schema_migration ORDER BY number"};
constexpr Query kRecord{"db.migrate_record",
                        "INSERT INTO schema_migration (number, name, min_compatible_app_schema, sha256) "
                        "VALUES ($1, $2, $3, $4)"};
constexpr Query kState{"db.schema_state",
                       "SELECT max(number) AS number, max(min_compatible_app_schema) AS compatible_from "
                       "FROM schema_migration"};
constexpr std::string_view kCreateTable =
    "CREATE TABLE IF NOT EXISTS schema_migration (number integer PRIMARY KEY CHECK (number > 0), name text "
    "NOT NULL, min_compatible_app_schema integer NOT NULL CHECK (min_compatible_app_schema BETWEEN 1 AND "
    "number), sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())";
constexpr std::string_view kCompatibleMark = "-- min_compatible_app_schema:";

constexpr milliseconds kConnectTimeout{5000};

DbError failure(core::ErrorKind kind, std::string code, const std::string& message, std::string detail = {}) {
  return {kind, std::move(code), message, std::move(detail)};
}

[[noreturn]] void malformed(std::string_view file, std::string_view why) {
  throw core::Error(core::ErrorKind::internal, "db.migrations_malformed",
                    "The migrations of this build are malformed.",
                    std::string(file) + ": " + std::string(why));
}

std::string newer_message(int found, int known, std::string what = "database schema ") {
  return std::move(what) + std::to_string(found) + " is newer than this build (max " + std::to_string(known) +
         ")";
}

DbError schema_newer(const SchemaState& state, int known) {
  return failure(
      core::ErrorKind::conflict, "db.schema_newer", newer_message(state.version, known),
      "it admits builds from schema " + std::to_string(state.compatible_from) + " on: deploy a newer build");
}

Migration read_file_name(const embedded::File& file) {
  constexpr std::string_view kSuffix = ".sql";
  Migration migration;
  const auto underscore = file.name.find('_');
  if (underscore != 4 || !file.name.ends_with(kSuffix)) malformed(file.name, "expected NNNN_name.sql");
  const auto [end, error] =
      std::from_chars(file.name.data(), file.name.data() + underscore, migration.number);
  if (error != std::errc{} || end != file.name.data() + underscore)
    malformed(file.name, "expected NNNN_name.sql");
  migration.name = file.name.substr(underscore + 1, file.name.size() - underscore - 1 - kSuffix.size());
  migration.sql = file.content;
  migration.sha256_hex = core::sha256_hex(file.content);
  migration.min_compatible_app_schema = declared_compatibility(migration);
  return migration;
}

std::unique_ptr<Session> connect_patiently(const SessionOptions& options, milliseconds wait) {
  const auto until = within(wait);
  Backoff backoff(milliseconds(100), milliseconds(3000));
  for (;;) {
    try {
      return Session::connect(options, std::min(until, within(kConnectTimeout)));
    } catch (const DbError& error) {
      const auto pause = backoff.next();
      if (error.kind() != core::ErrorKind::unavailable || within(pause) >= until) throw;
      core::log_info("db.migrate_waits", {{"reason", error.detail()}});
      std::this_thread::sleep_for(pause);
    }
  }
}

int newest_of(std::span<const Migration> migrations) {
  return migrations.empty() ? 0 : migrations.back().number;
}

/// The number of the newest applied migration, 0 for none; throws when what is applied does not fit this
/// build.
int check_applied(Session& session, std::span<const Migration> migrations, Deadline deadline) {
  if (!session.run(kPresent, {}, deadline).single().get<bool>("present")) return 0;
  const auto rows = session.run(kApplied, {}, deadline);
  SchemaState state;
  for (const Row row : rows) {
    state.version = row.get<int>("number");
    state.compatible_from = std::max(state.compatible_from, row.get<int>("min_compatible_app_schema"));
  }
  const int known = newest_of(migrations);
  if (state.version > known && !state.admits(known)) throw schema_newer(state, known);
  for (const Row row : rows) {
    const auto number = row.get<int>("number");
    if (number > known) break;
    const auto found =
        std::find_if(migrations.begin(), migrations.end(),
                     [number](const Migration& migration) { return migration.number == number; });
    if (found == migrations.end() || found->sha256_hex != row.get<std::string_view>("sha256")) {
      throw failure(
          core::ErrorKind::internal, "db.migration_changed",
          "migration " + std::to_string(number) + " was applied in another form than this build has it");
    }
  }
  return state.version;
}

void apply(Session& session, const Migration& migration, Deadline deadline) {
  const auto started = std::chrono::steady_clock::now();
  session.run_script("BEGIN", deadline);
  // First of all its own row: a migrator that has slipped past the lock fails here, before it changes
  // anything.
  session.run(kRecord,
              {migration.number, migration.name, migration.min_compatible_app_schema, migration.sha256_hex},
              deadline);
  session.run_script(migration.sql, deadline);
  session.run_script("COMMIT", deadline);
  const auto took = std::chrono::steady_clock::now() - started;
  core::log_info("db.migrated", {{"number", migration.number},
                                 {"name", migration.name},
                                 {"took_ms", std::chrono::duration_cast<milliseconds>(took).count()}});
}

void lock(Session& session, milliseconds timeout) {
  const auto deadline = within(timeout + kConnectTimeout);
  session.run(kLockTimeout, {timeout.count()}, deadline);
  try {
    session.run(kLock, {}, deadline);
  } catch (const DbError& error) {
    if (error.sqlstate() != "55P03") throw;
    throw failure(
        core::ErrorKind::unavailable, "db.migration_locked",
        "another migration is running and did not end in " + std::to_string(timeout.count()) + " ms");
  }
}

}  // namespace

int declared_compatibility(const Migration& migration) {
  if (!migration.sql.starts_with(kCompatibleMark)) return migration.number;
  auto text = migration.sql.substr(0, migration.sql.find('\n'));
  text.remove_prefix(kCompatibleMark.size());
  const auto digits = std::min(text.find_first_not_of(' '), text.size());
  text.remove_prefix(digits);
  int declared = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), declared);
  const bool is_number = error == std::errc{} && end == text.data() + text.size();
  if (!is_number || declared < 1 || declared > migration.number) {
    malformed(migration.name, "min_compatible_app_schema must be a number from 1 to the migration's own");
  }
  return declared;
}

std::vector<Migration> embedded_migrations() {
  std::vector<Migration> migrations;
  for (const auto& file : embedded::db_migrations()) {
    auto migration = read_file_name(file);
    if (!migrations.empty() && migration.number <= migrations.back().number) {
      malformed(file.name, "another migration has this number");
    }
    migrations.push_back(std::move(migration));
  }
  return migrations;
}

int latest_schema_version() {
  const auto files = embedded::db_migrations();
  return files.empty() ? 0 : read_file_name(files.back()).number;
}

std::string MigrateOutcome::message() const {
  if (to > known) return newer_message(to, known, "schema ") + " and compatible";
  if (from == to) return "schema " + std::to_string(to) + " is current";
  return "migrated " + std::to_string(from) + "→" + std::to_string(to) + " in " +
         std::to_string(took.count()) + " ms";
}

MigrateOutcome migrate(const SessionOptions& session_options, std::span<const Migration> migrations,
                       const MigrateOptions& options) {
  const auto started = std::chrono::steady_clock::now();
  // Migrations run as the owner.
  auto as_owner = session_options;
  as_owner.set_role.clear();
  const auto session = connect_patiently(as_owner, options.connect_wait);
  const auto deadline = within(options.migration_timeout);
  MigrateOutcome outcome;
  const int newest = outcome.known = newest_of(migrations);
  outcome.from = outcome.to = check_applied(*session, migrations, deadline);
  if (outcome.from < newest) {
    lock(*session, options.lock_timeout);
    session->run_script(kCreateTable, deadline);
    outcome.from = outcome.to = check_applied(*session, migrations, deadline);
    for (const auto& migration : migrations) {
      if (migration.number <= outcome.from) continue;
      apply(*session, migration, within(options.migration_timeout));
      outcome.to = migration.number;
    }
  }
  outcome.took = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - started);
  return outcome;
}

bool SchemaState::admits(int build) const {
  return version == build || (version > build && compatible_from <= build);
}

std::optional<SchemaState> schema_state(Session& session, Deadline deadline) {
  try {
    const auto rows = session.run(kState, {}, deadline);
    const auto row = rows.single();
    const auto version = row.get<std::optional<int>>("number");
    if (!version) return std::nullopt;
    return SchemaState{*version, row.get<int>("compatible_from")};
  } catch (const DbError& error) {
    constexpr std::string_view kUndefinedTable = "42P01";
    if (error.sqlstate() == kUndefinedTable) return std::nullopt;
    throw;
  }
}

void require_schema(Session& session, Deadline deadline, int build) {
  const auto state = schema_state(session, deadline).value_or(SchemaState{});
  if (state.admits(build)) return;
  if (state.version > build) throw schema_newer(state, build);
  throw failure(core::ErrorKind::conflict, "db.schema_older",
                "database schema " + std::to_string(state.version) + " is older than this build needs (" +
                    std::to_string(build) + "): run aspectavy migrate");
}

}  // namespace db
