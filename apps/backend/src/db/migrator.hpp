#pragma once
// Forward-only numbered migrations, embedded in the binary. Only `aspectavy migrate` runs them; api and
// worker call require_schema.
//
// Each migration runs in a transaction of its own that inserts its row into schema_migration first. A session
// lock (pg_advisory_lock) keeps two migrators apart.
//
// A migration that only adds what older builds need not know says so in its first line, so that they may go
// on running beside the newer build, and come back after it:
//   -- min_compatible_app_schema: 43      builds whose newest migration is 43 or later may run on this schema
// Without that line a migration admits only builds that have it.

#include "db/session.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace db {

/// One embedded migration: file "0001_platform.sql" → number 1, name "platform".
struct Migration {
  int number = 0;
  std::string name = {};
  std::string_view sql = {};
  int min_compatible_app_schema = 0;  ///< oldest build, by its newest migration, that may run on this
  std::string sha256_hex = {};
};

/// The migrations of this build in order. Throws core::Error(internal, "db.migrations_malformed") when a file
/// name does not fit or two have one number.
std::vector<Migration> embedded_migrations();

/// What the first line of a migration's SQL declares, its own number when it declares nothing. Throws
/// core::Error(internal, "db.migrations_malformed").
int declared_compatibility(const Migration& migration);

/// The highest number this build knows.
int latest_schema_version();

struct MigrateOptions {
  /// How long to wait for a database that cannot be reached, and for another migrator's lock.
  std::chrono::milliseconds connect_wait{60'000};
  std::chrono::milliseconds lock_timeout{30'000};
  std::chrono::milliseconds migration_timeout{600'000};
};

struct MigrateOutcome {
  int from = 0;
  int to = 0;
  int known = 0;  ///< newest migration of this build; less than `to` on a newer, compatible database
  std::chrono::milliseconds took{0};

  /// "migrated 41→43 in 120 ms", "schema 43 is current" or "schema 45 is newer than this build (max 43) and
  /// compatible".
  std::string message() const;
};

/// Brings the schema to the newest migration; changes nothing on a newer schema that admits this build.
/// Throws DbError:
///   unavailable "db.unreachable"      no connection within connect_wait
///   unavailable "db.migration_locked" another migrator kept the lock
///   conflict    "db.schema_newer"     "database schema 45 is newer than this build (max 43)"
///   internal    "db.migration_changed" an applied migration's checksum differs from this build's
///   others                            the failing migration's own error; nothing of it is kept
MigrateOutcome migrate(const SessionOptions& session, std::span<const Migration> migrations,
                       const MigrateOptions& options = {});

/// The schema of a database as its applied migrations describe it.
struct SchemaState {
  int version = 0;          ///< number of the newest migration
  int compatible_from = 0;  ///< oldest build that every applied migration admits

  /// May a build whose newest migration is `build` run on it?
  bool admits(int build) const;
};

/// nullopt when the database has never been migrated.
std::optional<SchemaState> schema_state(Session& session, Deadline deadline);

/// Throws DbError(conflict, "db.schema_older" | "db.schema_newer") with both numbers unless the schema admits
/// `build`.
void require_schema(Session& session, Deadline deadline, int build = latest_schema_version());

}  // namespace db
