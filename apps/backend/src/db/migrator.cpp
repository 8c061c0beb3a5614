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
constexpr Query kApplied{"db.migrate_applied", "SELECT number, sha256 FROM schema_migration ORDER BY number"};
constexpr Query kRecord{"db.migrate_record",
                        "INSERT INTO schema_migration (number, name, sha256) VALUES ($1, $2, $3)"};
constexpr Query kVersion{"db.schema_version", "SELECT max(number) AS number FROM schema_migration"};
constexpr std::string_view kCreateTable =
    "CREATE TABLE IF NOT EXISTS schema_migration (number integer PRIMARY KEY CHECK (number > 0), name text "
    "NOT NULL, "
    "sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())";

constexpr milliseconds kConnectTimeout{5000};

DbError failure(core::ErrorKind kind, std::string code, const std::string& message) {
  return {kind, std::move(code), message, {}};
}

[[noreturn]] void malformed(std::string_view file, std::string_view why) {
  throw core::Error(core::ErrorKind::internal, "db.migrations_malformed",
                    "The migrations of this build are malformed.",
                    std::string(file) + ": " + std::string(why));
}

std::string newer_message(int found, int known) {
  return "database schema " + std::to_string(found) + " is newer than this build (max " +
         std::to_string(known) + ")";
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

/// The number of the newest applied migration, 0 for none; throws when what is applied does not fit this
/// build.
int check_applied(Session& session, std::span<const Migration> migrations, Deadline deadline) {
  if (!session.run(kPresent, {}, deadline).single().get<bool>("present")) return 0;
  const auto rows = session.run(kApplied, {}, deadline);
  int newest = 0;
  for (const Row row : rows) newest = row.get<int>("number");
  const int known = migrations.empty() ? 0 : migrations.back().number;
  if (newest > known)
    throw failure(core::ErrorKind::conflict, "db.schema_newer", newer_message(newest, known));
  for (const Row row : rows) {
    const auto number = row.get<int>("number");
    const auto found =
        std::find_if(migrations.begin(), migrations.end(),
                     [number](const Migration& migration) { return migration.number == number; });
    if (found == migrations.end() || found->sha256_hex != row.get<std::string_view>("sha256")) {
      throw failure(
          core::ErrorKind::internal, "db.migration_changed",
          "migration " + std::to_string(number) + " was applied in another form than this build has it");
    }
  }
  return newest;
}

void apply(Session& session, const Migration& migration, Deadline deadline) {
  const auto started = std::chrono::steady_clock::now();
  session.run_script("BEGIN", deadline);
  // First of all its own row: a migrator that has slipped past the lock fails here, before it changes
  // anything.
  session.run(kRecord, {migration.number, migration.name, migration.sha256_hex}, deadline);
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
  outcome.from = outcome.to = check_applied(*session, migrations, deadline);
  const int newest = migrations.empty() ? 0 : migrations.back().number;
  if (outcome.from != newest) {
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

std::optional<int> schema_version(Session& session, Deadline deadline) {
  try {
    return session.run(kVersion, {}, deadline).single().get<std::optional<int>>("number");
  } catch (const DbError& error) {
    constexpr std::string_view kUndefinedTable = "42P01";
    if (error.sqlstate() == kUndefinedTable) return std::nullopt;
    throw;
  }
}

void require_schema(Session& session, Deadline deadline, int expected) {
  const int found = schema_version(session, deadline).value_or(0);
  if (found > expected)
    throw failure(core::ErrorKind::conflict, "db.schema_newer", newer_message(found, expected));
  if (found < expected) {
    throw failure(core::ErrorKind::conflict, "db.schema_older",
                  "database schema " + std::to_string(found) + " is older than this build needs (" +
                      std::to_string(expected) + "): run aspectavy migrate");
  }
}

}  // namespace db
