#pragma once
// A private Postgres 16 for tests: a cluster in a temporary folder, on a Unix socket and a loopback port,
// without fsync, run by an unprivileged user when the tests run as root.
//
// The server's programs are looked for in $ASPECTAVY_POSTGRES_BIN, then in the repository's node_modules.
// When they are not there or the server does not start, the test fails: a database test that is skipped hides
// faults.

#include "db/session.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <sys/types.h>
#include <vector>

namespace support {

class PostgresCluster {
 public:
  /// Settings are "name=value"; they come after the defaults and win. Throws std::runtime_error.
  explicit PostgresCluster(std::vector<std::string> settings = {});
  /// Stops the server at once and removes the folder.
  ~PostgresCluster();
  PostgresCluster(const PostgresCluster&) = delete;
  PostgresCluster& operator=(const PostgresCluster&) = delete;

  void start();
  /// "fast" shutdown: open transactions are rolled back, clients are disconnected.
  void stop();
  void restart();
  /// Kills every process of the server with SIGKILL, as a power cut would.
  void kill();

  int port() const { return port_; }
  /// Connects as the superuser over the Unix socket, or over TCP.
  std::string dsn(const std::string& database = "postgres") const;
  std::string tcp_dsn(const std::string& database = "postgres") const;

 private:
  void launch();
  void wait_until_ready();
  void end(int signal);

  std::filesystem::path folder_;
  std::vector<std::string> settings_;
  int port_ = 0;
  pid_t server_ = -1;
};

/// The cluster that the tests of one binary share; started on first use, gone with the process.
PostgresCluster& shared_postgres();

/// A database of its own, cloned from the migrated template (`migrated`) or empty; dropped at the end.
class TestDatabase {
 public:
  enum class Content { migrated, empty };

  explicit TestDatabase(Content content = Content::migrated, PostgresCluster& cluster = shared_postgres());
  ~TestDatabase();
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;

  const std::string& name() const { return name_; }
  std::string dsn() const { return cluster_.dsn(name_); }
  std::string tcp_dsn() const { return cluster_.tcp_dsn(name_); }
  /// Options for the application's role, as api and worker connect.
  db::SessionOptions as_app() const;
  /// Options for the owner.
  db::SessionOptions as_owner() const;
  /// A session of the owner's, for looking and preparing.
  std::unique_ptr<db::Session> connect() const;

 private:
  PostgresCluster& cluster_;
  std::string name_;
};

}  // namespace support
